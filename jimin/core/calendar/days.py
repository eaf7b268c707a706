"""The days that are known: the library's years, and what the pack adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml
from django.conf import settings

FILE = "calendar.yaml"
SATURDAY = 5
KEYS = {"holidays": {"from", "to", "name", "source"}, "workdays": {"date", "source"}, "complete_years": None}


class CalendarFault(Exception):
    """The pack's calendar cannot be used; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Extra:
    """What a pack adds: free days, make-up days, and years whose notice it holds in full."""

    free: frozenset[date] = field(default_factory=frozenset)
    work: frozenset[date] = field(default_factory=frozenset)
    years: frozenset[int] = field(default_factory=frozenset)


def working(day: date) -> tuple[bool, bool]:
    """Whether a day is a working day, and whether that is certain."""
    more = extra(str(settings.PACK))
    if day in more.work or day in more.free:
        return day in more.work, True
    if day.year in more.years:
        return day.weekday() < SATURDAY, True
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:  # a year the library does not know: weekends alone, and not certain
        return day.weekday() < SATURDAY, False


@lru_cache(maxsize=4)
def extra(pack: str) -> Extra:
    """The pack's calendar.yaml, read once a process; a pack without one adds nothing. Raises CalendarFault."""
    path = Path(pack) / FILE
    if not path.exists():
        return Extra()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise CalendarFault(f"{path} 不是有效的 YAML：{error}") from None
    if not isinstance(content, dict) or set(content) - set(KEYS):
        raise CalendarFault(f"{path} 只能有这些栏目：{'、'.join(KEYS)}。")
    free = frozenset(day for entry in _entries(path, content, "holidays") for day in _span(path, entry))
    work = frozenset(_day(path, entry, "date") for entry in _entries(path, content, "workdays"))
    if both := sorted(free & work):
        raise CalendarFault(f"{path} 把 {both[0]} 同时列为假日和工作日；请删去其一。")
    years = content.get("complete_years") or []
    if not isinstance(years, list) or not all(isinstance(y, int) for y in years):
        raise CalendarFault(f"{path} 的 complete_years 应是年份的列表，如 [2027]。")
    return Extra(free, work, frozenset(years))


def _entries(path: Path, content: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    allowed = KEYS[name] or set()
    for number, entry in enumerate(content.get(name) or [], 1):
        if not isinstance(entry, dict) or set(entry) - allowed:
            raise CalendarFault(f"{path} {name} 第 {number} 项只能有：{'、'.join(sorted(allowed))}。")
        if not str(entry.get("source") or "").strip():
            raise CalendarFault(f"{path} {name} 第 {number} 项没有 source；每个日子都要写明依据。")
        yield {**entry, "where": f"{name} 第 {number} 项"}


def _day(path: Path, entry: dict[str, Any], key: str) -> date:
    value = entry.get(key)
    if type(value) is not date:  # a YAML time stamp is a datetime, which is also a date
        raise CalendarFault(f"{path} {entry['where']}的 {key} 是“{value}”；请写日期，如 2027-01-01。")
    return value


def _span(path: Path, entry: dict[str, Any]) -> Iterator[date]:
    first = _day(path, entry, "from")
    last = _day(path, entry, "to") if "to" in entry else first
    if last < first:
        raise CalendarFault(f"{path} {entry['where']}的 to（{last}）早于 from（{first}）。")
    return (first + timedelta(days=i) for i in range((last - first).days + 1))
