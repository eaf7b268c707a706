"""What the daily run looks for in this domain: works near or past their limit, and reports nobody filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from jimin.core.calendar.api import Month
from jimin.domains.planning.actions.reports import due_on
from jimin.domains.planning.models import Assignment, PlanState, Report
from jimin.domains.planning.sources import months_until
from jimin.engines.alerts.signals import Finding, signal
from jimin.engines.cases.models import Work
from jimin.engines.indicators.models import Method

KINDS = {"planning.reply": "planning.orderreply", "planning.order": "planning.supervisionorder"}


@signal("planning.work_due", "督办与回复到期")
def works_due(day: date, horizon: date) -> Iterable[Finding]:
    """Open orders and replies whose limit is near or past, for the office that holds them."""
    works = Work.objects.filter(kind__in=KINDS, closed_on=None, due_on__lte=horizon).select_related("holder_unit")
    for work in works:
        yield Finding(
            key=str(work.pk),
            title=work.title,
            link=f"cases.work:{work.pk}",
            unit=work.holder_unit_id,
            due_on=work.due_on,
            place={k: getattr(work, k) for k in ("prefecture", "county", "town", "village")},
        )


@signal("planning.report_missing", "月度报告未报")
def reports_missing(day: date, horizon: date) -> Iterable[Finding]:
    """Monthly reports that are not filed: one finding a unit and month, however many rows its sheet has.

    Every month since the task was given is looked at, so that a finding ends with its cause and not with the month.
    """
    asked = Assignment.objects.filter(
        task__point__plan__state=PlanState.IN_FORCE, task__indicator__method=Method.REPORTED,
        withdrawn_on=None, reports_monthly=True, task__closed_on=None,
    )  # fmt: skip
    first = asked.order_by("given_on").values_list("given_on", flat=True).first()
    if first is None:
        return
    last = Month.of(day).previous().start
    for period in months_until(first.replace(day=1), last):
        due = due_on(period)
        if due <= horizon:
            # After the plan's year only what reaches beyond it is asked for.
            running = Q(task__point__plan__year__gte=period.year) | Q(due_on__gte=period)
            yield from _missing(asked.filter(running, given_on__lt=due), period, due)


def _missing(asked: QuerySet[Assignment], period: date, due: date) -> Iterable[Finding]:
    filed = Report.objects.filter(period=period).exclude(work__station="fill", work__closed_on=None)
    owed = asked.exclude(pk__in=filed.values("assignment")).select_related("unit").order_by("unit__rank", "id")
    by_unit: dict[object, list[Assignment]] = {}
    for assignment in owed:
        by_unit.setdefault(assignment.unit_id, []).append(assignment)
    for rows in by_unit.values():
        first = rows[0]
        yield Finding(
            key=f"{first.unit_id}:{period:%Y-%m}",
            title=f"{Month.of(period).chinese}的月度报告还差 {len(rows)} 项",
            link=f"planning.sheet:{period:%Y-%m}",
            unit=first.unit_id,
            due_on=due,
            place={k: getattr(first, k) for k in ("prefecture", "county", "town", "village")},
        )
