"""A register as a sheet: Excel or CSV, under the same conditions and scope as the list."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Literal

import yaml
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.core.divisions import api as divisions
from jimin.core.registers.actions import ExportRegister
from jimin.core.registers.base import Reading, Register
from jimin.core.registers.columns import Cell, Column

Format = Literal["xlsx", "csv"]
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
CHUNK = 2000
IN_MEMORY = 4 * 1024 * 1024
LONGEST = 32_767  # characters a sheet's cell can hold
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a text that starts so would be calculated
DATE, MOMENT, MONTH = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm"


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file, open at its start."""

    name: str
    content_type: str
    file: IO[bytes]
    rows: int


@lru_cache(maxsize=1)
def limit() -> int:
    """How many rows one export may have (parameters/registers.yaml)."""
    path = Path(__file__).parent / "parameters" / "registers.yaml"
    return int(yaml.safe_load(path.read_text(encoding="utf-8"))["export_rows"]["value"])


def export(register: Register, actor: Actor, params: Mapping[str, str], format: Format) -> Exported:
    """The rows of a list as a file; who took what is on record before it is handed out.

    Raises Forbidden; Refused for wrong conditions, an unknown format, or more rows than one export may have.
    """
    if format not in TYPES:
        raise Refused(_("不能导出为“%s”；可用：xlsx、csv。") % str(format)[:20])
    reading = register.read(actor, {k: v for k, v in params.items() if k not in ("after", "before")})
    if reading.problems:
        raise Refused(_("筛选条件有误，没有导出。"), *reading.problems, next_step=_("请先改正条件，再导出。"))
    if reading.rows.order_by().values("pk")[: limit() + 1].count() > limit():
        raise Refused(
            _("符合条件的超过 %s 行，一次导不出来。") % f"{limit():,}",
            next_step=_("请按地区或时间分几次导出。"),
        )
    columns = [c for c in register.columns if c.sheet]
    records = reading.order.sorted(reading.rows).iterator(chunk_size=CHUNK)
    lines = ([c.cell(r) for c in columns] for r in records)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed to the caller
    if format == "xlsx":
        count = _excel(file, register, columns, lines, _about(register, actor, reading))
    else:
        count = _csv(file, columns, lines)
    ExportRegister.perform(
        actor,
        {
            "register_name": register.name,
            "query": reading.address()[1:],
            "format": format,
            "rows": count,
            "sha256": _digest(file),
        },
    )
    file.seek(0)
    return Exported(f"{register.title}_{clock.business_day():%Y%m%d}.{format}", TYPES[format], file, count)


def _about(register: Register, actor: Actor, reading: Reading) -> list[tuple[str, str]]:
    scope = "、".join(divisions.name(code) for code in actor.scope.codes) or "—"
    demo = [(_("演示"), _("人物、金额和进度均为演示，不是真实数据。"))] if clock.is_demo() else []
    conditions = reading.said or [(_("筛选"), _("无"))]
    return [
        (_("登记册"), str(register.title)),
        (_("导出人"), actor.label),
        (_("导出时间"), f"{clock.now():%Y-%m-%d %H:%M}"),
        (_("业务日期"), f"{clock.business_day()}"),
        (_("数据范围"), scope),
        *((_("条件：%s") % label, value) for label, value in conditions),
        *demo,
        (_("提示"), _("导出的内容只供工作使用；代码和编号是文本，日期是日期，可直接排序和筛选。")),
    ]


# -- Excel -------------------------------------------------------------------------------------
def _excel(
    file: IO[bytes],
    register: Register,
    columns: list[Column],
    lines: Iterable[list[Cell]],
    about: list[tuple[str, str]],
) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(str(register.title)))
    heads = [h for c in columns for h in _heads(c)]
    for i, (title, width) in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(i)].width = max(width, len(title) * 2 + 4)
    sheet.freeze_panes = "A2"
    sheet.append([_head(sheet, title) for title, width in heads])
    count = 0
    for line in lines:
        sheet.append([made for cell in line for made in _cells(sheet, cell)])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count + 1}"
    notes = book.create_sheet(_("说明"))
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 22, 80
    for label, value in [*about, (_("行数"), f"{count:,}")]:
        notes.append([_text(notes, label), _text(notes, value)])
    book.save(file)
    return count


def _heads(column: Column) -> Iterator[tuple[str, int]]:
    yield str(column.title), column.width
    if column.kind == "division":
        yield _("%s代码") % column.title, 16


def _head(sheet: Any, title: str) -> Any:
    cell = _text(sheet, title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cells(sheet: Any, cell: Cell) -> Iterator[Any]:
    value, kind = cell.value, cell.column.kind
    if cell.is_empty:
        yield None
    elif kind == "number" and isinstance(value, (int, float, Decimal)):
        yield _formatted(sheet, value, _number_format(value))
    elif isinstance(value, datetime):
        yield _formatted(sheet, value.astimezone(clock.SHANGHAI).replace(tzinfo=None), MOMENT)
    elif isinstance(value, date):
        yield _formatted(sheet, value, MONTH if kind == "month" else DATE)
    else:
        yield _text(sheet, cell.text)
    if kind == "division":
        yield _text(sheet, str(value or ""))


def _number_format(value: Any) -> str:
    places = max(0, -int(Decimal(str(value)).normalize().as_tuple().exponent))  # type: ignore[arg-type]
    return "#,##0" + ("." + "0" * places if places else "")


def _formatted(sheet: Any, value: Any, form: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = form
    return cell


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it starts with: never a formula, never a number that loses its zeros."""
    cell = WriteOnlyCell(sheet)
    cell.value = _printable(text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _printable(text: str) -> str:
    text = ILLEGAL_CHARACTERS_RE.sub("", str(text))
    end = _("…（内容过长，已截断）")
    return text if len(text) <= LONGEST else text[: LONGEST - len(end)] + end


def _sheet_name(title: str) -> str:
    return "".join("_" if c in "[]:*?/\\" else c for c in title)[:31]


# -- CSV ---------------------------------------------------------------------------------------
def _csv(file: IO[bytes], columns: list[Column], lines: Iterable[list[Cell]]) -> int:
    """UTF-8 with a mark at the start, so that Excel reads the Chinese."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([title for c in columns for title, width in _heads(c)])
    count = 0
    for line in lines:
        writer.writerow([value for cell in line for value in _plain(cell)])
        count += 1
    text.flush()
    text.detach()
    return count


def _plain(cell: Cell) -> Iterator[str]:
    value = cell.value
    if isinstance(value, datetime):
        yield f"{value.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    elif isinstance(value, date):
        yield f"{value:%Y-%m}" if cell.column.kind == "month" else f"{value}"
    elif isinstance(value, (int, float, Decimal)):
        yield cell.text
    else:
        yield _inert(cell.text)
    if cell.column.kind == "division":
        yield _inert(str(value or ""))


def _inert(text: str) -> str:
    """A text that a sheet program would calculate gets an apostrophe before it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type,unused-ignore]
