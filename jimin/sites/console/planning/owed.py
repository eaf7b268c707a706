"""What a unit still has to report for last month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from jimin.core.access.scope import Actor
from jimin.core.calendar.api import Month
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning.actions.reports import FileReports, due_on
from jimin.domains.planning.models import Assignment, PlanState, Report
from jimin.engines.indicators.models import Method
from jimin.sites.console.planning.common import days_left, last_month


@dataclass(frozen=True, slots=True)
class Owed:
    """A month's sheet that is not finished: how many rows are missing, and until when."""

    period: date
    missing: int
    due_on: date
    left: int | None


def after(period: date) -> date:
    """The first day of the next month."""
    return Month.of(period).next().start


def asked(unit: ReportingUnit, period: date) -> QuerySet[Assignment]:
    """The assignments a unit reports on: each month, when something happened, or by the ledger's rows."""
    standing = Q(withdrawn_on=None) | Q(withdrawn_on__gte=after(period))
    open_then = Q(task__closed_on=None) | Q(task__closed_on__gte=period)
    return (
        Assignment.objects.filter(standing & open_then, unit=unit, task__point__plan__state=PlanState.IN_FORCE)
        .filter(given_on__lt=after(period))
        .select_related(
            "task__indicator__rows_of", "task__deliverable", "task__lead", "task__point__plan", "unit__superior"
        )
        .order_by("task__point__no", "task__title")
    )


def to_fill(unit: ReportingUnit, period: date) -> QuerySet[Assignment]:
    """Those a person has to fill each month."""
    return asked(unit, period).filter(reports_monthly=True).exclude(task__indicator__method=Method.COMPUTED)


def owed_of(actor: Actor) -> Owed | None:
    """What the actor's unit still owes for last month; None when it does not fill reports, or owes nothing."""
    if not actor.may(FileReports.name):
        return None
    period = last_month()
    filed = Report.objects.filter(period=period, unit=actor.unit).exclude(work__station="fill", work__closed_on=None)
    missing = to_fill(actor.unit, period).exclude(pk__in=filed.values("assignment")).count()
    if not missing:
        return None
    due = due_on(period)
    return Owed(period, missing, due, days_left(due))
