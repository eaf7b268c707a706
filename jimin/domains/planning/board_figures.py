"""One figure of the board: where it stands, where it is going, what is missing, and its light.

Pure functions over the indicators engine. Nothing here can be typed in: a light is reckoned from the
months of a figure and from a goal, and only a goal of the plan's own sentence lights.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import yaml

from jimin.engines.indicators.figures import Light, Part, light, months_between, projected, rounded, to_date, value
from jimin.engines.indicators.models import Comparator, Goal, Indicator, Over, Shape

Months = Mapping[date, Part]

#: From the one to be dealt with first to the one that needs nothing.
SEVERITY = {Light.LATE: 0, Light.SLOW: 1, Light.NONE: 2, Light.OK: 3}


def worst(lights: Sequence[Light]) -> Light:
    """The light of a whole: late before slow before unknown before on time. Nothing known is never green."""
    return min(lights, key=SEVERITY.__getitem__, default=Light.NONE)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure is held against: the plan's own goal, a unit's allotted part of it, or a measure of ours."""

    value: Decimal
    comparator: str
    deadline: date
    origin: str  # "plan": the plan's sentence; "share": the part allotted to this unit; "own": ours, grey
    source: str

    @classmethod
    def of(cls, goal: Goal) -> Aim:
        return cls(goal.value, goal.comparator, goal.deadline, "plan" if goal.from_plan else "own", goal.source)

    @property
    def lights(self) -> bool:
        return self.origin != "own"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on a day. `why_dark` says why it has no light: unreported, too_early, no_goal, later, no_share."""

    indicator: Indicator
    aim: Aim | None  # what this year's light is reckoned from
    later: tuple[Aim, ...]  # goals of later years: shown, they do not light this year's board
    part: Part | None
    now: Decimal | None
    ahead: Decimal | None  # at the aim's deadline
    course: tuple[Decimal | None, ...]  # January to the month of the day; None where nothing was reported
    monthly: Decimal | None  # mean monthly increment of the last months
    light: Light
    why_dark: str
    left: Decimal | None  # still to be done until the goal, counted in the numerator
    short: Decimal | None  # what will be missing at the deadline at this pace
    newest: date | None  # the newest month with a figure

    @property
    def behind(self) -> Decimal:
        """How large a part of the goal will be missing, for ranking; nothing missing is zero."""
        if self.aim is None or not self.aim.lights or self.short is None or not self.whole:
            return Decimal(0)
        return max(self.short / self.whole, Decimal(0))

    @property
    def whole(self) -> Decimal | None:
        """The goal counted in the numerator: 20 % of 607 towns are 122 towns."""
        return None if self.aim is None else counted_goal(self.indicator, self.aim.value, self.part)

    @property
    def progress(self) -> Decimal | None:
        """How much of this year's goal is reached, in percent."""
        if self.now is None or self.aim is None or not self.aim.value or self.aim.comparator == Comparator.AT_MOST:
            return None
        return (self.now * 100 / self.aim.value).quantize(Decimal(1), ROUND_HALF_UP)

    @property
    def counter(self) -> str:
        """The measure word of what is missing."""
        return counter(self.indicator)


@lru_cache(maxsize=1)
def _counters() -> dict[str, str]:
    path = Path(__file__).parent / "parameters" / "board.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["counters"])


def counter(indicator: Indicator) -> str:
    """The measure word for the numerator: the unit itself, or for a share one found by the numerator's name."""
    if indicator.shape != Shape.SHARE:
        return indicator.unit
    return next((word for sign, word in _counters().items() if sign in indicator.numerator_title), "个")


def counted_goal(indicator: Indicator, goal: Decimal, part: Part | None) -> Decimal | None:
    """A goal in the numerator's own counting; None when the denominator is unknown."""
    if indicator.shape != Shape.SHARE:
        return goal
    if part is None or not part.denominator:
        return None
    return (goal * part.denominator / 100).quantize(Decimal(1), ROUND_CEILING)


