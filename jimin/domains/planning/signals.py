"""What the daily run looks for in this domain: works near or past their limit, and reports nobody filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jimin.domains.planning.actions.reports import due_on
from jimin.domains.planning.models import Assignment, PlanState, Report
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
    """Reports of last month that are not filed: one finding a unit, however many rows its sheet has."""
    period = date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)
    due = due_on(period)
    if due > horizon:
        return
    owed = (
        Assignment.objects.filter(
            task__point__plan__state=PlanState.IN_FORCE, task__indicator__method=Method.REPORTED,
            withdrawn_on=None, reports_monthly=True, given_on__lt=due, task__closed_on=None,
        )
        .exclude(pk__in=Report.objects.filter(period=period).exclude(work__station="fill").values("assignment"))
        .select_related("unit")
    )  # fmt: skip
    by_unit: dict[object, list[Assignment]] = {}
    for assignment in owed:
        by_unit.setdefault(assignment.unit_id, []).append(assignment)
    for rows in by_unit.values():
        first = rows[0]
        yield Finding(
            key=f"{first.unit_id}:{period:%Y-%m}",
            title=f"{period:%Y-%m} 的月度报告还差 {len(rows)} 项",
            link=f"planning.sheet:{period:%Y-%m}",
            unit=first.unit_id,
            due_on=due,
            place={k: getattr(first, k) for k in ("prefecture", "county", "town", "village")},
        )
