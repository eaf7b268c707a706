"""Find the row of headings and say which column is which: moved, renamed, missing and repeated ones."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from openpyxl.utils import get_column_letter

from jimin.core.actions.errors import Problem, Refused
from jimin.core.sheets import joining
from jimin.core.sheets.base import Sheet
from jimin.core.sheets.cells import is_blank, squeeze
from jimin.core.sheets.limits import limits
from jimin.core.sheets.reading import Grid

ID, ERRORS = noop("记录编号（请勿修改）"), noop("错误说明")
ID_NAME, ERRORS_NAME = "#id", "#errors"


@dataclass
class Heading:
    """Where the rows of a grid begin and which column (from 0) holds what."""

    grid: Grid
    row: int
    at: dict[str, int]
    notes: list[str] = field(default_factory=list)  # what was left unread, in words

    @property
    def width(self) -> int:
        """How many columns have to be read."""
        return max(self.at.values()) + 1

    def letter(self, name: str) -> str:
        """The column's letter."""
        return str(get_column_letter(self.at[name] + 1))


def titles(sheet: Sheet) -> dict[str, str]:
    """Every writing of a heading, in each language and squeezed, with the column it means."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_plain(sheet.title(c)): c.name for c in sheet.columns}
            found |= {_plain(_(ID)): ID_NAME, _plain(_(ERRORS)): ERRORS_NAME}
    return found


def _plain(title: Any) -> str:
    """A heading without the marks people and templates put beside it."""
    text = squeeze(str(title)).strip("*").lower()
    for mark in ("(必填)", "(required)"):
        text = text.removesuffix(mark)
    return text


def find(sheet: Sheet, grids: Sequence[Grid]) -> Heading:
    """The heading of the sheet to read. Raises Refused: none found, a column missing, or one that is there twice."""
    wanted = titles(sheet)
    found: list[tuple[int, Heading, list[Any]]] = []
    for grid in grids:
        best = _best(grid, wanted)
        if best is not None:
            found.append(best)
    seen = [f for f in found if not f[1].grid.hidden]
    if not seen:
        raise _none(sheet, grids, hidden=[f[1].grid.name for f in found])
    chosen = max(seen, key=lambda f: f[0])  # the first of equals
    heading, row = chosen[1], chosen[2]
    problems = _twice(heading, row, wanted) + _missing(sheet, heading, row, wanted)
    if problems:
        raise Refused(
            _("“%(sheet)s”的标题（第 %(n)d 行）与模板不符，一行也没有读。") % {"sheet": heading.grid.name, "n": heading.row},
            *problems,
            next_step=_("请按模板改好标题再上传；列的次序可以不同，多出的列不读。"),
        )  # fmt: skip
    rest = [f[1].grid.name for f in seen if f is not chosen]
    if rest:
        heading.notes.append(
            _("只读了工作表“%(one)s”；“%(rest)s”也像是，没有读，请另存成单独的文件再导入。")
            % {"one": heading.grid.name, "rest": joining.between_quotes(rest)}
        )
    unread = [str(v).strip() for v in row if not is_blank(v) and _plain(v) not in wanted]
    if unread:
        heading.notes.append(_("这些列只供查看，不导入：%s。") % joining.listed(unread))
    return heading


def _best(grid: Grid, wanted: dict[str, str]) -> tuple[int, Heading, list[Any]] | None:
    """The row among the first ones that names most columns, at least two or all."""
    best: tuple[int, Heading, list[Any]] | None = None
    for number, values in grid.rows(limits()["columns"], limits()["heading_rows"]):
        at: dict[str, int] = {}
        for i, value in enumerate(values):
            if isinstance(value, str) and (name := wanted.get(_plain(value))) is not None:
                at.setdefault(name, i)
        known = len([n for n in at if not n.startswith("#")])
        if known >= min(2, len(set(wanted.values())) - 2) and (best is None or known > best[0]):
            best = (known, Heading(grid, number, at), list(values))
    return best


def _twice(heading: Heading, row: list[Any], wanted: dict[str, str]) -> list[Problem]:
    columns: dict[str, list[int]] = {}
    for i, value in enumerate(row):
        if isinstance(value, str) and (name := wanted.get(_plain(value))) is not None:
            columns.setdefault(name, []).append(i)
    return [
        Problem(
            _("“%(title)s”有 %(n)d 列：%(letters)s；请只留一列。")
            % {
                "title": str(row[at[0]]).strip(),
                "n": len(at),
                "letters": joining.listed(get_column_letter(i + 1) for i in at),
            },
            name,
        )
        for name, at in columns.items()
        if len(at) > 1
    ]


def _missing(sheet: Sheet, heading: Heading, row: list[Any], wanted: dict[str, str]) -> list[Problem]:
    """A required column that is not there. With ids alone a file may leave out what it does not change."""
    if ID_NAME in heading.at:
        return []
    strangers = [str(v).strip() for v in row if not is_blank(v) and _plain(v) not in wanted]
    problems = []
    for column in sheet.columns:
        if not column.required or column.name in heading.at:
            continue
        title = sheet.title(column)
        close = difflib.get_close_matches(title, strangers, 1, 0.5)
        hint = (
            _("是不是“%(found)s”这一列？是就把标题改成“%(title)s”。") % {"found": close[0], "title": title}
            if close
            else _("请补上这一列。")
        )
        problems.append(Problem(_("缺少必填的列“%s”。") % title + hint, column.name))
    return problems


def _none(sheet: Sheet, grids: Sequence[Grid], hidden: list[str]) -> Refused:
    names = joining.listed(sheet.title(c) for c in sheet.columns)
    if hidden:
        message = _("标题在隐藏的工作表“%s”里，隐藏的表不读。") % joining.between_quotes(hidden)
        return Refused(message, Problem(message, "file"), next_step=_("请取消隐藏，或把内容移到可见的表，再上传。"))
    message = _("在前 %(n)d 行里没有找到标题。看过的工作表：%(sheets)s。标题应有：%(names)s。") % {
        "n": limits()["heading_rows"], "sheets": joining.listed(g.name for g in grids if not g.hidden) or "—", "names": names,
    }  # fmt: skip
    return Refused(message, Problem(message, "file"), next_step=_("请下载模板，把内容填进去再上传。"))
