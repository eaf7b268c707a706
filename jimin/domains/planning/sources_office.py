"""Our own measures of the office's work (grey: the plan sets no number for them), each with the rows behind it.

Except for `plan.unaligned` (links carry no date, so only today's state is known) every month is counted anew from
dates in the records, so that a figure of an earlier month can still be opened into its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Model, QuerySet

from jimin.core import clock
from jimin.core.calendar.api import Month
from jimin.domains.planning.flows import plan_office
from jimin.domains.planning.flows_office import inspection_unit
from jimin.domains.planning.models import (
    Instruction,
    IntegrityFinding,
    PlanState,
    Rectification,
    Requirement,
    StudySession,
)
from jimin.domains.planning.sources import first_month, months_until
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator
from jimin.engines.indicators.sources import BehindRow, Parts, Source, register_source

ONE, ZERO = Decimal(1), Decimal(0)
PREFIX = "planning.own."


@dataclass(frozen=True, slots=True)
class Row:
    """One row that counts, with the unit it counts for."""

    unit: UUID
    behind: BehindRow


#: The rows that count at the end of a day.
Rows = Callable[[date], Sequence[Row]]


def last_day(month: date) -> date:
    """The last day of a month that has passed so far: its end, or today in the running month."""
    following = Month.of(month).next().start
    return min(date.fromordinal(following.toordinal() - 1), clock.business_day())


def unaligned(day: date) -> list[Row]:
    """The standing requirements of plans in force that no task carries (as they are today)."""
    rows = Requirement.objects.filter(plan__state=PlanState.IN_FORCE, void_reason="", tasks=None)
    found = list(rows)
    if not found:
        return []
    office = plan_office()
    return [
        Row(office.id, _behind(str(r), office.short_name, r.given_on, f"planning.requirement:{r.pk}", r.text[:80]))
        for r in found
    ]


def overdue_instructions(day: date) -> list[Row]:
    """Instructions that were open after their day on `day`."""
    rows = Instruction.objects.filter(work__opened_on__lte=day, work__due_on__lt=day).select_related("unit", "work")
    return [
        Row(r.unit_id, _behind(r.number, r.unit.short_name, r.work.due_on, f"planning.instruction:{r.pk}"))
        for r in rows
        if r.closed_on is None or r.closed_on > day
    ]


def rectifications(day: date) -> list[Row]:
    """All rectifications opened until `day`: closed ones count in the numerator."""
    rows = Rectification.objects.filter(work__opened_on__lte=day).select_related("unit", "work")
    return [
        Row(
            r.unit_id,
            _behind(
                str(r),
                r.unit.short_name,
                r.closed_on,
                f"planning.rectification:{r.pk}",
                adds=ONE if r.closed_on is not None and r.closed_on <= day else ZERO,
                whole=ONE,
            ),
        )
        for r in rows
    ]


def open_findings(day: date) -> list[Row]:
    """Findings open on `day`. They count for the inspection group: whose they are is not said here."""
    rows = IntegrityFinding.objects.filter(work__opened_on__lte=day).select_related("work")
    found = [r for r in rows if r.closed_on is None or r.closed_on > day]
    if not found:
        return []
    group = inspection_unit()
    return [
        Row(group.id, _behind("监督事项", group.short_name, r.work.opened_on, f"planning.integrityfinding:{r.pk}"))
        for r in found
    ]


def coverage(day: date) -> list[Row]:
    """One row for each unit and topic: staff due by the largest roll, covered by all its sessions up to that number."""
    return [
        Row(
            first.unit_id,
            _behind(
                f"{first.topic.title} · {first.unit.short_name}",
                first.unit.short_name,
                held[-1].held_on,
                f"planning.studysession:{held[-1].pk}",
                f"{len(held)} 场",
                adds=Decimal(covered),
                whole=Decimal(due),
            ),
        )
        for held, covered, due in covered_of(standing_sessions().filter(held_on__year=day.year, held_on__lte=day))
        for first in held[:1]
    ]


def standing_sessions() -> QuerySet[StudySession]:
    """The study sessions that count, the oldest first."""
    return StudySession.objects.filter(void_reason="").select_related("topic", "unit").order_by("held_on", "id")


def covered_of(sessions: Iterable[StudySession]) -> list[tuple[list[StudySession], int, int]]:
    """(sessions, covered, due) of each unit and topic. A make-up session adds to the covered, not to the due."""
    groups: dict[tuple[UUID, UUID], list[StudySession]] = defaultdict(list)
    for s in sessions:
        groups[s.unit_id, s.topic_id].append(s)
    found = []
    for held in groups.values():
        due = max(s.due_count for s in held)
        found.append((held, min(sum(s.present_count for s in held), due), due))
    return found


def _behind(
    title: str,
    unit: str,
    on: date | None,
    record: str,
    remark: str = "",
    *,
    adds: Decimal = ONE,
    whole: Decimal | None = None,
) -> BehindRow:
    return BehindRow(title, unit, "", on, adds, whole, record, remark)


def _source(name: str, rows: Rows, first: Callable[[], date | None]) -> Source:
    """A source out of one function: the parts of a month are the sums of the rows at its end."""

    def parts(indicator: Indicator, units: Iterable[UUID] | None) -> Parts:
        today, start = clock.business_day(), first()
        if start is None:
            return {}
        only = None if units is None else set(units)
        found: Parts = {}
        seen: set[UUID] = set()
        for month in months_until(max(start, first_month()), today):
            sums: dict[UUID, list[Row]] = {unit: [] for unit in seen}
            for row in rows(last_day(month)):
                if only is None or row.unit in only:
                    sums.setdefault(row.unit, []).append(row)
                    seen.add(row.unit)
            # A unit that had rows once keeps a zero: without it an old figure would stand for now.
            found |= {(unit, month): _sum(own, indicator) for unit, own in sums.items()}
        return found

    def behind(indicator: Indicator, units: set[UUID], period: date) -> list[BehindRow]:
        return [row.behind for row in rows(last_day(period.replace(day=1))) if row.unit in units]

    return Source(PREFIX + name, parts, behind)


def _sum(rows: Sequence[Row], indicator: Indicator) -> Part:
    counts = indicator.denominator_title != ""
    whole = sum((r.behind.denominator or ZERO for r in rows), ZERO)
    return Part(sum((r.behind.numerator for r in rows), ZERO), whole if counts else None, len(rows))


def session_parts(indicator: Indicator, units: Iterable[UUID] | None) -> Parts:
    """How many sessions each unit held in each month."""
    tally: dict[tuple[UUID, date], int] = defaultdict(int)
    only = None if units is None else set(units)
    for s in standing_sessions().filter(held_on__gte=first_month()):
        if only is None or s.unit_id in only:
            tally[s.unit_id, s.held_on.replace(day=1)] += 1
    return {key: Part(Decimal(n), None, n) for key, n in tally.items()}


def session_rows(indicator: Indicator, units: set[UUID], period: date) -> list[BehindRow]:
    """The sessions of the year until the month's end."""
    rows = standing_sessions().filter(
        unit__in=units, held_on__year=period.year, held_on__lte=last_day(period.replace(day=1))
    )
    return [_behind(str(s.topic), s.unit.short_name, s.held_on, f"planning.studysession:{s.pk}") for s in rows]


def _first_work(model: type[Model]) -> Callable[[], date | None]:
    def first() -> date | None:
        return model._default_manager.order_by("work__opened_on").values_list("work__opened_on", flat=True).first()

    return first


def _first_session() -> date | None:
    return standing_sessions().values_list("held_on", flat=True).first()


def _first_requirement() -> date | None:
    return clock.business_day() if Requirement.objects.exists() else None


def register() -> None:
    """Tell the indicators engine. Called when the app is ready."""
    register_source(_source("study.coverage", coverage, _first_session))
    register_source(Source(PREFIX + "study.sessions", session_parts, session_rows))
    register_source(_source("plan.unaligned", unaligned, _first_requirement))
    register_source(_source("instructions.overdue", overdue_instructions, _first_work(Instruction)))
    register_source(_source("rectification.closed_rate", rectifications, _first_work(Rectification)))
    register_source(_source("integrity.open_findings", open_findings, _first_work(IntegrityFinding)))


def refresh(*codes: str) -> None:
    """Rewrite our own figures (all, or those named). Indicators that are not set up are passed over."""
    own = Indicator.objects.filter(computation__startswith=PREFIX)
    indicators.refresh(own.filter(code__in=codes) if codes else own)