def month_end(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def figure(indicator: Indicator, months: Months, day: date, aims: Sequence[Aim]) -> Figure:
    """One figure as it stood on `day`.

    `aims` are all goals held against it, in any order. The aim of the day's year lights; where there is
    none, later ones are only shown. With a goal not yet due and fewer than two known months, nothing can
    be said: the light stays dark unless the goal is reached already.
    """
    period = day.replace(day=1)
    known = _relevant(indicator, months, period)
    part = to_date(known, period, indicator.over)
    now = value(part, indicator.shape)
    aim, later = _choose(aims, day.year)
    monthly = increment(indicator, known, day)
    ahead = _ahead(indicator, now, monthly, aim, day)
    shown, why = _judge(now, ahead, aim, later, day)
    return Figure(
        indicator=indicator,
        aim=aim,
        later=later,
        part=part,
        now=now,
        ahead=ahead,
        course=_course(indicator, known, period),
        monthly=monthly,
        light=shown,
        why_dark=why,
        left=_missing(indicator, part, now, aim),
        short=_missing(indicator, part, now if ahead is None else max(now or Decimal(0), ahead), aim)
        if aim is None or aim.comparator != Comparator.AT_MOST
        else _missing(indicator, part, ahead if ahead is not None else now, aim),
        newest=max(known, default=None),
    )


def _relevant(indicator: Indicator, months: Months, period: date) -> dict[date, Part]:
    """The months that count on a day: never later ones, and for a running total only those of its year."""
    since = date(period.year, 1, 1) if indicator.over == Over.FLOW else date.min
    return {m: p for m, p in months.items() if since <= m <= period}


def _choose(aims: Sequence[Aim], year: int) -> tuple[Aim | None, tuple[Aim, ...]]:
    """The aim of this year (the plan's before ours, the nearest deadline first) and those of later years."""
    ordered = sorted(aims, key=lambda a: (not a.lights, a.deadline))
    mine = [a for a in ordered if a.deadline.year <= year]
    later = tuple(a for a in ordered if a.deadline.year > year)
    return (mine[0] if mine else None), later


def increment(indicator: Indicator, months: Months, day: date) -> Decimal | None:
    """The mean monthly increment of the last complete months, in the figure's own unit; None without two of them."""
    complete = [m for m in months if month_end(m) <= day]
    if len(complete) < 2:
        return None
    series = [
        value(to_date(months, m, indicator.over), indicator.shape) if m in months else None
        for m in _span(min(complete), max(complete))
    ]
    known = [v for v in series if v is not None]
    following = projected(series, 1)
    return None if following is None else following - known[-1]


def _span(first: date, last: date) -> list[date]:
    count = months_between(first, last) + 1
    return [date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count)]


def _ahead(
    indicator: Indicator, now: Decimal | None, monthly: Decimal | None, aim: Aim | None, day: date
) -> Decimal | None:
    """The figure at the aim's deadline: today's, carried on by the monthly increment for the time that is left.

    Rounded as it is shown, so that the light judges the very number the page shows.
    """
    if now is None or monthly is None or aim is None:
        return None
    rest = Decimal((month_end(day) - day).days) / monthrange(day.year, day.month)[1]
    left = max(months_between(day, aim.deadline) + rest, Decimal(0))
    ahead = max(now + monthly * left, Decimal(0))
    if indicator.shape == Shape.SHARE:
        ahead = min(ahead, Decimal(100))
    return rounded(ahead, indicator.shape)


def _judge(
    now: Decimal | None, ahead: Decimal | None, aim: Aim | None, later: tuple[Aim, ...], day: date
) -> tuple[Light, str]:
    if aim is None or not aim.lights:
        return Light.NONE, "later" if any(a.lights for a in later) else "no_goal"
    if now is None:
        return Light.NONE, "unreported"
    found = light(now, ahead, aim.value, aim.comparator, day >= aim.deadline)
    if ahead is None and day < aim.deadline and found != Light.OK:
        return Light.NONE, "too_early"
    return found, ""


def _course(indicator: Indicator, months: Months, period: date) -> tuple[Decimal | None, ...]:
    year = [date(period.year, m, 1) for m in range(1, period.month + 1)]
    return tuple(value(to_date(months, m, indicator.over), indicator.shape) if m in months else None for m in year)


def _missing(indicator: Indicator, part: Part | None, at: Decimal | None, aim: Aim | None) -> Decimal | None:
    """What is missing between a figure and its aim, counted in the numerator; never negative."""
    if at is None or aim is None:
        return None
    if aim.comparator == Comparator.AT_MOST:
        return max(at - aim.value, Decimal(0))
    whole = counted_goal(indicator, aim.value, part)
    if whole is None:
        return None
    if indicator.shape == Shape.SHARE and part is not None and part.denominator:
        at = (at * part.denominator / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return max(whole - at, Decimal(0))
