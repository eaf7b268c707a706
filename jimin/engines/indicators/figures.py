"""What a figure is: its value, its projection to a deadline, and the light it earns.

Pure functions. The method of projection: the mean monthly increment of the last `trend_months`
months is carried forward to the deadline's month; a share's denominator stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import yaml

from jimin.engines.indicators.models import Comparator, Over, Shape


class Light(StrEnum):
    """按期 · 偏慢 · 落后 · 未定量 (no figure, or a goal that is not the plan's)."""

    OK = "ok"
    SLOW = "slow"
    LATE = "late"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """Numerator, denominator (None for a count) and how many rows lie behind."""

    numerator: Decimal
    denominator: Decimal | None
    rows: int = 0


@lru_cache(maxsize=1)
def settings() -> dict[str, Decimal]:
    """The parameters of lights.yaml."""
    path = Path(__file__).parent / "parameters" / "lights.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))["values"]
    return {name: Decimal(str(entry["value"])) for name, entry in values.items()}


def value(part: Part | None, shape: str) -> Decimal | None:
    """The figure in its own unit: a count as it is, a share in percent, a ratio as a quotient. None: nothing known."""
    if part is None:
        return None
    if shape == Shape.COUNT:
        return part.numerator
    if not part.denominator:
        return None
    factor = 100 if shape == Shape.SHARE else 1
    return part.numerator * factor / part.denominator


def to_date(months: Mapping[date, Part], period: date, over: str) -> Part | None:
    """What stands at the end of `period`: the newest month so far (时点数), or the year's sum (累计数).

    A 累计数 begins anew on 1 January. A 时点数 does not: what stood in December stands until the next figure.
    """
    known = [months[m] for m in sorted(months) if m <= period and (over == Over.STOCK or m.year == period.year)]
    if not known:
        return None
    if over == Over.STOCK:
        return known[-1]
    denominators = [p.denominator for p in known if p.denominator is not None]
    return Part(
        sum((p.numerator for p in known), Decimal(0)),
        sum(denominators, Decimal(0)) if denominators else None,
        sum(p.rows for p in known),
    )


def months_between(start: date, end: date) -> int:
    """How many months `end` lies after `start`."""
    return (end.year - start.year) * 12 + end.month - start.month


def projected(series: Sequence[Decimal | None], months_left: int) -> Decimal | None:
    """Carry a monthly series on by the mean increment of its last months. None without two known months."""
    known = [(i, v) for i, v in enumerate(series) if v is not None]
    if len(known) < 2:
        return None
    window = known[-(int(settings()["trend_months"]) + 1) :]
    (first, a), (last, b) = window[0], window[-1]
    return b + (b - a) / (last - first) * max(months_left, 0)


def light(now: Decimal | None, ahead: Decimal | None, goal: Decimal, comparator: str, due: bool) -> Light:
    """The light of a figure against a goal; after the deadline (`due`) the figure itself counts, not the projection."""
    judged = now if due or ahead is None else ahead
    if judged is None or now is None:
        return Light.NONE
    if comparator == Comparator.AT_MOST:
        if now <= goal and judged <= goal:
            return Light.OK
        return Light.SLOW if judged * settings()["slow_from"] <= goal else Light.LATE
    if comparator == Comparator.EQUAL and due:
        return Light.OK if now == goal else Light.LATE
    if max(judged, now) >= goal:
        return Light.OK
    return Light.SLOW if judged >= goal * settings()["slow_from"] else Light.LATE


def rounded(number: Decimal | None, shape: str) -> Decimal | None:
    """For display: whole numbers for counts, one decimal for shares, two for ratios."""
    if number is None:
        return None
    step = {Shape.COUNT: "1", Shape.SHARE: "0.1", Shape.RATIO: "0.01"}[Shape(shape)]
    return number.quantize(Decimal(step), ROUND_HALF_UP)
