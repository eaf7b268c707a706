"""How the plan's figures are counted: from accepted reports, or from the rows of the ledger.

Registered with the indicators engine when the app is ready. Each source gives the parts of every
unit and the rows behind them from the same records, so that a figure always equals its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.calendar.api import Month
from jimin.core.divisions import api as divisions
from jimin.core.divisions import offices
from jimin.core.divisions.models import Level
from jimin.domains.planning.models import ItemState, LedgerItem, Plan, Report
from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator, Over
from jimin.engines.indicators.sources import (
    LISTS,
    BehindRow,
    DenominatorList,
    Parts,
    Source,
    register_list,
    register_source,
)

ZERO = Decimal(0)


def accepted(indicator: Indicator) -> QuerySet[Report]:
    """The reports that count for an indicator: accepted, with a figure."""
    return (
        Report.objects.filter(assignment__task__indicator=indicator).exclude(accepted_on=None).exclude(numerator=None)
    )


def reported_parts(indicator: Indicator, units: Iterable[UUID] | None) -> Parts:
    """One part for each unit and month: its accepted report."""
    rows = accepted(indicator)
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    listed = LISTS[indicator.denominator_list].of_units() if indicator.denominator_list else {}
    # A unit that was given the task anew may have two reports of a month: the later one counts, here and below.
    rows = rows.order_by("period", "accepted_on", "id")
    return {
        (unit, period): Part(n or ZERO, d if d is not None else listed.get(unit), 1)
        for unit, period, n, d in rows.values_list("unit_id", "period", "numerator", "denominator")
    }


def reported_rows(indicator: Indicator, units: set[UUID], period: date) -> list[BehindRow]:
    """The accepted reports that stand at the end of `period`: each unit's newest (时点数), or all of the year (累计数)."""
    found = accepted(indicator).filter(unit__in=units, period__lte=period).select_related("unit")
    if indicator.over == Over.FLOW:
        found = found.filter(period__year=period.year)
    rows: dict[tuple[UUID, date | None], Report] = {}
    for report in found.order_by("period", "accepted_on", "id"):
        rows[(report.unit_id, report.period if indicator.over == Over.FLOW else None)] = report
    return [
        BehindRow(
            title=f"{r.unit.short_name} {Month.of(r.period).label}",
            unit=r.unit.short_name,
            division=r.unit.jurisdiction,
            on=r.accepted_on,
            numerator=r.numerator or ZERO,
            denominator=r.denominator,
            record=f"planning.report:{r.pk}",
            remark=r.narrative[:80],
        )
        for r in rows.values()
    ]


def counted(indicator: Indicator) -> QuerySet[LedgerItem]:
    """The ledger rows that count: verified and in use."""
    return LedgerItem.objects.filter(indicator=indicator.rows_of_id or indicator.pk, state=ItemState.CONFIRMED).exclude(
        since=None
    )


def months_until(start: date, end: date) -> list[date]:
    """The first days of the months from `start`'s to `end`'s."""
    months, month = [], start.replace(day=1)
    while month <= end:
        months.append(month)
        month = Month.of(month).next().start
    return months


def first_month() -> date:
    """From which month on totals to date are kept: January of the first plan's year (this year's without a plan).

    Last year's months stay when the year changes: that is when the year is appraised.
    """
    first = Plan.objects.exclude(confirmed_on=None).order_by("year").values_list("year", flat=True).first()
    today = clock.business_day()
    return date(min(first or today.year, today.year), 1, 1)


def _running(indicator: Indicator, units: Iterable[UUID] | None) -> dict[UUID, dict[date, tuple[Decimal, int]]]:
    """Ledger rows by unit and month of use: (quantity, rows) added in that month."""
    rows = counted(indicator)
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    months: dict[UUID, dict[date, tuple[Decimal, int]]] = defaultdict(dict)
    # Summed by the database: an import refreshes the figures with each chunk, over all the rows that are there by then.
    by_day = rows.order_by().values_list("unit_id", "since").annotate(n=Sum("quantity"), k=Count("id"))
    for unit, since, quantity, count in by_day:
        month = since.replace(day=1)
        n, k = months[unit].get(month, (ZERO, 0))
        months[unit][month] = (n + quantity, k + count)
    return months


