"""The board as an Excel file: 盘面, 指标, 成果, 分单位. Numbers are numbers, dates are dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from jimin.domains.planning import board_point, board_words
from jimin.domains.planning.board import Board
from jimin.domains.planning.board_people import Owner
from jimin.domains.planning.board_units import COUNTIES, PREFECTURES, offices
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import rounded, to_date, value
from jimin.engines.indicators.models import Indicator

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def workbook(board: Board, owners: Mapping[UUID, Owner]) -> bytes:
    """The four sheets of a board as .xlsx bytes."""
    book = Workbook()
    del book[book.sheetnames[0]]
    _points(book, board, owners)
    _figures(book, board)
    _things(book, board)
    _units(book, board)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(
    book: Workbook, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    sheet.append(list(head))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([_cell(v) for v in row])
    for i, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + i)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    return sheet


def _cell(value: Any) -> Any:
    """A value as Excel keeps it; text that Excel would take for a formula is kept as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return value if isinstance(value, int | float | date) or value is None else str(value)


def _points(book: Workbook, board: Board, owners: Mapping[UUID, Owner]) -> None:
    rows = []
    for s in board.states:
        owner = owners.get(s.point.lead_id, Owner()) if s.point.lead_id else Owner()
        rows.append(
            [
                s.point.no, s.point.chapter.title, s.point.title, board_words.state_word(s), board_words.trouble(s),
                len(s.lit), s.made_done, len(s.made), str(s.point.lead or ""), owner.chief, owner.leader, board.day,
            ]
        )  # fmt: skip
    head = [_("点"), _("章"), _("要点"), _("状态"), _("差距"), _("亮灯指标"), _("成果已完成"), _("成果"), _("牵头处室"), _("责任人"), _("分管领导"), _("数据截至")]  # fmt: skip
    _sheet(book, _("盘面"), head, rows, [6, 28, 36, 12, 16, 10, 10, 8, 16, 10, 10, 12])


def _figures(book: Workbook, board: Board) -> None:
    rows = []
    for s in board.states:
        for f in s.figures:
            indicator, part = f.indicator, f.part
            title, vintage = board_point.denominator_list(indicator)
            rows.append(
                [
                    s.point.no, indicator.code, indicator.title, rounded(f.now, indicator.shape),
                    rounded(f.ahead, indicator.shape), f.aim.value if f.aim else None, indicator.unit,
                    f.aim.deadline if f.aim else None,
                    {"plan": _("要点原文"), "share": _("分解数"), "own": _("本厅自定")}[f.aim.origin] if f.aim else "",
                    f.short, f.counter if f.short is not None else "", board_words.dark(f.why_dark) or board_words.state_word(s),
                    part.numerator if part else None, part.denominator if part else None,
                    indicator.get_method_display(), part.rows if part else None, f"{title} {vintage}".strip(), f.newest,
                ]
            )  # fmt: skip
    head = [_("点"), _("代码"), _("指标"), _("现值"), _("推算"), _("目标"), _("单位"), _("期限"), _("目标来源"), _("推算差"), _("量词"), _("状态"), _("分子"), _("分母"), _("来源"), _("行数"), _("分母名单"), _("最新月份")]  # fmt: skip
    _sheet(book, _("指标"), head, rows, [6, 24, 32, 10, 10, 10, 8, 12, 12, 10, 6, 14, 12, 12, 10, 8, 28, 12])


def _things(book: Workbook, board: Board) -> None:
    rows = [
        [
            s.point.no, m.deliverable.title, m.deliverable.get_kind_display(), m.deliverable.quote,
            m.next.get_name_display() if m.next else "", m.next.due_on if m.next else None, m.deliverable.deadline,
            m.done_on, m.days or None, m.steps_done, len(m.stages),
        ]
        for s in board.states for m in s.made
    ]  # fmt: skip
    head = [_("点"), _("成果"), _("类别"), _("原文"), _("当前环节"), _("环节期限"), _("成果期限"), _("完成日期"), _("逾期天数"), _("已完成环节"), _("环节")]  # fmt: skip
    _sheet(book, _("成果"), head, rows, [6, 36, 12, 60, 14, 12, 12, 12, 10, 10, 8])


def _units(book: Workbook, board: Board) -> None:
    """Every office's figures: one query for all indicators and offices."""
    found: dict[UUID, tuple[int, Indicator]] = {}
    for s in board.states:
        for f in s.figures:
            found.setdefault(f.indicator.id, (s.point.no, f.indicator))
    scope = board.unit
    units = [
        u for u in offices()
        if u.kind in (*PREFECTURES, *COUNTIES) and (scope is None or scope.id in (u.id, u.superior_id))
    ]  # fmt: skip
    rows = []
    for no, indicator in found.values():
        months = indicators.by_unit(indicator, [u.id for u in units])
        for unit in units:
            part = to_date(months.get(unit.id, {}), board.period, indicator.over)
            if part is not None:
                now = rounded(value(part, indicator.shape), indicator.shape)
                rows.append([no, indicator.title, unit.name, unit.code, str(unit.superior or ""), part.numerator, part.denominator, now, indicator.unit, part.rows])  # fmt: skip
    head = [
        _("点"),
        _("指标"),
        _("报送单位"),
        _("单位代码"),
        _("上级"),
        _("分子"),
        _("分母"),
        _("现值"),
        _("单位"),
        _("行数"),
    ]
    _sheet(book, _("分单位"), head, rows, [6, 32, 28, 12, 12, 12, 12, 10, 8, 8])
