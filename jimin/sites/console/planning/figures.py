"""Figures of reports and goals as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from jimin.domains.planning.models import Assignment, Report, Task
from jimin.engines.indicators.figures import Part, rounded, value
from jimin.engines.indicators.models import Goal, Indicator, Shape
from jimin.engines.indicators.sources import LISTS


class Figures:
    """The figures of many reports; each named list is read once."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[UUID, Decimal]] = {}

    def denominator(self, report: Report, indicator: Indicator) -> Decimal | None:
        """The reported denominator, or the one of the indicator's list."""
        name = indicator.denominator_list
        if report.denominator is not None or name not in LISTS:
            return report.denominator
        if name not in self._lists:
            self._lists[name] = LISTS[name].of_units()
        return self._lists[name].get(report.unit_id)

    def of(self, report: Report) -> Decimal | None:
        """The figure of one report, rounded for display; None for a task without a number."""
        indicator = report.assignment.task.indicator
        if indicator is None or report.numerator is None:
            return None
        part = Part(report.numerator, self.denominator(report, indicator))
        return rounded(value(part, indicator.shape), indicator.shape)

    def before(self, reports: Iterable[Report]) -> dict[UUID, Report]:
        """The report of the nearest earlier month of each, on the same assignment."""
        wanted = {r.assignment_id: r for r in reports}
        found: dict[UUID, Report] = {}
        rows = Report.objects.filter(assignment__in=wanted).select_related("assignment__task__indicator")
        for report in rows.order_by("period"):
            later = wanted[report.assignment_id]
            if report.period < later.period:
                found[later.pk] = report
        return found


def goal_of(task: Task) -> Goal | None:
    """The goal of a task's indicator at its limit."""
    if task.indicator is None:
        return None
    goals = Goal.objects.filter(indicator=task.indicator, valid_to=None).order_by("deadline")
    return goals.filter(deadline=task.due_on).first() or goals.first()


def owed(assignment: Assignment, goal: Goal | None) -> Decimal | None:
    """What a unit owes: its own part; a share or a ratio of the plan is owed by everybody alike."""
    if assignment.goal is not None:
        return assignment.goal
    indicator: Any = assignment.task.indicator
    return goal.value if goal is not None and indicator is not None and indicator.shape != Shape.COUNT else None
