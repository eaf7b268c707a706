"""What an office owes now: reports to file, stages due, rows to verify, rows that a town is asked for. Reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jimin.core.calendar.api import Month
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning.actions.reports import due_on
from jimin.domains.planning.models import (
    STANDING,
    Assignment,
    Deliverable,
    Found,
    ItemState,
    LedgerItem,
    Plan,
    Report,
    Stage,
    Target,
    Task,
)
from jimin.engines.cases.models import Work
from jimin.engines.indicators.models import Indicator, Method


@dataclass(frozen=True)
class Sheet:
    """The reports one office owes for a month: not begun, returned to be done again, and sent."""

    period: date
    due: date
    open: tuple[Assignment, ...]
    returned: tuple[Report, ...]
    sent: int

    @property
    def owed(self) -> int:
        return len(self.open) + len(self.returned)


def sheet(unit: ReportingUnit, plan: Plan, day: date) -> Sheet:
    """The reports of the month before `day`'s that an office owes."""
    period = Month.of(day).previous().start
    after = day.replace(day=1)
    owed = (
        Assignment.objects.filter(Q(task__closed_on=None) | Q(task__closed_on__gte=period), unit=unit)
        .filter(task__point__plan=plan, withdrawn_on=None, reports_monthly=True, given_on__lt=after)
        .exclude(task__indicator__method=Method.COMPUTED)
        .select_related("task__point", "task__indicator")
        .order_by("task__point__no", "task__title")
    )
    reports = {
        r.assignment_id: r
        for r in Report.objects.filter(assignment__in=owed, period=period).select_related(
            "work", "assignment__task__point"
        )
    }
    returned = tuple(r for r in reports.values() if r.work.station == "fill" and r.work.returns and r.work.is_open)
    waiting = {r.assignment_id for r in reports.values() if r.work.station == "fill" and r.work.is_open}
    fresh = tuple(
        a for a in owed if a.id not in reports or (a.id in waiting and a.id not in {r.assignment_id for r in returned})
    )
    return Sheet(period, due_on(period), fresh, returned, len(reports) - len(waiting))


def stages_due(unit: ReportingUnit, plan: Plan, until: date) -> QuerySet[Stage]:
    """The open stages of an office's deliverables that are due by a day, the earliest first; one a task."""
    first = Stage.objects.filter(
        task__lead=unit, task__point__plan=plan, task__closed_on=None, done_on=None, due_on__lte=until
    )
    return first.select_related("task__point").order_by("due_on", "task", "order")


def to_verify(unit: ReportingUnit) -> QuerySet[LedgerItem]:
    """The rows that a county's towns registered and nobody verified yet."""
    return LedgerItem.objects.filter(unit=unit, state=ItemState.REGISTERED).select_related("indicator").order_by("id")


def asked_of_town(town: ReportingUnit, plan: Plan) -> list[tuple[Indicator, int, int, int]]:
    """The measures counted row by row in a town's county: each with the town's rows waiting, counted and void."""
    asked = Indicator.objects.filter(
        tasks__point__plan=plan, method=Method.COMPUTED, rows_of=None, tasks__assignments__unit=town.superior,
        tasks__assignments__withdrawn_on=None,
    ).distinct().order_by("code")  # fmt: skip
    mine = Q(items__town=town.jurisdiction)
    tally = asked.annotate(
        waiting=Count("items", filter=mine & Q(items__state=ItemState.REGISTERED), distinct=True),
        counted=Count("items", filter=mine & Q(items__state=ItemState.CONFIRMED), distinct=True),
        void=Count("items", filter=mine & Q(items__state=ItemState.VOID), distinct=True),
    )
    return [(i, i.waiting, i.counted, i.void) for i in tally]


def voided(town: ReportingUnit) -> QuerySet[LedgerItem]:
    """A town's rows that were voided, with the reason, the newest first."""
    return (
        LedgerItem.objects.filter(town=town.jurisdiction, state=ItemState.VOID)
        .select_related("indicator")
        .order_by("-id")
    )


def doubts(plan: Plan) -> int:
    """How many numbers and deliverables a person still has to confirm."""
    numbers = Target.objects.filter(point__plan=plan, found=Found.DOUBT).count()
    return numbers + Deliverable.objects.filter(point__plan=plan, found=Found.DOUBT).count()


def below_waiting(unit: ReportingUnit) -> list[tuple[ReportingUnit, int]]:
    """How many works lie open in each office below, the most first."""
    works = Work.objects.filter(Q(holder_unit__superior=unit), closed_on=None)
    tally = dict(works.values_list("holder_unit").annotate(n=Count("id")))
    found = ReportingUnit.objects.filter(id__in=tally)
    return sorted(((u, tally[u.id]) for u in found), key=lambda pair: -pair[1])


def unopened(plan: Plan) -> bool:
    """Whether the plan asks for a measure or a deliverable that has no task yet."""
    led: dict[str, Any] = {"point__plan": plan, "point__lead__isnull": False, "found__in": STANDING}
    open_for = Task.objects.filter(point=OuterRef("point"), indicator=OuterRef("indicator"))
    measures = Target.objects.filter(**led).exclude(indicator=None).exclude(Exists(open_for))
    return Deliverable.objects.filter(task=None, **led).exists() or measures.exists()
