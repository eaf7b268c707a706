"""What a request for a board asks for: the month and the office, inside what the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.domains.planning import board, board_units
from jimin.domains.planning.models import Plan

KINDS = (*board_units.PREFECTURES, UnitKind.COUNTY, UnitKind.ZONE)


@dataclass(frozen=True)
class Asked:
    """Month, office (None: the province), and the choices that the page offers."""

    plan: Plan
    period: date
    unit: ReportingUnit | None
    months: tuple[date, ...]
    units: tuple[ReportingUnit, ...]

    @property
    def day(self) -> date:
        return board.day_of(self.period)

    def query(self, **more: object) -> str:
        """The query string that keeps month and office, with `more` added; empty values are left out."""
        kept = {"month": f"{self.period:%Y-%m}", "unit": self.unit.code if self.unit else "all", **more}
        return "?" + urlencode({k: v for k, v in kept.items() if v not in (None, "")})

    def groups(self) -> list[tuple[ReportingUnit, list[ReportingUnit]]]:
        """The choices by 市（州）."""
        tops = [u for u in self.units if u.kind in board_units.PREFECTURES]
        below = [(t, [u for u in self.units if u.superior_id == t.id]) for t in tops]
        known = {u.id for _top, under in below for u in under} | {t.id for t in tops}
        return below + [(u, []) for u in self.units if u.id not in known]


def read(request: HttpRequest, plan: Plan, actor: Actor) -> Asked:
    """What is asked; what cannot be read or is not allowed falls back to the default."""
    today = clock.business_day()
    last = min(today, date(plan.year, 12, 31)).replace(day=1)
    first = date(plan.year, plan.issued_on.month if plan.issued_on and plan.issued_on.year == plan.year else 1, 1)
    months = tuple(date(plan.year, m, 1) for m in range(first.month, last.month + 1)) or (first,)
    wanted = request.GET.get("month", "")
    period = next((m for m in months if f"{m:%Y-%m}" == wanted), months[-1])
    units = tuple(u for u in board_units.offices() if u.kind in KINDS and sees(actor, u))
    code = request.GET.get("unit", "")
    unit = next((u for u in units if u.code == code), None if code else home(actor, units))
    return Asked(plan, period, unit, months, units)


def sees(actor: Actor, unit: ReportingUnit) -> bool:
    """Whether a person may see an office's own board: the own office, those below it, a town its county's."""
    return actor.oversees(unit) or (actor.unit.kind == UnitKind.TOWN and unit.id == actor.unit.superior_id)


def home(actor: Actor, units: tuple[ReportingUnit, ...]) -> ReportingUnit | None:
    """The office whose board opens first: the own one below the province, else the whole province."""
    if actor.unit.is_provincial:
        return None
    return next((u for u in units if u.id in (actor.unit.id, actor.unit.superior_id)), None)
