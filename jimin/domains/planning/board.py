"""The board: how every point of a plan stands on a day, for the province or one office.

Reading only, with a number of queries that does not grow with the number of points, units or rows. A point's
light is the worst of its numbers due this year and of its deliverables; numbers of later years are shown and do
not light this year's board. A point whose sentence has neither a number nor a deliverable is counted as 未定量.
A number that was never reported keeps its point from being green, and so does a deliverable nobody has begun.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db.models import Sum

from jimin.core import clock
from jimin.core.divisions.models import ReportingUnit
from jimin.core.divisions.offices import tree
from jimin.domains.planning.board_figures import Aim, Figure, figure, month_end, worst
from jimin.domains.planning.board_stages import Made, made
from jimin.domains.planning.models import (
    STANDING,
    Assignment,
    Deliverable,
    Plan,
    PlanState,
    Point,
    Stage,
    Target,
    Task,
)
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import Light, Part
from jimin.engines.indicators.models import Goal, Indicator, Shape

Months = Mapping[date, Part]


@dataclass(frozen=True)
class PointState:
    """One point on the board."""

    point: Point
    figures: tuple[Figure, ...]
    made: tuple[Made, ...]
    light: Light
    why_dark: str  # for an unlit point: unquantified, unreported, unstarted, later, too_early, no_share
    main: Figure | None  # the number that decides, or the first one

    @property
    def lit(self) -> tuple[Figure, ...]:
        """The numbers that the light was reckoned from."""
        return tuple(f for f in self.figures if f.aim is not None and f.aim.lights)

    @property
    def made_done(self) -> int:
        return sum(1 for m in self.made if m.done)

    @property
    def worst_made(self) -> Made | None:
        """The deliverable that is furthest over its date."""
        over = [m for m in self.made if m.light in (Light.LATE, Light.SLOW)]
        return max(over, key=lambda m: m.days, default=None)

    @property
    def behind(self) -> tuple[float, int]:
        """For ranking: the largest missing part of a goal, then the days a deliverable is overdue."""
        gap = max((float(f.behind) for f in self.lit), default=0.0)
        return gap, self.worst_made.days if self.worst_made else 0


@dataclass(frozen=True, slots=True)
class Turn:
    """A point whose light is another than at the comparison's day."""

    state: PointState
    before: Light


@dataclass(frozen=True)
class Board:
    """All points of a plan on a day, for the province (unit None) or an office."""

    plan: Plan
    day: date  # the figures as they stood at the end of this day
    unit: ReportingUnit | None
    states: tuple[PointState, ...]
    turns: tuple[Turn, ...]
    since: date  # the day the turns are counted from

    @property
    def period(self) -> date:
        return self.day.replace(day=1)

    @cached_property
    def counts(self) -> Counter[Light]:
        return Counter(s.light for s in self.states)

    @cached_property
    def behind(self) -> list[PointState]:
        """The late points, then the slow ones, the largest gap first."""
        found = [s for s in self.states if s.light in (Light.LATE, Light.SLOW)]
        return sorted(found, key=lambda s: (s.light != Light.LATE, [-g for g in s.behind], s.point.no))

    @property
    def biggest(self) -> PointState | None:
        """The point with the largest gap of those that will not be reached."""
        return self.behind[0] if self.behind else None

    @property
    def silent(self) -> bool:
        """Whether nothing at all was ever reported."""
        return all(s.light == Light.NONE for s in self.states) and not any(
            f.part is not None for s in self.states for f in s.figures
        )

    def of(self, no: int) -> PointState | None:
        """The state of a numbered point."""
        return next((s for s in self.states if s.point.no == no), None)


