"""Statutory working days and months: what others may ask.

The day after receipt is day one (民法典 第二百零一条), so a start date never counts itself. An answer
that rests on a year whose holidays are not known says so (`Due.certain`, `Due.note`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from jimin.core.calendar.days import CalendarFault, working
from jimin.core.calendar.months import Month

__all__ = [
    "CalendarFault", "Due", "Month", "add_working_days", "is_certain", "is_working_day", "nth_working_day_of",
    "working_days_between",
]  # fmt: skip

ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A due date; when it is not `certain`, `note` says why."""

    date: date
    certain: bool = True
    note: str = ""

    def __str__(self) -> str:
        return self.date.isoformat()


def is_working_day(day: date) -> bool:
    """Whether a date is a statutory working day; in a year that is not known, Monday to Friday."""
    return working(day)[0]


def is_certain(day: date) -> bool:
    """Whether the holidays around a date are known."""
    return working(day)[1]


def add_working_days(start: date, n: int) -> Due:
    """The n-th working day after `start`; `start` itself for 0. Raises ValueError for a negative number."""
    if n < 0:
        raise ValueError(_("工作日数不能是负数（%d）；请填 0 或正整数。") % n)
    day, unknown = start, set()
    while n:
        try:
            day += ONE
        except OverflowError:
            raise ValueError(_("工作日数太大，日历里没有那一天；请核对后再算。")) from None
        counts, certain = working(day)
        n -= counts
        if not certain:
            unknown.add(day.year)
    return Due(day, not unknown, _note(unknown))


def working_days_between(a: date, b: date) -> int:
    """How many working days lie after `a` up to and with `b`; negative when `b` is earlier."""
    if b < a:
        return -working_days_between(b, a)
    return sum(working(a + i * ONE)[0] for i in range(1, (b - a).days + 1))


def nth_working_day_of(year: int, month: int, n: int) -> Due:
    """The n-th working day counted from a month's first day. Raises ValueError for n below 1."""
    if n < 1:
        raise ValueError(_("月内第几个工作日从 1 数起，不能是 %d。") % n)
    return add_working_days(Month(year, month).start - ONE, n)


def _note(years: set[int]) -> str:
    if not years:
        return ""
    names = "、".join(str(y) for y in sorted(years)[:3])
    return _("%s 年的放假安排不在工作日历中，只按周一至周五推算，安排公布后请重新核对。") % names
