"""A column: where its value comes from, what kind it is, how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

from jimin.core.divisions import api as divisions

Text = str | Promise
Kind = Literal["text", "number", "date", "moment", "month", "division", "status", "code"]


@dataclass(frozen=True, slots=True)
class Status:
    """A light (ok, slow, late, none, cur, todo) and the word that stands beside it."""

    light: str
    word: Text


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row. `value` is what is exported; `text` what a person reads for kinds that need words."""

    column: Column
    value: Any
    text: str = ""
    href: str = ""

    @property
    def is_empty(self) -> bool:
        return self.value is None or self.value == ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args: name, unique in its register and the default attribute path ("unit.short_name"); value, another path or a
    function of the record; sort, the order fields behind the heading ("due_on" or ("unit__rank",)); href, a link of its
    own; width, characters in a sheet; screen/sheet, whether it stands there.
    Kinds: a status has a `Status`, a division its 12-digit code, a month the month's first day.
    """

    name: str
    title: Text
    value: Callable[[Any], Any] | str = ""
    kind: Kind = "text"
    sort: str | tuple[str, ...] = ()
    href: Callable[[Any], str] | None = None
    width: int = 16
    screen: bool = True
    sheet: bool = True

    @property
    def order(self) -> tuple[str, ...]:
        """The order fields, or none."""
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    def cell(self, record: Any) -> Cell:
        """The column's value of a record."""
        value = self.value(record) if callable(self.value) else follow(record, self.value or self.name)
        return Cell(self, value, self._text(value), self.href(record) if self.href else "")

    def _text(self, value: Any) -> str:
        if value is None or value == "":
            return ""
        if self.kind == "status":
            return str(value.word)
        if self.kind == "division":
            return name_of(value)
        if isinstance(value, Decimal):
            return f"{value:f}"
        return str(value)


def follow(record: Any, path: str) -> Any:
    """The value at "unit.short_name"; None when a step on the way is None."""
    for step in path.split("."):
        if record is None:
            return None
        record = getattr(record, step)
        if callable(record):
            record = record()
    return record


def name_of(code: str) -> str:
    """The division's name; a code that is no longer current stands for itself."""
    try:
        return divisions.name(code)
    except divisions.UnknownDivision:
        return code
