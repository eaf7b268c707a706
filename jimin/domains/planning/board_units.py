"""A figure below the province: by office, and down to the rows it is made of. Each level sums to the one above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db.models import Sum

from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.divisions.offices import tree
from jimin.domains.planning.board_figures import Aim, Figure, figure
from jimin.domains.planning.models import Assignment
from jimin.domains.planning.parameters import number
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import Part, settings
from jimin.engines.indicators.models import Comparator, Indicator, Method, Shape
from jimin.engines.indicators.sources import LISTS, BehindRow, source_of

ZERO = Decimal(0)
PREFECTURES = (UnitKind.PREFECTURE, UnitKind.COMMITTEE)
COUNTIES = (UnitKind.COUNTY, UnitKind.ZONE, UnitKind.COMMITTEE)


@dataclass(frozen=True, slots=True)
class Line:
    """One office's figure. `figure.part` is None where it reported nothing."""

    unit: ReportingUnit
    figure: Figure
    above: str  # the name of the office above it
    deeper: bool  # whether there are offices below it

    @property
    def few(self) -> bool:
        """Whether the denominator is too small for a share to be coloured."""
        part = self.figure.part
        return (
            self.figure.indicator.shape == Shape.SHARE
            and part is not None
            and (part.denominator or ZERO) < number("few_units")
        )


@dataclass(frozen=True)
class Level:
    """One step of the way down: the office, the lines below it, its own rows, and the proof that they sum up."""

    indicator: Indicator
    unit: ReportingUnit | None
    day: date
    total: Figure
    lines: tuple[Line, ...]
    rows: tuple[BehindRow, ...]
    path: tuple[ReportingUnit, ...]  # from the top down to `unit`

    @property
    def summed(self) -> Part:
        """What the lines and the own rows add up to; the denominators too, except those of a named list."""
        parts = [line.figure.part for line in self.lines if line.figure.part is not None]
        numerator = sum((p.numerator for p in parts), ZERO) + sum((r.numerator for r in self.rows), ZERO)
        known = [p.denominator for p in parts if p.denominator is not None]
        known += [r.denominator for r in self.rows if r.denominator is not None]
        return Part(numerator, sum(known, ZERO) if known else None, sum(p.rows for p in parts) + len(self.rows))

    @property
    def agrees(self) -> bool:
        """Whether the level sums to the figure above it. It must."""
        return self.summed.numerator == (self.total.part.numerator if self.total.part else ZERO)


def lines(
    indicator: Indicator,
    units: Sequence[ReportingUnit],
    day: date,
    aims: Sequence[Aim],
    parents: frozenset[UUID] = frozenset(),
) -> list[Line]:
    """The figures of many offices, in the order given: one query for the figures, one for the allotted parts."""
    months = indicators.by_unit(indicator, [u.id for u in units])
    shares = allotted_each(indicator, units) if indicator.shape == Shape.COUNT else {}
    listed = LISTS[indicator.denominator_list].of_units() if indicator.denominator_list else {}
    found = []
    for unit in units:
        known = dict(months.get(unit.id, {}))
        if not known and indicator.method == Method.COMPUTED and (unit.id in listed or shares.get(unit.id)):
            # A ledger without rows is a true zero; a report that was not filed is not.
            known = {date(day.year, 1, 1): Part(ZERO, listed.get(unit.id), 0)}
        mine = _aims_of(indicator, unit, aims, shares)
        found.append(Line(unit, figure(indicator, known, day, mine), str(unit.superior or ""), unit.id in parents))
    return found


def _aims_of(
    indicator: Indicator, unit: ReportingUnit, aims: Sequence[Aim], shares: dict[UUID, dict[date, Decimal]]
) -> list[Aim]:
    """A share is held against the plan's own percentage everywhere, a count against what was allotted."""
    if indicator.shape != Shape.COUNT:
        return list(aims)
    mine = shares.get(unit.id, {})
    return [
        Aim(mine[a.deadline], a.comparator, a.deadline, "share" if a.lights else "own", a.source)
        for a in aims
        if a.deadline in mine
    ]


