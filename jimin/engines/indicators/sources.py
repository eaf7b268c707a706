"""Where figures come from. A domain registers, by name, how the rows behind a measure are counted.

A source answers three questions about one indicator: the parts of each unit for each month
(`parts`), the rows behind one unit's figure (`rows`), and the denominators of a named list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.functional import Promise

from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator

Parts = dict[tuple[UUID, date], Part]


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One row behind a figure: what it is, where, when, what it adds, and the record to open."""

    title: str
    unit: str
    division: str
    on: date | None
    numerator: Decimal
    denominator: Decimal | None
    record: str  # "app.model:id"
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind of figure is counted. `stock_only`: its parts are totals to date, never a month's addition."""

    name: str
    parts: Callable[[Indicator, Iterable[UUID] | None], Parts]
    rows: Callable[[Indicator, set[UUID], date], list[BehindRow]]
    stock_only: bool = False


@dataclass(frozen=True, slots=True)
class DenominatorList:
    """A named list that a share counts against: title, vintage, and the number for each unit."""

    name: str
    title: str | Promise
    vintage: str | Promise
    of_units: Callable[[], dict[UUID, Decimal]]


SOURCES: dict[str, Source] = {}
LISTS: dict[str, DenominatorList] = {}


def register_source(source: Source) -> None:
    SOURCES[source.name] = source


def register_list(entry: DenominatorList) -> None:
    LISTS[entry.name] = entry


def source_of(indicator: Indicator) -> Source:
    """The source of an indicator: its computation, or the reports. Raises LookupError with the known names."""
    name = indicator.computation or str(indicator.method)
    try:
        return SOURCES[name]
    except KeyError:
        raise LookupError(
            f"指标“{indicator.code}”的来源“{name}”没有登记；已登记的有 {'、'.join(sorted(SOURCES))}。"
        ) from None