def item_parts(indicator: Indicator, units: Iterable[UUID] | None) -> Parts:
    """The running total of the ledger's quantities, month by month until today."""
    parts: Parts = {}
    today, start = clock.business_day(), first_month()
    for unit, added in _running(indicator, units).items():
        total, rows = ZERO, 0
        for month in months_until(min(added), today):
            n, k = added.get(month, (ZERO, 0))
            total, rows = total + n, rows + k
            if month >= start:
                parts[unit, month] = Part(total, _listed(indicator, unit), rows)
    return parts


def _listed(indicator: Indicator, unit: UUID) -> Decimal | None:
    return LISTS[indicator.denominator_list].of_units().get(unit, ZERO) if indicator.denominator_list else None


def item_rows(indicator: Indicator, units: set[UUID], period: date) -> list[BehindRow]:
    """The ledger rows in use at the end of `period`."""
    return [_behind(i, i.quantity) for i in _in_use(indicator, units, period)]


def _in_use(indicator: Indicator, units: set[UUID], period: date) -> list[LedgerItem]:
    end = Month.of(period).next().start
    rows = counted(indicator).filter(unit__in=units, since__lt=end).select_related("unit")
    return list(rows.order_by("since", "id"))


def _behind(item: LedgerItem, adds: Decimal, remark: str = "") -> BehindRow:
    return BehindRow(
        title=item.name,
        unit=item.unit.short_name,
        division=item.division,
        on=item.since,
        numerator=adds,
        denominator=None,
        record=f"planning.ledgeritem:{item.pk}",
        remark=remark,
    )


def _area(item_division: str, level: str) -> str:
    """The division of `level` that a row lies in (a town for coverage of towns)."""
    return next((p.code for p in divisions.lineage(item_division) if p.level == level), "")


def _town(town: str, division: str) -> str:
    """What a row covers: its town, or its own place where there is no town."""
    return town or _area(division, Level.TOWN) or division


def _firsts(items: Iterable[LedgerItem]) -> dict[str, LedgerItem]:
    """The first row of each town: the one by which the town is covered."""
    found: dict[str, LedgerItem] = {}
    for item in items:
        found.setdefault(_town(item.town, item.division), item)
    return found


def town_parts(indicator: Indicator, units: Iterable[UUID] | None) -> Parts:
    """How many towns have at least one row in use, month by month: a second row in the same town adds nothing."""
    today = clock.business_day()
    rows = counted(indicator).filter(since__lt=Month.of(today).next().start)
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    firsts: dict[UUID, dict[str, date]] = defaultdict(dict)
    for row in rows.order_by().values("unit_id", "town", "division").annotate(first=Min("since")):
        towns, town = firsts[row["unit_id"]], _town(row["town"], row["division"])
        towns[town] = min(row["first"], towns.get(town, row["first"]))
    parts: Parts = {}
    start = first_month()
    for unit, towns in firsts.items():
        covered = sorted(towns.values())
        for month in months_until(covered[0], today):
            end = Month.of(month).next().start
            n = sum(1 for d in covered if d < end)
            if month >= start:
                parts[unit, month] = Part(Decimal(n), _listed(indicator, unit), n)
    return parts


def town_rows(indicator: Indicator, units: set[UUID], period: date) -> list[BehindRow]:
    """The rows by which each town is covered, one a town."""
    return [_behind(i, Decimal(1), divisions.name(t)) for t, i in _firsts(_in_use(indicator, units, period)).items()]


def division_counts(kinds: tuple[str, ...]) -> dict[UUID, Decimal]:
    """For each county-level office, how many divisions of these kinds it answers for."""
    return {unit: Decimal(n) for unit, n in offices.counts(kinds).items()}


#: The computations that count rows of 指标台账: each row, or each town that has one.
ON_LEDGER = ("planning.items", "planning.towns")


def register() -> None:
    """Tell the indicators engine. Called when the app is ready."""
    register_source(Source("reported", reported_parts, reported_rows))
    by_row, by_town = ON_LEDGER
    register_source(Source(by_row, item_parts, item_rows, stock_only=True))
    register_source(Source(by_town, town_parts, town_rows, stock_only=True))
    vintage = lazy("行政区划登记（现行）")
    for name, title, kinds in (
        ("towns", lazy("乡镇"), divisions.TOWNS),
        ("towns_streets", lazy("乡镇（街道）"), divisions.TOWNS_AND_STREETS),
        ("villages", lazy("村"), divisions.VILLAGES),
        ("villages_communities", lazy("村（社区）"), divisions.VILLAGES_AND_COMMUNITIES),
    ):
        register_list(DenominatorList(name, title, vintage, lambda kinds=kinds: division_counts(kinds)))  # type: ignore[misc]
