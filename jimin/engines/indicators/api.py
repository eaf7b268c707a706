"""Refresh and read figures. Other rooms call this and nothing else of the engine's storage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from jimin.core import clock
from jimin.core.divisions.offices import Tree, tree
from jimin.engines.indicators.figures import Part, to_date
from jimin.engines.indicators.models import Indicator, IndicatorValue, Over
from jimin.engines.indicators.sources import LISTS, BehindRow, source_of

Months = dict[date, Part]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A stored figure that does not equal the rows behind it."""

    indicator: str
    unit: str
    period: date
    stored: Decimal
    behind: Decimal


def refresh(indicators: Iterable[Indicator], units: Iterable[UUID] | None = None) -> None:
    """Rewrite the figures of these indicators from the rows behind them (of `units` only, when given), and their sums.

    Runs in the caller's transaction; two refreshes of one indicator wait for each other.
    """
    wanted = sorted({i.pk for i in indicators})
    units_tree = tree()
    only = None if units is None else list(units)
    for indicator in Indicator.objects.select_for_update().filter(pk__in=wanted).order_by("pk"):
        found = source_of(indicator).parts(indicator, only)
        stale = IndicatorValue.objects.filter(indicator=indicator, own=True)
        if only is not None:
            stale = stale.filter(unit__in=only)
        keep = [_row(indicator, unit, month, part, own=True) for (unit, month), part in found.items()]
        vanished = [v.pk for v in stale.only("id", "unit_id", "period") if (v.unit_id, v.period) not in found]
        IndicatorValue.objects.filter(pk__in=vanished).delete()
        _upsert(keep)
        _sum_up(indicator, units_tree)


def _sum_up(indicator: Indicator, tree: Tree) -> None:
    """Rewrite the sums of one indicator: each superior's and the province's, month by month."""
    own: dict[UUID, Months] = defaultdict(dict)
    months: set[date] = set()
    kept = IndicatorValue.objects.filter(indicator=indicator, own=True)
    for unit, period, n, d, rows in kept.values_list("unit_id", "period", "numerator", "denominator", "rows"):
        own[unit][period] = Part(n, d, rows)
        months.add(period)
    groups: dict[UUID | None, set[UUID]] = defaultdict(set)
    for unit in own:
        groups[None].add(unit)
        for superior in tree.above.get(unit, ()):
            groups[superior].add(unit)
    denominators = LISTS[indicator.denominator_list].of_units() if indicator.denominator_list else None
    sums = []
    for group, leaves in groups.items():
        if group in own and group is not None:
            leaves = leaves | {group}
        total = None if denominators is None else _listed(denominators, tree.below(group))
        sums += [
            _row(indicator, group, month, part, own=False)
            for month in sorted(months)
            if (part := _add([own[u] for u in leaves], month, indicator.over, total)) is not None
        ]
    stale = IndicatorValue.objects.filter(indicator=indicator, own=False)
    kept_keys = {(v.unit_id, v.period) for v in sums}
    stale.filter(pk__in=[v.pk for v in stale if (v.unit_id, v.period) not in kept_keys]).delete()
    _upsert(sums)


def _listed(denominators: dict[UUID, Decimal], units: set[UUID]) -> Decimal:
    return sum((n for u, n in denominators.items() if u in units), Decimal(0))


def _add(parts: Sequence[Months], month: date, over: str, total: Decimal | None) -> Part | None:
    """One month of a sum. A time-point figure of an earlier month stands until the next one."""
    if over == Over.STOCK:
        found = [p for m in parts if (p := to_date(m, month, over)) is not None]
    else:
        found = [m[month] for m in parts if month in m]
    if not found:
        return None
    reported = [p.denominator for p in found if p.denominator is not None]
    denominator = total if total is not None else sum(reported, Decimal(0)) if reported else None
    return Part(sum((p.numerator for p in found), Decimal(0)), denominator, sum(p.rows for p in found))


