"""Who answers for a point, and whose reports are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from jimin.core import clock
from jimin.core.access.models import Appointment
from jimin.core.access.roles import Role
from jimin.core.calendar.api import Month
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.divisions.offices import tree
from jimin.domains.planning.actions.reports import due_on
from jimin.domains.planning.models import Assignment, Plan, Report
from jimin.engines.indicators.models import Method

CHIEFS = (Role.DEPT_CHIEF, Role.OFFICE_CHIEF, Role.DIRECT_CHIEF)


@dataclass(frozen=True, slots=True)
class Owner:
    """The chief of an office, and the leader in charge of it; empty where nobody is appointed."""

    chief: str = ""
    leader: str = ""


def owners(units: Iterable[UUID | None], day: date) -> dict[UUID, Owner]:
    """Chief and leader of each office on a day."""
    wanted = {u for u in units if u is not None}
    held = Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    chiefs: dict[UUID, str] = dict(
        held.filter(unit__in=wanted, role__in=CHIEFS).order_by("-valid_from").values_list("unit_id", "account__name")
    )
    led = held.filter(role=Role.DEPT_LEADER, charge__in=wanted).order_by("-valid_from")
    leaders: dict[UUID, str] = dict(led.values_list("charge", "account__name"))
    return {u: Owner(chiefs.get(u, ""), leaders.get(u, "")) for u in wanted}


@dataclass(frozen=True)
class Missing:
    """Who has not filed the reports of a month. `overdue` once the limit has passed."""

    period: date
    due: date
    overdue: bool
    units: tuple[tuple[ReportingUnit, int], ...]  # with how many reports each still owes

    @property
    def counties(self) -> int:
        return sum(1 for u, _ in self.units if u.kind in (UnitKind.COUNTY, UnitKind.ZONE))


def missing(plan: Plan, day: date, unit: ReportingUnit | None = None, indicator: UUID | None = None) -> Missing:
    """The reports that are owed for the month of `day`, or for the one before while that month still runs."""
    today = clock.business_day()
    running = (today.year, today.month) == (day.year, day.month)
    period = day.replace(day=1) if not running else Month.of(day).previous().start
    limit = due_on(period)
    owed = Assignment.objects.filter(
        task__point__plan=plan, task__indicator__method=Method.REPORTED, withdrawn_on=None, reports_monthly=True,
        given_on__lt=limit,
    ).exclude(pk__in=Report.objects.filter(period=period).exclude(work__station="fill").values("assignment"))  # fmt: skip
    owed = owed.exclude(task__closed_on__lte=period)
    if indicator is not None:
        owed = owed.filter(task__indicator=indicator)
    if unit is not None:
        owed = owed.filter(unit__in=tree().below(unit.id))
    tally: Counter[UUID] = Counter(owed.values_list("unit_id", flat=True))
    units = ReportingUnit.objects.filter(id__in=tally).select_related("superior")
    return Missing(period, limit, today > limit, tuple((u, tally[u.id]) for u in units))
