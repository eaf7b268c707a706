"""A month as a value: the period of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from django.utils.translation import gettext as _

from jimin.core.units import english

FORM = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
MONTHS = 12
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year: `Month(2023, 9)`, as text "2023-09". Raises ValueError for a month that is none."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (MINYEAR <= self.year <= MAXYEAR and 1 <= self.month <= MONTHS):
            raise ValueError(
                _("没有 %(year)s 年 %(month)s 月；月份写作 2023-09。") % {"year": self.year, "month": self.month}
            )

    @classmethod
    def parse(cls, text: str) -> Month:
        """The month of "2023-09". Raises ValueError that says the form."""
        found = FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError(_("“%s”不是月份；请写作 2023-09。") % text)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a date lies in."""
        return cls(day.year, day.month)

    @property
    def start(self) -> date:
        """The first day; what a record's `period` column holds."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return self.next().start - timedelta(days=1)

    def plus(self, months: int) -> Month:
        """The month so many months later (earlier when negative)."""
        year, month = divmod(self.year * MONTHS + self.month - 1 + months, MONTHS)
        return Month(year, month + 1)

    def next(self) -> Month:
        """The following month."""
        return self.plus(1)

    def previous(self) -> Month:
        """The month before."""
        return self.plus(-1)

    def until(self, last: Month) -> Iterator[Month]:
        """This month and the following ones up to `last`; none when `last` is earlier."""
        return (self.plus(i) for i in range(last - self + 1))

    def __sub__(self, other: Month) -> int:
        """How many months later than another."""
        return (self.year - other.year) * MONTHS + self.month - other.month

    def __contains__(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def chinese(self) -> str:
        """2023年9月, for what is stored or printed."""
        return f"{self.year}年{self.month}月"

    @property
    def label(self) -> str:
        """As the reader says it: 2023年9月, Sep 2023."""
        return f"{ENGLISH[self.month - 1]} {self.year}" if english() else self.chinese