def _row(indicator: Indicator, unit: UUID | None, period: date, part: Part, *, own: bool) -> IndicatorValue:
    return IndicatorValue(
        indicator=indicator,
        unit_id=unit,
        period=period,
        own=own,
        numerator=part.numerator,
        denominator=part.denominator,
        rows=part.rows,
        refreshed_at=clock.now(),
    )


def _upsert(rows: list[IndicatorValue]) -> None:
    IndicatorValue.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["indicator", "unit", "period", "own"],
        update_fields=["numerator", "denominator", "rows", "refreshed_at"],
    )


def series(indicators: Iterable[Indicator], unit: UUID | None) -> dict[UUID, Months]:
    """The months of each indicator for one unit (None: the province), as sums where the unit has units below it."""
    found: dict[UUID, Months] = defaultdict(dict)
    rows = IndicatorValue.objects.filter(indicator__in=list(indicators), unit=unit).order_by("own")
    for indicator, period, n, d, count in rows.values_list(
        "indicator_id", "period", "numerator", "denominator", "rows"
    ):
        # A sum (own=False) comes first; a unit's own part stands only where there is no sum.
        found[indicator].setdefault(period, Part(n, d, count))
    return dict(found)


def by_unit(indicator: Indicator, units: Iterable[UUID]) -> dict[UUID, Months]:
    """The months of one indicator for many units."""
    found: dict[UUID, Months] = defaultdict(dict)
    rows = IndicatorValue.objects.filter(indicator=indicator, unit__in=list(units)).order_by("own")
    for unit, period, n, d, count in rows.values_list("unit_id", "period", "numerator", "denominator", "rows"):
        found[unit].setdefault(period, Part(n, d, count))
    return dict(found)


def rows_behind(indicator: Indicator, unit: UUID | None, period: date) -> list[BehindRow]:
    """The rows that a unit's figure at the end of `period` is made of; they sum to it."""
    return source_of(indicator).rows(indicator, tree().below(unit), period)


def check(period: date) -> list[Mismatch]:
    """Every figure that stands at the end of `period`, compared with the rows behind it. An empty list is the proof.

    Rows that no figure counts are a mismatch of the province. Numerators are compared: a listed denominator has
    no rows. An indicator that had no figure yet in that month is passed over.
    """
    wrong: list[Mismatch] = []
    units_tree = tree()
    for indicator in Indicator.objects.all():
        own, sums = _kept(indicator, period)
        rows = source_of(indicator).rows
        behind = {u: _total(rows(indicator, {u}, period)) for u in own if u is not None}
        behind_all = _total(rows(indicator, set(units_tree.above), period)) if own or sums else Decimal(0)
        for unit, months in (*own.items(), *sums.items()):
            part = to_date(months, period, indicator.over)
            stored = part.numerator if part is not None else Decimal(0)
            if unit is None:
                expected = behind_all
            elif months is own.get(unit):
                expected = behind[unit]
            else:
                inside = units_tree.below(unit)
                expected = sum((n for u, n in behind.items() if u in inside), Decimal(0))
            if stored != expected:
                name = "全省" if unit is None else units_tree.names[unit]
                wrong.append(Mismatch(indicator.code, name, period, stored, expected))
    return wrong


def _kept(indicator: Indicator, period: date) -> tuple[dict[UUID | None, Months], dict[UUID | None, Months]]:
    """The stored months until `period` of every unit: the own parts, and the sums."""
    found: tuple[dict[UUID | None, Months], dict[UUID | None, Months]] = (defaultdict(dict), defaultdict(dict))
    rows = IndicatorValue.objects.filter(indicator=indicator, period__lte=period)
    for own, unit, month, n, d, count in rows.values_list(
        "own", "unit_id", "period", "numerator", "denominator", "rows"
    ):
        found[0 if own else 1][unit][month] = Part(n, d, count)
    return found


def _total(rows: Iterable[BehindRow]) -> Decimal:
    return sum((r.numerator for r in rows), Decimal(0))
