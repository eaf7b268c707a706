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
from openpyxl.utils import get_column_letter

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.core.divisions import api as divisions
from jimin.core.registers.actions import ExportRegister
from jimin.core.registers.base import Reading, Register
from jimin.core.registers.columns import Cell, Column
from jimin.core.sheets import book as written
from jimin.core.sheets import template
from jimin.core.sheets.base import SHEETS, Sheet, mark_of
from jimin.core.sheets.book import TYPES
from jimin.core.sheets.headings import ID

Format = Literal["xlsx", "csv"]
CHUNK = 2000
IN_MEMORY = 4 * 1024 * 1024


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
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed to the caller
    if format == "xlsx":
        count = _excel(file, register, actor, columns, records, _about(register, actor, reading))
    else:
        count = _csv(file, register, actor, columns, records)
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
    actor: Actor,
    columns: list[Column],
    records: Iterable[Any],
    about: list[tuple[str, str]],
) -> int:
    """The rows, what they are, and, when the register comes in as a sheet too, all that makes it come back as an edit."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(written.sheet_name(str(register.title)))
    incoming = _incoming(register, actor)
    heads = [h for c in columns for h in _heads(c)] + ([(_(ID), template.ID_WIDTH)] if incoming else [])
    titles = [title for title, _width in heads]
    if incoming is not None:
        by_title = {incoming.title(c): c for c in incoming.columns}
        template.prepare(sheet, [by_title.get(t) for t in titles], titles)
    written.head(sheet, heads)
    count = 0
    for record in records:
        cells = [made for c in columns for made in _cells(sheet, c.cell(record))]
        sheet.append(cells + ([written.text(sheet, mark_of(record))] if incoming else []))
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count + 1}"
    written.notes(book, _("说明"), [*about, (_("行数"), f"{count:,}")], (22, 80))
    if incoming is not None:
        template.finish(book, sheet, incoming, titles, incoming.options(actor), count + 1)
    book.save(file)
    return count


def _incoming(register: Register, actor: Actor) -> Sheet | None:
    """The sheet by which this register comes in, when the actor may bring one."""
    sheet = SHEETS.get(register.name)
    return sheet if sheet is not None and sheet.may(actor) else None


def _heads(column: Column) -> Iterator[tuple[str, int]]:
    yield str(column.title), column.width
    if column.kind == "division":
        yield _("%s代码") % column.title, 16


def _cells(sheet: Any, cell: Cell) -> Iterator[Any]:
    kind = cell.column.kind
    as_is = kind == "number" or isinstance(cell.value, date)
    yield None if cell.is_empty else written.value(sheet, cell.value if as_is else cell.text, month=kind == "month")
    if kind == "division":
        yield None if cell.is_empty else written.text(sheet, str(cell.value))


# -- CSV ---------------------------------------------------------------------------------------
def _csv(file: IO[bytes], register: Register, actor: Actor, columns: list[Column], records: Iterable[Any]) -> int:
    """UTF-8 with a mark at the start, so that Excel reads the Chinese."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    incoming = _incoming(register, actor)
    writer.writerow([title for c in columns for title, width in _heads(c)] + ([_(ID)] if incoming else []))
    count = 0
    for record in records:
        line = [value for c in columns for value in _plain(c.cell(record))]
        writer.writerow(line + ([mark_of(record)] if incoming else []))
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
        yield written.inert(cell.text)
    if cell.column.kind == "division":
        yield written.inert(str(value or ""))


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type,unused-ignore]
