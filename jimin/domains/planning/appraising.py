"""Reckon the yearly appraisal (point 46) from the records: five parts, each a share of rows that can be opened.

Every part counts what was owed until a day and what of it was done in time. A part without anything owed is left out and
the others' weights make up the hundred; a unit that owed nothing has no score. The weights are parameters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from jimin.core.calendar.api import Month
from jimin.domains.planning.actions.reports import due_on
from jimin.domains.planning.models import Assignment, OrderReply, Plan, Report, Stage
from jimin.domains.planning.parameters import number
from jimin.domains.planning.sources import months_until
from jimin.engines.cases.models import Step
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import Light, light, months_between, projected, to_date, value
from jimin.engines.indicators.models import Comparator, Goal, Indicator

PARTS = {
    "reports_on_time": _("月度报告按时报出"),
    "accepted_at_first": _("验收一次通过"),
    "goals_on_pace": _("分解目标按期"),
    "stages_on_time": _("成果环节按时完成"),
    "orders_answered": _("督办单按时签复"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing owed: the record to open, what it is, by when, when it was done, and whether that was in time."""

    record: str
    title: str
    due: date | None
    done: date | None
    good: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "record": self.record,
            "title": self.title,
            "due": self.due.isoformat() if self.due else "",
            "done": self.done.isoformat() if self.done else "",
            "good": self.good,
        }


