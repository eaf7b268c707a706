"""The units a value can have, and how each is kept: whole numbers only, so that every reading agrees to the last fen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from jimin.engines.policy.errors import RuleError


class Unit(StrEnum):
    """What a value is. `EXACT` is an amount before it is rounded (fen × 1/10,000), never a result."""

    MONEY = "money"  # fen
    EXACT = "exact"  # ten-thousandths of a fen
    COUNT = "count"
    YEARS = "years"
    MONTHS = "months"
    RATIO = "ratio"  # ten-thousandths
    BOOL = "bool"
    TEXT = "text"
    DATE = "date"


ONE = 10_000  # a ratio of 1, and the fineness of an exact amount
#: How many of the stored unit make one of what a person writes (yuan, a share such as 0.35).
SCALE: dict[Unit, int] = {Unit.MONEY: 100, Unit.RATIO: ONE, Unit.COUNT: 1, Unit.YEARS: 1, Unit.MONTHS: 1}
NUMBERS = frozenset({Unit.MONEY, Unit.EXACT, Unit.COUNT, Unit.YEARS, Unit.MONTHS, Unit.RATIO})
WORDS: dict[Unit, str] = {
    Unit.MONEY: "金额（元）",
    Unit.EXACT: "取整前的金额",
    Unit.COUNT: "数",
    Unit.YEARS: "年数",
    Unit.MONTHS: "月数",
    Unit.RATIO: "比例",
    Unit.BOOL: "是否",
    Unit.TEXT: "文字",
    Unit.DATE: "日期",
}
#: Beyond this an amount is no household's: 1,000,000,000 yuan. Sums and shares of it stay exact in every reading.
LARGEST = 1_000_000_000
FALSE, TRUE = "否", "是"

Stored = int | bool | str | date | None


def store(unit: Unit, given: object) -> Stored:
    """What a person or a file gives (yuan, a share, a date) as it is kept; None stays unknown. Raises RuleError."""
    if given is None:
        return None
    if unit is Unit.BOOL:
        return _is(given, bool, "是或否（true / false）")
    if unit is Unit.TEXT:
        return _is(given, str, "文字")
    if unit is Unit.DATE:
        return _date(given)
    return number(unit, given)


def _is(given: object, kind: type, allowed: str) -> Stored:
    if isinstance(given, kind):
        return given  # type: ignore[return-value]
    raise RuleError(f"“{given}”不对", allowed=allowed)


def _date(given: object) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise RuleError(f"“{given}”不是日期", allowed="2023-03-06 这样的日期") from None


def number(unit: Unit, given: object) -> int:
    """A number that a person or a file gives, as it is kept. Raises RuleError."""
    if not isinstance(given, (int, Decimal)) or isinstance(given, bool):
        raise RuleError(f"“{given}”不是{WORDS[unit]}", allowed="不加引号、不带单位的数")
    if abs(Decimal(given)) > LARGEST:
        raise RuleError(f"{given} 太大", allowed=f"不超过 {LARGEST:,}", then="请核对单位：金额按元填")
    scaled = Decimal(given) * SCALE[unit]
    if scaled != int(scaled):
        raise RuleError(f"{given} 比{WORDS[unit]}的最小单位还细", allowed=f"1/{SCALE[unit]} 的整数倍")
    return int(scaled)


def give(unit: Unit, kept: Stored) -> Stored | Decimal:
    """A kept value as a person or a file has it: money in yuan, a ratio as a share."""
    if kept is None or unit not in NUMBERS:
        return kept
    return plain(unit, int(kept))  # type: ignore[arg-type]


def plain(unit: Unit, kept: int) -> Decimal | int:
    """A kept number in the unit that people use."""
    scale = SCALE[Unit.MONEY] * ONE if unit is Unit.EXACT else SCALE[unit]
    return kept if scale == 1 else Decimal(kept) / scale


def say(unit: Unit, kept: Stored) -> str:
    """A kept value in words: 882.00 元, 60 岁 stays 60, 否."""
    if kept is None:
        return "不知道"
    if unit is Unit.BOOL:
        return TRUE if kept else FALSE
    if unit is Unit.MONEY:
        return f"{plain(unit, int(kept)):,.2f} 元"  # type: ignore[arg-type]
    if unit is Unit.EXACT:
        return f"{plain(unit, int(kept)):,f} 元"  # type: ignore[arg-type]
    if unit is Unit.RATIO:
        return f"{plain(unit, int(kept)).normalize():f}"  # type: ignore[arg-type,union-attr]
    return str(kept)
