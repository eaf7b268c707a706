"""A sheet of shops that touches no database, and workbooks to read."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from jimin.core.actions.base import Action
from jimin.core.sheets import headings, reading
from jimin.core.sheets.api import SHEETS, Line, Sheet, SheetColumn
from jimin.core.sheets.judging import Judge


class _Nothing(Action, abstract=True):
    """Stands for the action of a register that is never written here."""


if "tests.shops" not in SHEETS:

    class Shops(Sheet):
        register = "tests.shops"
        adds = changes = _Nothing
        columns = (
            SheetColumn("name", "名称", required=True, longest=20),
            SheetColumn("code", "代码", kind="code", pattern=r"\d{6}", said="6 位数字"),
            SheetColumn("kind", "类别", kind="choice", choices=[("a", "食堂"), ("b", "超市"), ("c", "超市")]),
            SheetColumn("beds", "床位", kind="integer", least=0, most=1000),
            SheetColumn("share", "占比", kind="decimal", places=2),
            SheetColumn("opened", "投用日期", kind="date"),
            SheetColumn("month", "月份", kind="month"),
            SheetColumn("open", "营业", kind="yesno"),
        )
        key = ("name",)


TITLES = ["名称", "代码", "类别", "床位", "占比", "投用日期", "月份", "营业"]
GOOD = ["王家店", "012345", "食堂", 12, 0.5, date(2023, 9, 5), "2023-09", "是"]


def workbook(*rows: list[Any]) -> Any:
    book = openpyxl.Workbook()
    book.active.title = "店"
    for row in rows:
        book.active.append(row)
    return book


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def heading_of(content: bytes, name: str = "店.xlsx") -> headings.Heading:
    return headings.find(SHEETS["tests.shops"], reading.open_grids(name, content))


def lines_of(content: bytes, name: str = "店.xlsx") -> list[Line]:
    """The rows of a file, judged."""
    sheet = SHEETS["tests.shops"]
    actor: Any = None  # the choices are the same for all
    return list(Judge(sheet, actor, heading_of(content, name), sheet.options(actor)).lines())


@pytest.fixture
def cell() -> Callable[..., tuple[str, str]]:
    """What one cell of a column is read as: its plain text, and what is wrong with it."""

    def read(title: str, value: Any, number_format: str = "") -> tuple[str, str]:
        book = workbook(TITLES, GOOD)
        at = book.active.cell(2, TITLES.index(title) + 1)
        at.number_format = "General"
        at.value = value
        at.number_format = number_format or at.number_format
        (line,) = lines_of(saved(book))
        name = next(c.name for c in SHEETS["tests.shops"].columns if c.title == title)
        return line.values.get(name, ""), "".join(f.said for f in line.faults if f.column == name)

    return read
