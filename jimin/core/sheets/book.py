"""How values are written into a workbook or a CSV file, so that they mean the same when they come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from jimin.core import clock

LONGEST = 32_767  # characters a sheet's cell can hold
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a text that starts so would be calculated
DATE, MOMENT, MONTH = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm"
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def heading(sheet: Any, title: str, fill: str = "E8EEF4") -> Any:
    """The cell of a column's heading."""
    cell = text(sheet, title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=fill)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def head(sheet: Any, heads: Sequence[tuple[str, int]]) -> None:
    """The frozen first row: titles with the widths (characters) of their columns. Before any row is appended."""
    for i, (title, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(i)].width = max(width, len(title) * 2 + 4)
    sheet.freeze_panes = "A2"
    sheet.append([heading(sheet, title) for title, width in heads])


def notes(book: Any, title: str, lines: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    """A sheet of words beside the rows."""
    sheet = book.create_sheet(title)
    for i, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    for line in lines:
        sheet.append([text(sheet, str(word)) for word in line])


def value(sheet: Any, given: Any, *, month: bool = False) -> Any:
    """A number, date or moment as such, anything else as text; None for nothing."""
    if given is None or given == "":
        return None
    if isinstance(given, (int, float, Decimal)) and not isinstance(given, bool):
        return _formatted(sheet, given, _number_format(given))
    if isinstance(given, datetime):
        return _formatted(sheet, given.astimezone(clock.SHANGHAI).replace(tzinfo=None), MOMENT)
    if isinstance(given, date):
        return _formatted(sheet, given, MONTH if month else DATE)
    return text(sheet, str(given))


def text(sheet: Any, given: str) -> Any:
    """A cell that is text whatever it starts with: never a formula, never a number that loses its zeros."""
    cell = WriteOnlyCell(sheet)
    cell.value = printable(given)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def printable(given: str) -> str:
    """A text that a cell can hold."""
    given = ILLEGAL_CHARACTERS_RE.sub("", str(given))
    end = _("…（内容过长，已截断）")
    return given if len(given) <= LONGEST else given[: LONGEST - len(end)] + end


def sheet_name(title: str) -> str:
    """A title as the name of a sheet."""
    return "".join("_" if c in "[]:*?/\\" else c for c in title)[:31]


def inert(given: str) -> str:
    """A text that a sheet program would calculate gets an apostrophe before it (CSV)."""
    return f"'{given}" if given.startswith(FORMULA) else given


def bare(given: str) -> str:
    """The text that `inert` was given."""
    return given[1:] if given.startswith("'") and given[1:].startswith(FORMULA) else given


def _number_format(given: Any) -> str:
    places = max(0, -int(Decimal(str(given)).normalize().as_tuple().exponent))  # type: ignore[arg-type]
    return "#,##0" + ("." + "0" * places if places else "")


def _formatted(sheet: Any, given: Any, form: str) -> Any:
    cell = WriteOnlyCell(sheet, given)
    cell.number_format = form
    return cell
