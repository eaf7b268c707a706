"""The same file back, with a column that says what is wrong and the wrong cells marked.

A workbook keeps its styles; what was marked before and is right now is cleared. A very large one would not fit into
memory as a whole: of it only the wrong rows come back. In either case it can be corrected and brought in again.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from jimin.core.files.limits import MB
from jimin.core.sheets import book as written
from jimin.core.sheets.base import Fault, Line
from jimin.core.sheets.cells import Trouble
from jimin.core.sheets.headings import ERRORS, ERRORS_NAME, Heading
from jimin.core.sheets.limits import limits

MARK = "FFFFD9D4"  # the fill of a wrong cell; also how an earlier mark is known again
AUTHOR = "济民"
WIDTH = 60

Faults = Mapping[int, Sequence[Fault]]


def faults_of(lines: Sequence[Line]) -> dict[int, Sequence[Fault]]:
    """The faults of the wrong lines, by the number of the row."""
    return {line.number: line.faults for line in lines if line.faults}


def mark(name: str, content: bytes, heading: Heading, faults: Faults) -> tuple[str, bytes, bool]:
    """The marked file: its name, its content, and whether it holds the wrong rows alone."""
    path = PurePath(name)
    stem = path.stem.removesuffix(_("_标注"))
    new = f"{stem[:100]}{_('_标注')}{path.suffix.lower()}"
    if path.suffix.lower() == ".csv":
        return new, _csv(heading, faults), False
    if _unpacked(content) <= limits()["marked_mb"] * MB:
        return new, _whole(content, heading, faults), False
    return new, _wrong_rows(heading, faults), True


def _unpacked(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(i.file_size for i in archive.infolist() if i.filename.startswith("xl/worksheets/"))


def _said(faults: Sequence[Fault]) -> str:
    return written.printable("\n".join(f.text for f in faults))


def _fill() -> PatternFill:
    return PatternFill("solid", fgColor=MARK)


def _comment(fault: Fault) -> Comment:
    return Comment(written.printable(fault.text), AUTHOR, height=120, width=280)


def _comments(faults: Faults) -> bool:
    return sum(len(f) for f in faults.values()) <= limits()["marked_comments"]


# -- a workbook as it was ------------------------------------------------------------------------
def _whole(content: bytes, heading: Heading, faults: Faults) -> bytes:
    book = load_workbook(io.BytesIO(content), keep_links=False)
    sheet = book[heading.grid.name]
    at = _column(sheet, heading)
    _clear(sheet, at, heading.row)
    head = sheet.cell(heading.row, at, _(ERRORS))
    head.font, head.fill = Font(bold=True), _fill()
    sheet.column_dimensions[get_column_letter(at)].width = WIDTH
    comments = _comments(faults)
    for number, found in faults.items():
        told = sheet.cell(number, at)
        told.value, told.data_type = _said(found), "s"
        told.alignment = Alignment(wrap_text=True, vertical="top")
        for fault in found:
            cell = sheet[fault.cell] if fault.cell else None
            if cell is not None and not isinstance(cell, MergedCell):
                cell.fill = _fill()
                cell.comment = _comment(fault) if comments else None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _column(sheet: Any, heading: Heading) -> int:
    """Where the faults stand: the column of an earlier time, else the first free one (no heading, no merged area)."""
    if ERRORS_NAME in heading.at:
        return heading.at[ERRORS_NAME] + 1
    titles = [c.column for c in sheet[heading.row] if c.value is not None]
    merged = [r.max_col for r in sheet.merged_cells.ranges if r.max_row >= heading.row]
    return int(max([*titles, *merged, heading.width])) + 1


def _clear(sheet: Any, at: int, head: int) -> None:
    """Take away what an earlier import marked."""
    marks: dict[int, bool] = {}  # style → whether it is a mark: looking into each cell's fill takes most of the time
    for row in sheet.iter_rows(min_row=head + 1):
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.column == at:
                cell.value = None
            if cell.has_style:
                style = cell.style_id
                if style not in marks:
                    marks[style] = cell.fill.fgColor.rgb == MARK
                if marks[style]:
                    cell.fill = PatternFill()
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None


# -- the wrong rows of a large one -----------------------------------------------------------------
def _wrong_rows(heading: Heading, faults: Faults) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(heading.grid.name)
    told = heading.at.get(ERRORS_NAME)
    comments = _comments(faults)
    width = limits()["columns"]
    columns: list[int] = []
    for number, values in heading.grid.rows(width):
        if number == heading.row:
            columns = [i for i, v in enumerate(values) if v is not None and i != told]
            titles = [(str(values[i]).strip(), 18) for i in columns]
            written.head(sheet, [(_(ERRORS), WIDTH), *titles])
        if number not in faults:
            continue
        bad = {f.cell: f for f in faults[number] if f.cell}
        cells: list[Any] = [written.text(sheet, _said(faults[number]))]
        for i in columns:
            value = values[i] if i < len(values) else None
            cell = _cell(sheet, value)
            fault = bad.get(f"{get_column_letter(i + 1)}{number}")
            if fault is not None:
                cell = cell or WriteOnlyCell(sheet)
                cell.fill = _fill()
                if comments:
                    cell.comment = _comment(fault)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    """A value as it was: a text stays text, a date a date, a number a number."""
    if isinstance(value, Trouble):
        value = value.shown
    if isinstance(value, str):
        return written.text(sheet, value)
    if value is None:
        return None
    cell = WriteOnlyCell(sheet, value)
    if cell.is_date:
        cell.number_format = written.DATE
    return cell


# -- CSV -----------------------------------------------------------------------------------------
def _csv(heading: Heading, faults: Faults) -> bytes:
    """The same lines with one more value at the end, in UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    told = heading.at.get(ERRORS_NAME)
    for number, values in heading.grid.rows(limits()["columns"]):
        kept = [written.inert(str(v)) if v is not None else "" for i, v in enumerate(values) if i != told]
        more = _(ERRORS) if number == heading.row else _said(faults.get(number, ()))
        writer.writerow([*kept, written.inert(more)])
    return text.getvalue().encode("utf-8-sig")