@dataclass
class Records:
    """What the board is reckoned from, fetched once for the whole plan."""

    points: list[Point]
    targets: dict[UUID, list[Target]] = field(default_factory=lambda: defaultdict(list))
    measures: dict[UUID, list[Indicator]] = field(default_factory=lambda: defaultdict(list))
    aims: dict[UUID, list[Aim]] = field(default_factory=lambda: defaultdict(list))
    months: dict[UUID, Months] = field(default_factory=dict)
    deliverables: dict[UUID, list[Deliverable]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[UUID, Task] = field(default_factory=dict)  # by deliverable
    stages: dict[UUID, list[Stage]] = field(default_factory=lambda: defaultdict(list))  # by task
    local: bool = False  # an office below the province


def current() -> Plan | None:
    """The plan in force, else the newest one that was read."""
    order = {PlanState.IN_FORCE: 0, PlanState.READ: 1, PlanState.REPLACED: 2}
    plans = sorted(Plan.objects.all(), key=lambda p: (order[PlanState(p.state)], -p.year))
    return plans[0] if plans else None


def day_of(period: date) -> date:
    """The day a month's board stands on: its last, or the business day while the month runs."""
    return min(month_end(period), clock.business_day())


def read(plan: Plan, day: date, unit: ReportingUnit | None = None, only: Iterable[int] | None = None) -> Board:
    """The board of a plan as it stood at the end of `day`.

    Args: unit, an office below the province, or None for the whole province; only, the numbers of the points
    wanted (all). The changes are those since the end of the month before, or, when a running month has none
    yet, those of that month.
    """
    records = fetch(plan, unit, only)
    states = reckon(records, day)
    since = day.replace(day=1) - timedelta(days=1)
    turns = _turns(states, reckon(records, since))
    if not turns and day < month_end(day):
        earlier = since.replace(day=1) - timedelta(days=1)
        turns, since = _turns(reckon(records, since), reckon(records, earlier)), earlier
    return Board(plan, day, unit, states, turns, since)


def fetch(plan: Plan, unit: ReportingUnit | None, only: Iterable[int] | None = None) -> Records:
    """Everything the board needs, in a fixed number of queries."""
    points = Point.objects.filter(plan=plan).select_related("chapter", "lead").order_by("no")
    if only is not None:
        points = points.filter(no__in=list(only))
    records = Records(list(points))
    ids = [p.id for p in records.points]
    for target in (
        Target.objects.filter(point__in=ids, found__in=STANDING).select_related("indicator").order_by("start")
    ):
        records.targets[target.point_id].append(target)
    _fetch_measures(records, ids)
    if unit is None:  # what the department itself shall make is no office's work below it
        _fetch_deliverables(records, ids)
    found = {i.id: i for measures in records.measures.values() for i in measures}
    records.months = dict(indicators.series(found.values(), unit.id if unit else None))
    _fetch_aims(records, found, unit)
    records.local = unit is not None
    return records


def _fetch_measures(records: Records, ids: list[UUID]) -> None:
    """The indicators of each point: those of its numbers in the order of the text, then our own."""
    for point, targets in records.targets.items():
        for target in targets:
            if target.indicator is not None and target.indicator not in records.measures[point]:
                records.measures[point].append(target.indicator)
    own = Task.objects.filter(point__in=ids).exclude(indicator=None).select_related("indicator").order_by("id")
    for task in own:
        if task.indicator is not None and task.indicator not in records.measures[task.point_id]:
            records.measures[task.point_id].append(task.indicator)


def _fetch_deliverables(records: Records, ids: list[UUID]) -> None:
    for d in Deliverable.objects.filter(point__in=ids, found__in=STANDING).order_by("start"):
        records.deliverables[d.point_id].append(d)
    records.tasks = {
        t.deliverable_id: t for t in Task.objects.filter(point__in=ids).exclude(deliverable=None) if t.deliverable_id
    }
    for stage in Stage.objects.filter(task__point__in=ids).order_by("task", "order"):
        records.stages[stage.task_id].append(stage)


def _fetch_aims(records: Records, found: Mapping[UUID, Indicator], unit: ReportingUnit | None) -> None:
    """The goals of each indicator. Below the province a count is held against the part allotted to the office,

    and what was neither given to the office nor counted there is none of its goals.
    """
    goals = list(Goal.objects.filter(indicator__in=list(found), valid_to=None))
    given, parts = allotted(found, unit) if unit is not None else (set(), {})
    for goal in goals:
        aim = Aim.of(goal)
        if unit is not None and goal.indicator_id not in given and goal.indicator_id not in records.months:
            continue
        if unit is not None and found[goal.indicator_id].shape == Shape.COUNT:
            part = parts.get((goal.indicator_id, goal.deadline))
            if part is None:
                continue
            aim = Aim(part, goal.comparator, goal.deadline, "share" if goal.from_plan else "own", goal.source)
        records.aims[goal.indicator_id].append(aim)


def allotted(found: Iterable[UUID], unit: ReportingUnit) -> tuple[set[UUID], dict[tuple[UUID, date], Decimal]]:
    """Which indicators an office and those below it were given, and their parts by indicator and deadline."""
    below = tree().below(unit.id)
    rows = list(
        Assignment.objects.filter(task__indicator__in=list(found), unit__in=below, withdrawn_on=None)
        .values_list("task__indicator", "task__due_on")
        .annotate(total=Sum("goal"))
    )
    return {i for i, _due, _total in rows if i}, {(i, due): n for i, due, n in rows if i and n is not None}


def reckon(records: Records, day: date) -> tuple[PointState, ...]:
    """The state of every point on a day, from records that were fetched before."""
    return tuple(_state(records, point, day) for point in records.points)


def _state(records: Records, point: Point, day: date) -> PointState:
    figures = tuple(
        figure(i, records.months.get(i.id, {}), day, records.aims.get(i.id, ()))
        for i in records.measures.get(point.id, ())
    )
    things = tuple(
        made(d, task := records.tasks.get(d.id), records.stages.get(task.id, ()) if task else (), day)
        for d in records.deliverables.get(point.id, ())
    )
    lit = [f for f in figures if f.aim is not None and f.aim.lights]
    light = _light(lit, things)
    main = min(lit, key=lambda f: (f.light != light, -f.behind), default=figures[0] if figures else None)
    return PointState(point, figures, things, light, _why_dark(records, point, figures, lit, things, light), main)


def _light(lit: list[Figure], things: tuple[Made, ...]) -> Light:
    """Numbers first; a deliverable can only make it worse. Without numbers the deliverables decide together."""
    troubles = [m.light for m in things if m.light in (Light.LATE, Light.SLOW)]
    if lit:
        return worst([*(f.light for f in lit), *troubles])
    if troubles:
        return worst(troubles)
    return Light.OK if any(m.light == Light.OK for m in things) else Light.NONE


def _why_dark(
    records: Records,
    point: Point,
    figures: tuple[Figure, ...],
    lit: list[Figure],
    things: tuple[Made, ...],
    light: Light,
) -> str:
    if light != Light.NONE:
        return ""
    if records.local and not figures_here(figures):
        return "not_here"
    reasons = [f.why_dark for f in lit if f.why_dark]
    if reasons:
        return "unreported" if "unreported" in reasons else reasons[0]
    if any(f.why_dark == "later" for f in figures):
        return "later"
    if things:
        return "unstarted"
    return "unmeasured" if records.targets.get(point.id) else "unquantified"


def figures_here(figures: Iterable[Figure]) -> bool:
    """Whether an office has anything of a point: a figure, or a goal of its own."""
    return any(f.part is not None or f.aim is not None or f.later for f in figures)


def _turns(now: tuple[PointState, ...], before: tuple[PointState, ...]) -> tuple[Turn, ...]:
    """The points whose light changed, those that got worse first. Becoming known is no change."""
    changed = [
        Turn(a, b.light)
        for a, b in zip(now, before, strict=True)
        if a.light != b.light and Light.NONE not in (a.light, b.light)
    ]
    order = [Light.LATE, Light.SLOW, Light.OK]
    return tuple(sorted(changed, key=lambda t: (order.index(t.state.light), t.state.point.no)))
