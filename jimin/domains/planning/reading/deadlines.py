"""Times in a sentence (到2025年, 年底前, 6月底前, 上半年, 一季度) → the last day they allow."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from jimin.domains.planning.reading.numerals import from_han

_YEAR = r"(?P<year>\d{4}|[〇零一二三四五六七八九]{4})年度?"
_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_LEAD = r"(?:力争|争取|确保)?(?:到|至|在|于)?"
_BEFORE = r"(?P<before>之?前|以前)?"
_TIMES = (
    re.compile(
        rf"{_LEAD}{_YEAR}(?:(?P<month>{_NUMBER})月(?:份|(?P<day>{_NUMBER})日)?|(?P<half>[上下]半年)|第?(?P<quarter>[一二三四1-4])季度)?"
        rf"(?P<end>年?[底末]|内)?{_BEFORE}"
    ),
    re.compile(rf"{_LEAD}(?P<next>明年)?(?:今年|本年|当年)?(?:年底|年末|岁末){_BEFORE}"),
    re.compile(rf"{_LEAD}(?:今年|本年度?|年)内|今年以内|本年度|全年(?!龄)"),
    re.compile(
        rf"{_LEAD}(?:今年)?(?:(?:{_NUMBER})月?[-至到])?(?P<month>{_NUMBER})月(?:份|(?P<day>{_NUMBER})日)?(?P<end>[底末])?{_BEFORE}"
    ),
    re.compile(rf"{_LEAD}(?:今年)?(?P<half>[上下]半年)(?P<end>[底末]|内)?{_BEFORE}"),
    re.compile(rf"{_LEAD}(?:今年)?第?(?P<quarter>[一二三四1-4])季度(?P<end>[底末]|内)?{_BEFORE}"),
    re.compile(rf"{_LEAD}“?十(?P<five>[一二三四五六七八九])五”?(?:规划|时期|期间)*(?:期?末|结束)(?:时|{_BEFORE})"),
)
_MASKED = re.compile(
    r"《[^《》]*》|(?:\d{4}|[〇零一二三四五六七八九]{4})年?[-至](?:\d{4}|[〇零一二三四五六七八九]{4})年"
)
_COMPARED = ("比", "较", "与", "以")  # 比2020年: what is compared with, no deadline
_FIVE_YEAR_BASE = 2005  # “十n五” ends in 2005 + 5n: the tenth plan in 2005, the fourteenth in 2025


@dataclass(frozen=True)
class Time:
    """A stretch of the folded sentence that names a time, and its last day."""

    start: int
    end: int
    last_day: date


def times(sentence: str, year: int) -> tuple[Time, ...]:
    """Times named in a folded sentence of a plan for `year`, in order, none inside another."""
    plain = _MASKED.sub(lambda match: "□" * len(match.group()), sentence)
    found: list[Time] = []
    for pattern in _TIMES:
        for match in pattern.finditer(plain):
            if plain[: match.start()].endswith(_COMPARED):
                continue
            if any(match.start() < time.end and time.start < match.end() for time in found):
                continue
            day = _last_day(match.groupdict(), year)
            if day is not None:
                found.append(Time(match.start(), match.end(), day))
    return tuple(sorted(found, key=lambda time: time.start))


def _last_day(parts: dict[str, str | None], year: int) -> date | None:
    own = parts.get("year")
    five = parts.get("five")
    if five:
        return date(_FIVE_YEAR_BASE + 5 * _value(five), 12, 31)
    in_year = _value(own) if own else year + (1 if parts.get("next") else 0)
    if not 1949 <= in_year <= 2099:
        return None
    month, day = _month_and_day(parts)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(in_year, month)[1]
    if day > last:
        return None
    if parts.get("before") and parts.get("month") and not day and not parts.get("end"):
        return date(in_year, month, 1) - timedelta(days=1)  # “6月前” is before June begins
    return date(in_year, month, day or last)


def _month_and_day(parts: dict[str, str | None]) -> tuple[int, int]:
    if parts.get("half"):
        return (6 if parts["half"] == "上半年" else 12), 0
    if parts.get("quarter"):
        return 3 * _value(parts["quarter"] or ""), 0
    if parts.get("month"):
        return _value(parts["month"] or ""), _value(parts.get("day") or "") if parts.get("day") else 0
    return 12, 0


def _value(text: str) -> int:
    return int(text) if text.isdecimal() else from_han(text) or 0