@dataclass(slots=True)
class Reckoning:
    """One unit's lines by part."""

    lines: dict[str, list[Line]] = field(default_factory=lambda: {code: [] for code in PARTS})

    def parts(self, weights: dict[str, Decimal]) -> list[dict[str, Any]]:
        """The parts for storage: weight, share, points and the lines behind; points are None where nothing was owed."""
        whole = sum((weights[code] for code, lines in self.lines.items() if lines), Decimal(0))
        found = []
        for code, lines in self.lines.items():
            good = sum(1 for line in lines if line.good)
            weight = weights[code] * 100 / whole if lines and whole else None
            found.append(
                {
                    "code": code,
                    "weight": str(weights[code]),
                    "counted_weight": _text(weight),
                    "numerator": good,
                    "denominator": len(lines),
                    "points": _text(weight * good / len(lines)) if weight is not None else None,
                    "lines": [line.as_json() for line in lines],
                }
            )
        return found

    def score(self, weights: dict[str, Decimal]) -> Decimal | None:
        """Of a hundred, to two decimals; None when nothing was owed."""
        owed = {code: lines for code, lines in self.lines.items() if lines}
        whole = sum((weights[code] for code in owed), Decimal(0))
        if not whole:
            return None
        got = sum((weights[c] * sum(line.good for line in ls) / len(ls) for c, ls in owed.items()), Decimal(0))
        return (got * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def weights() -> dict[str, Decimal]:
    """The weight of each part, from parameters/appraisal.yaml."""
    return {code: number(f"weight_{code}") for code in PARTS}


def reckon(plan: Plan, as_of: date) -> dict[UUID, Reckoning]:
    """What each unit of a plan owed until `as_of`, and what of it was done in time."""
    found: dict[UUID, Reckoning] = defaultdict(Reckoning)
    assignments = list(
        Assignment.objects.filter(task__point__plan=plan, given_on__lte=as_of).select_related("task__indicator", "unit")
    )
    reports = {
        (r.assignment_id, r.period): r
        for r in Report.objects.filter(assignment__in=assignments)
        .select_related("work", "assignment__task")
        .order_by("period", "id")
    }
    _reports_on_time(found, assignments, reports, as_of)
    _accepted_at_first(found, reports.values(), as_of)
    _goals(found, assignments, as_of)
    _stages(found, plan, as_of)
    _orders(found, plan, as_of)
    return dict(found)


def _sent_on(reports: Iterable[Report]) -> dict[UUID, date]:
    """The first day each report left its unit: a step on from a station inside to one outside."""
    outside = {r.work_id: [s["code"] for s in r.work.route if s["unit"] != r.work.route[0]["unit"]] for r in reports}
    sent: dict[UUID, date] = {}
    steps = Step.objects.filter(work__in=outside, move="forward").order_by("id")
    for work, to, day in steps.values_list("work_id", "to_station", "day"):
        if to in outside[work] or not to:
            sent.setdefault(work, day)
    return sent


def _reports_on_time(
    found: dict[UUID, Reckoning],
    assignments: list[Assignment],
    reports: dict[tuple[UUID, date], Report],
    as_of: date,
) -> None:
    sent = _sent_on(reports.values())
    limits: dict[date, date] = {}
    for a in assignments:
        if not a.reports_monthly:
            continue
        until = min(d for d in (as_of, a.due_on, a.withdrawn_on, a.task.closed_on) if d is not None)
        for period in months_until(a.given_on, until):
            due = limits.setdefault(period, due_on(period))
            if due > as_of:
                continue
            report = reports.get((a.pk, period))
            day = sent.get(report.work_id) if report else None
            record = f"planning.report:{report.pk}" if report else f"planning.assignment:{a.pk}"
            line = Line(record, f"{a.task.title} {Month.of(period).chinese}", due, day, day is not None and day <= due)
            found[a.unit_id].lines["reports_on_time"].append(line)


def _accepted_at_first(found: dict[UUID, Reckoning], reports: Iterable[Report], as_of: date) -> None:
    accepted = [r for r in reports if r.accepted_on is not None and r.accepted_on <= as_of]
    owner = {r.work_id: r.unit_id for r in accepted}
    # A return inside the unit is its own care, not a fault; one from outside counts.
    returned = {
        work
        for work, unit in Step.objects.filter(work__in=owner, move="back").values_list("work_id", "unit_id")
        if unit != owner[work]
    }
    for r in accepted:
        title = f"{r.assignment.task.title} {Month.of(r.period).chinese}"
        line = Line(f"planning.report:{r.pk}", title, None, r.accepted_on, r.work_id not in returned)
        found[r.unit_id].lines["accepted_at_first"].append(line)


def _goals(found: dict[UUID, Reckoning], assignments: list[Assignment], as_of: date) -> None:
    owed = [a for a in assignments if a.goal is not None and a.task.indicator and a.withdrawn_on is None]
    by_indicator: dict[UUID, list[Assignment]] = defaultdict(list)
    for a in owed:
        by_indicator[a.task.indicator_id].append(a)  # type: ignore[index]
    compare = _comparators(by_indicator)
    for pk, rows in by_indicator.items():
        indicator = rows[0].task.indicator
        assert indicator is not None
        months = indicators.by_unit(indicator, [a.unit_id for a in rows])
        for a in rows:
            good = on_pace(indicator, months.get(a.unit_id, {}), a, compare[pk], as_of)
            line = Line(f"planning.assignment:{a.pk}", a.task.title, a.due_on, None, good)
            found[a.unit_id].lines["goals_on_pace"].append(line)


def _comparators(wanted: Iterable[UUID]) -> dict[UUID, str]:
    """How each indicator's goal compares (its earliest standing goal)."""
    found: dict[UUID, str] = dict.fromkeys(wanted, str(Comparator.AT_LEAST))
    for goal in Goal.objects.filter(indicator__in=list(found), valid_to=None).order_by("-deadline"):
        found[goal.indicator_id] = goal.comparator
    return found


def on_pace(indicator: Indicator, months: indicators.Months, a: Assignment, comparator: str, as_of: date) -> bool:
    """Whether the board's own rule would light a unit's figure 按期 against its share of the goal."""
    period = as_of.replace(day=1)
    known = [m for m in months if m <= period]
    if not known or a.goal is None:
        return False
    line = [value(to_date(months, m, indicator.over), indicator.shape) for m in months_until(min(known), period)]
    ahead = projected(line, months_between(period, a.due_on))
    return light(line[-1], ahead, a.goal, comparator, due=as_of >= a.due_on) == Light.OK


def _stages(found: dict[UUID, Reckoning], plan: Plan, as_of: date) -> None:
    stages = Stage.objects.filter(task__point__plan=plan, due_on__lte=as_of).select_related("task")
    for s in stages:
        title = f"{s.task.title} · {s.get_name_display()}"
        done = s.done_on if s.done_on is not None and s.done_on <= as_of else None
        line = Line(f"planning.task:{s.task_id}", title, s.due_on, done, done is not None and done <= s.due_on)
        found[s.task.lead_id].lines["stages_on_time"].append(line)


def _orders(found: dict[UUID, Reckoning], plan: Plan, as_of: date) -> None:
    replies = OrderReply.objects.filter(
        order__task__point__plan=plan, order__issued_on__lte=as_of, order__reply_due__lte=as_of
    ).select_related("order__task")
    for r in replies:
        due = r.order.reply_due
        done = r.replied_on if r.replied_on is not None and r.replied_on <= as_of else None
        line = Line(f"planning.orderreply:{r.pk}", str(r.order), due, done, done is not None and done <= due)
        found[r.unit_id].lines["orders_answered"].append(line)
