"""Open a workbook or a CSV file as rows of plain values, whatever Excel, WPS or another system made of it. No database."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.utils.exceptions import InvalidFileException

from jimin.core.actions.errors import Problem, Refused
from jimin.core.sheets.book import bare
from jimin.core.sheets.cells import Trouble, is_blank
from jimin.core.sheets.limits import limits

Values = Sequence[Any]
PIECE = 1 << 20
OVERLAP = 256
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
Area = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True)
class Grid:
    """One sheet: its name and its rows from the first on; `hidden` ones are never read."""

    name: str
    source: _Source
    index: int
    hidden: bool = False
    epoch: datetime = WINDOWS_EPOCH

    def rows(self, columns: int, last: int = 0) -> Iterator[tuple[int, Values]]:
        """Every row (up to `last`) with its number in the sheet, cut after so many columns; empty ones are left out."""
        for number, values in enumerate(self.source.rows(self.index, columns), 1):
            if last and number > last:
                return
            if values.count(None) != len(values) and not all(is_blank(v) for v in values):
                yield number, values


class _Source:
    def rows(self, index: int, columns: int) -> Iterator[Values]:
        raise NotImplementedError


def open_grids(name: str, content: bytes) -> list[Grid]:
    """The sheets of a file that is already checked by content. Raises Refused."""
    extension = PurePath(name).suffix.lower()
    if extension == ".csv":
        return [Grid(PurePath(name).stem, _Csv(content), 0)]
    if extension != ".xlsx":
        message = _("“%s”不是表格。可以导入 .xlsx 和 .csv。") % name
        raise Refused(message, Problem(message, "file"), next_step=_("请在 Excel 或 WPS 里另存为 .xlsx 再上传。"))
    try:
        book = _Book(content)
    except (InvalidFileException, zipfile.BadZipFile, OSError, KeyError, ValueError, SyntaxError, TypeError) as fault:
        message = _("“%(name)s”打不开（%(why)s）。") % {"name": name, "why": type(fault).__name__}
        raise Refused(
            message, Problem(message, "file"), next_step=_("请在 Excel 或 WPS 里打开核对，另存为 .xlsx 再上传。")
        ) from None
    return book.grids()


# -- workbooks ---------------------------------------------------------------------------------
class _Book(_Source):
    """The values that were calculated last; a formula that was never calculated is said, and so is a merged cell."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.values = self._open(data_only=True)
        self.formulas: Any = None

    def _open(self, data_only: bool) -> Any:
        book = load_workbook(io.BytesIO(self.content), read_only=True, data_only=data_only, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own size is often wrong
        return book

    def grids(self) -> list[Grid]:
        return [
            Grid(sheet.title, self, i, sheet.sheet_state != "visible", self.values.epoch)
            for i, sheet in enumerate(self.values.worksheets)
        ]

    def rows(self, index: int, columns: int) -> Iterator[Values]:
        sheet = self.values.worksheets[index]
        has_formulas, merged = self._scan(sheet)
        plain = sheet.iter_rows(max_col=columns, values_only=True)
        rows: Iterator[Values] = self._uncalculated(index, columns, plain) if has_formulas else plain
        return _unmerged(rows, merged) if merged else rows

    def _scan(self, sheet: Any) -> tuple[bool, list[Area]]:
        """Whether a sheet has formulas, and its merged areas: the rows are streamed, and say neither beforehand."""
        formulas, rest = False, b""
        merged: dict[str, None] = {}
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive, archive.open(sheet._worksheet_path) as part:
            while piece := part.read(PIECE):
                window = rest + piece
                formulas = formulas or FORMULA.search(window) is not None
                merged |= dict.fromkeys(m[1].decode() for m in MERGED.finditer(window))
                rest = window[-OVERLAP:]
        return formulas, sorted(map(_area, merged), key=lambda area: area[1])

    def _uncalculated(self, index: int, columns: int, rows: Iterator[Values]) -> Iterator[Values]:
        if self.formulas is None:
            self.formulas = self._open(data_only=False)
        beside = self.formulas.worksheets[index].iter_rows(max_col=columns)
        for values, cells in zip(rows, beside, strict=False):
            bare_ones = [i for i, c in enumerate(cells) if c.data_type == "f" and i < len(values) and values[i] is None]
            if not bare_ones:
                yield values
                continue
            found = list(values)
            for i in bare_ones:
                found[i] = Trouble(
                    str(cells[i].value), _("是公式，文件里没有算好的值；请在表格软件里打开、重新保存，或改成值")
                )
            yield found


def _area(ref: str) -> Area:
    left, top, right, bottom = range_boundaries(ref)
    return int(left or 0), int(top or 0), int(right or 0), int(bottom or 0)


def _unmerged(rows: Iterator[Values], merged: list[Area]) -> Iterator[Values]:
    """Rows in which a cell without a value of its own, inside a merged area that has one, is said."""
    ahead = iter(merged)  # by their first rows
    upcoming = next(ahead, None)
    active: list[Area] = []
    for number, values in enumerate(rows, 1):
        while upcoming is not None and upcoming[1] <= number:
            left = upcoming[0]
            if upcoming[1] == number and left <= len(values) and not is_blank(values[left - 1]):
                active.append(upcoming)
            upcoming = next(ahead, None)
        active = [area for area in active if area[3] >= number]
        yield _said_merged(number, values, active) if active else values


def _said_merged(number: int, values: Values, areas: list[Area]) -> Values:
    found = list(values)
    for left, top, right, _bottom in areas:
        for column in range(left, min(right, len(found)) + 1):
            if (column, number) != (left, top) and is_blank(found[column - 1]):
                found[column - 1] = Trouble(
                    _("合并单元格"), _("和别的格合并了，没有自己的值；请取消合并，每一行都填上")
                )
    return found


# -- CSV -----------------------------------------------------------------------------------------
class _Csv(_Source):
    def __init__(self, content: bytes) -> None:
        self.text = decoded(content)

    def rows(self, index: int, columns: int) -> Iterator[Values]:
        first = self.text.split("\n", 1)[0]
        delimiter = "\t" if first.count("\t") > first.count(",") else ","
        lines = csv.reader(io.StringIO(self.text, newline=""), delimiter=delimiter)
        try:
            for line in lines:
                yield [bare(value) if value else None for value in line[:columns]]
        except csv.Error as fault:
            message = _("第 %(n)d 行起读不下去（%(why)s）。") % {"n": lines.line_num, "why": fault}
            raise Refused(
                message, Problem(message, "file"), next_step=_("请在表格软件里打开核对引号，另存后再上传。")
            ) from None


def decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8 with or without its mark, UTF-16 with it, or GB 18030. Raises Refused."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    message = _("文字编码认不出来。可以用 UTF-8、UTF-16 或 GB 18030。")
    raise Refused(message, Problem(message, "file"), next_step=_("请在表格软件里另存为 .xlsx，或“CSV UTF-8”。"))


def widest() -> int:
    """In how many columns headings are looked for."""
    return limits()["columns"]
