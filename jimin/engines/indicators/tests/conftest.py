"""A source of the test's own: rows held in a list, so that figures can be compared with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from jimin.core.access.tests.people import People
from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator, Method, Over, Shape
from jimin.engines.indicators.sources import (
    LISTS,
    SOURCES,
    BehindRow,
    DenominatorList,
    Source,
    register_list,
    register_source,
)

M = [date(2022, 11, 1), date(2022, 12, 1), *(date(2023, n, 1) for n in range(1, 7))]


@dataclass
class Ledger:
    """Reports as (unit, month) → (numerator, denominator)."""

    people: People
    rows: dict[tuple[UUID, date], tuple[int, int | None]] = field(default_factory=dict)
    indicator: Indicator = None

    def unit(self, code: str) -> UUID:
        return self.people.units[code].id

    def put(self, code: str, month: date, n: int, d: int | None = None) -> None:
        self.rows[self.unit(code), month] = (n, d)

    def parts(self, indicator, units):
        only = None if units is None else set(units)
        return {
            key: Part(Decimal(n), None if d is None else Decimal(d), 1)
            for key, (n, d) in self.rows.items()
            if only is None or key[0] in only
        }

    def behind(self, indicator, units, period):
        found = {}
        for (unit, month), (n, d) in sorted(self.rows.items(), key=lambda e: e[0][1]):
            if unit in units and month <= period:
                if indicator.over == Over.STOCK:
                    found[unit] = (n, d)
                elif month.year == period.year:
                    found[unit, month] = (n, d)
        return [BehindRow("行", "", "", None, Decimal(n), d, "") for n, d in found.values()]


@pytest.fixture
def ledger(db) -> Ledger:
    made = Ledger(People())
    register_source(Source("test.ledger", made.parts, made.behind))
    counts = {made.unit("990122"): Decimal(10), made.unit("990183"): Decimal(30)}
    register_list(DenominatorList("test.towns", "乡镇", "测试", lambda: counts))
    yield made
    del SOURCES["test.ledger"], LISTS["test.towns"]


@pytest.fixture
def stock(ledger: Ledger) -> Ledger:
    ledger.indicator = measure(Over.STOCK)
    return ledger


@pytest.fixture
def flow(ledger: Ledger) -> Ledger:
    ledger.indicator = measure(Over.FLOW)
    return ledger


def measure(over: str, **more) -> Indicator:
    fields = {"shape": Shape.COUNT, "unit": "个", "numerator_title": "个数", **more}
    return Indicator.objects.create(
        code=f"test.{over}", title="测试", method=Method.COMPUTED, computation="test.ledger", over=over, **fields
    )
