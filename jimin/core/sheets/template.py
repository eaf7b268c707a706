"""What makes a workbook easy to fill: drop-downs, text columns, instructions, the codes of one's places; and the empty one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.sheets import book as written
from jimin.core.sheets import joining
from jimin.core.sheets.base import Sheet
from jimin.core.sheets.columns import KIND_TITLES, Options, SheetColumn
from jimin.core.sheets.headings import ERRORS, ID
from jimin.core.sheets.limits import limits

ROOM = 2000  # empty rows below the last that have drop-downs
LAST = 1_048_576  # rows of a sheet
ID_WIDTH = 40


def template(sheet: Sheet, actor: Actor) -> bytes:
    """An empty workbook to fill: headings, drop-downs, instructions, the codes of the actor's places."""
    book = Workbook(write_only=True)
    page = book.create_sheet(written.sheet_name(str(sheet.its.title)))
    columns = list(sheet.columns)
    titles = [sheet.title(c) for c in columns]
    options = sheet.options(actor)
    prepare(page, columns, titles)
    written.head(page, [(t, _width(c)) for c, t in zip(columns, titles, strict=True)])
    finish(book, page, sheet, titles, options, 1)
    if any(c.kind == "division" for c in columns):
        lines = [(_("区划代码"), _("名称")), *places(actor)]
        written.notes(book, _("区划代码"), lines, (18, 50))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(column: SheetColumn) -> int:
    return 24 if column.kind in ("text", "choice") and column.longest > 40 else 16


def prepare(page: Any, columns: Sequence[SheetColumn | None], titles: Sequence[str]) -> None:
    """Make columns of codes and texts keep what is typed; before the first row."""
    for i, (column, _title) in enumerate(zip(columns, titles, strict=True), 1):
        if column is not None and column.kind in ("text", "code", "division", "choice"):
            page.column_dimensions[get_column_letter(i)].number_format = "@"
        elif column is not None and column.kind in ("date", "month"):
            form = written.DATE if column.kind == "date" else written.MONTH
            page.column_dimensions[get_column_letter(i)].number_format = form


def finish(
    book: Any, page: Any, sheet: Sheet, titles: Sequence[str], options: Mapping[str, Options], rows: int
) -> None:
    """Add the instructions and the drop-downs to a sheet of these headings whose last row is `rows`."""
    instructions(book, sheet, options)
    lists = {c.name: _labels(c, options[c.name]) for c in sheet.columns if c.kind in ("choice", "yesno")}
    lists = {name: words for name, words in lists.items() if words}
    if not lists:
        return
    hidden = book.create_sheet(_("选项"))
    hidden.sheet_state = "hidden"
    for line in zip_longest(*lists.values()):
        hidden.append([None if word is None else written.text(hidden, word) for word in line])
    for i, (name, words) in enumerate(lists.items(), 1):
        column = next(c for c in sheet.columns if c.name == name)
        if sheet.title(column) not in titles:
            continue
        letter, at = get_column_letter(i), get_column_letter(titles.index(sheet.title(column)) + 1)
        rule = DataValidation("list", formula1=f"'{hidden.title}'!${letter}$1:${letter}${len(words)}", allow_blank=True)
        rule.showErrorMessage, rule.errorTitle = True, _("不在选项里")
        rule.error = _("请从下拉选项里选一个。")
        rule.add(f"{at}2:{at}{min(rows + ROOM, LAST)}")
        page.data_validations.append(rule)


def _labels(column: SheetColumn, options: Options) -> list[str]:
    return [_("是"), _("否")] if column.kind == "yesno" else list(dict.fromkeys(options.labels.values()))


def instructions(book: Any, sheet: Sheet, options: Mapping[str, Options]) -> None:
    """The sheet 填写说明: each column with what may stand in it, and how the file comes back."""
    lines: list[tuple[str, ...]] = [(_("列"), _("必填"), _("类型"), _("可以填什么"), _("说明"))]
    for column in sheet.columns:
        fixed = _("登记后不能在表格里改") if column.fixed else ""
        told = joining.clauses(str(column.help), fixed)
        lines.append(
            (
                sheet.title(column),
                _("必填") if column.required else "",
                _(KIND_TITLES[column.kind]),
                column.allowed(options[column.name]),
                told,
            )
        )
    lines.append((_(ID), "", _("编号"), _("导出时带上的编号，照原样保留"), _("凭它找到原来那一行；新的一行留空")))
    lines.append((_(ERRORS), "", "", "", _("系统退回的说明；再上传时不读这一列")))
    lines += [("",), (str(sheet.note),)] if sheet.note else [("",)]
    lines += [(word,) for word in _rules()]
    written.notes(book, _("填写说明"), lines, (24, 8, 10, 60, 50))


def _rules() -> list[str]:
    return [
        _("列的次序可以改，多出的列不读；标题的文字不要改，一列只能有一个标题。"),
        _("不要合并单元格；公式读上次算好的值；隐藏的工作表不读。"),
        _("代码存成文本（左上角有小三角是正常的），日期写 2023-06-30 或 2023年6月30日都可以。"),
        _("上传后先看到会新增、会改动和有错的行，确认后才写入；有错的行标在退回的文件里，改好再传一次即可。"),
        _("同一份文件传两次，第二次没有可写的。一次最多 %s 行。") % f"{limits()['import_rows']:,}",
    ]


def places(actor: Actor) -> list[tuple[str, str]]:
    """The current places inside the scope below the province: code, and names from the county down."""
    found: list[tuple[str, str]] = []

    def add(place: divisions.Place, above: str) -> None:
        name = f"{above} {place.name}".strip()
        found.append((place.code, name))
        for child in divisions.children(place.code):
            add(child, name)

    for code in actor.scope.codes:
        for place in [divisions.place(code)] if code != divisions.province().code else divisions.children(code):
            add(place, "")
    return found
