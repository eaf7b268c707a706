"""有公示栏的村 ÷ 村: counted from the boards themselves, so the figure always equals its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator
from jimin.engines.indicators.sources import LISTS, BehindRow, Parts, Source, register_source
from tests.example_domain.actions import COMPUTATION
from tests.example_domain.models import NoticeBoard


def parts(indicator: Indicator, units: Iterable[UUID] | None) -> Parts:
    """How many boards each office has at the end of each month in which one was opened (时点数)."""
    boards = NoticeBoard.objects.all() if units is None else NoticeBoard.objects.filter(unit__in=list(units))
    opened: dict[UUID, Counter[date]] = {}
    for unit, day in boards.values_list("unit_id", "opened_on"):
        opened.setdefault(unit, Counter())[day.replace(day=1)] += 1
    villages = LISTS[indicator.denominator_list].of_units()
    return {
        (unit, month): Part(Decimal(n), villages.get(unit, Decimal(0)), n)
        for unit, months in opened.items()
        for month, n in zip(sorted(months), accumulate(months[m] for m in sorted(months)), strict=True)
    }


def rows(indicator: Indicator, units: set[UUID], period: date) -> list[BehindRow]:
    """The boards behind the figure at the end of a month."""
    end = date(period.year + period.month // 12, period.month % 12 + 1, 1)
    found = NoticeBoard.objects.filter(unit__in=units, opened_on__lt=end).select_related("unit")
    return [
        BehindRow(
            b.place, b.unit.short_name, b.village, b.opened_on, Decimal(1), None, f"noticeboards.noticeboard:{b.pk}"
        )
        for b in found
    ]


def register() -> None:
    """Tell the indicators engine. Called when the app is ready."""
    register_source(Source(COMPUTATION, parts, rows))