def allotted_each(indicator: Indicator, units: Sequence[ReportingUnit]) -> dict[UUID, dict[date, Decimal]]:
    """What was allotted to each office with those below it, by deadline."""
    rows = (
        Assignment.objects.filter(task__indicator=indicator, withdrawn_on=None)
        .exclude(goal=None)
        .values_list("unit", "task__due_on")
        .annotate(total=Sum("goal"))
    )
    units_tree = tree()
    wanted = {u.id for u in units}
    found: dict[UUID, dict[date, Decimal]] = {}
    for unit, due, total in rows:
        for holder in wanted & {unit, *units_tree.above.get(unit, ())}:
            kept = found.setdefault(holder, {})
            kept[due] = kept.get(due, ZERO) + total
    return found


@lru_cache(maxsize=1)
def offices() -> tuple[ReportingUnit, ...]:
    """Every standing office but the towns, with the ones above it. Read once, and again when the register changed."""
    known = ReportingUnit.objects.filter(valid_to=None).exclude(kind=UnitKind.TOWN)
    return tuple(known.select_related("superior", "superior__superior"))


divisions.on_change(offices.cache_clear)


def by_county(indicator: Indicator, day: date, aims: Sequence[Aim]) -> list[Line]:
    """The county-level offices; prefectures where only they have figures; nothing where neither has."""
    known = offices()
    for kinds in (COUNTIES, PREFECTURES):
        found = lines(indicator, [u for u in known if u.kind in kinds], day, aims)
        if any(line.figure.part is not None and line.figure.part.rows for line in found):
            return found
    return []


def level(indicator: Indicator, unit: ReportingUnit | None, day: date, aims: Sequence[Aim]) -> Level:
    """One level of the drill-down. At an office without offices below it (or with rows of its own): its rows."""
    known = offices()
    parents = frozenset(u.superior_id for u in known if u.superior_id is not None)
    below = _below(known, unit)
    mine = lines(indicator, below, day, aims, parents)
    shown = tuple(x for x in mine if x.figure.part is not None or x.unit.kind in (*PREFECTURES, *COUNTIES))
    if not any(x.figure.part is not None for x in shown):
        shown = ()
    total = _total(indicator, unit, day, aims)
    rows: tuple[BehindRow, ...] = ()
    if unit is not None and (not shown or total.part is None or _sum(shown) != total.part.numerator):
        rows = tuple(source_of(indicator).rows(indicator, {unit.id}, day.replace(day=1)))
    return Level(indicator, unit, day, total, shown, rows, _path(unit))


def _sum(shown: Iterable[Line]) -> Decimal:
    return sum((x.figure.part.numerator for x in shown if x.figure.part is not None), ZERO)


def _below(known: Sequence[ReportingUnit], unit: ReportingUnit | None) -> list[ReportingUnit]:
    """The offices directly below; for the province those at the top of the tree."""
    if unit is not None:
        return [u for u in known if u.superior_id == unit.id]
    return [u for u in known if u.superior_id is None]


def _path(unit: ReportingUnit | None) -> tuple[ReportingUnit, ...]:
    chain: list[ReportingUnit] = []
    while unit is not None:
        chain.insert(0, unit)
        unit = unit.superior
    return tuple(chain)


def _total(indicator: Indicator, unit: ReportingUnit | None, day: date, aims: Sequence[Aim]) -> Figure:
    if unit is not None:
        return lines(indicator, [unit], day, aims)[0].figure
    return figure(indicator, indicators.series([indicator], None).get(indicator.pk, {}), day, aims)


def breaks(aims: Sequence[Aim]) -> list[Decimal]:
    """The map's class limits, from the plan's own goals: below the first one split once, later goals above it."""
    goals = sorted({a.value for a in aims if a.lights})
    if not goals:
        return []
    first, split = goals[0], number("map_split")
    if any(a.comparator == Comparator.AT_MOST for a in aims):
        return goals[:4]
    if len(goals) == 1:
        return [first * split, first * settings()["slow_from"], first]
    return [first * split, first, (first + goals[1]) / 2, goals[1]]
