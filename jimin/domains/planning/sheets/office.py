"""上级要求 and 批示件 as sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.sheets.api import Key, Line, Sheet, SheetColumn
from jimin.domains.planning import seeing
from jimin.domains.planning.actions.office import AddRequirement, RecordInstruction, ReviseRequirement
from jimin.domains.planning.models import SourceKind
from jimin.domains.planning.sheets.common import answering_units, standing_plans


class Requirements(Sheet):
    """A requirement is known by its id, or by plan, document, clause and its words."""

    register = "planning.requirements"
    adds, changes = AddRequirement, ReviseRequirement
    record_as = "requirement"
    note = lazy("一条要求一行，原文照录。挂接要点和任务在页面上办。")
    columns = (
        SheetColumn("plan", kind="choice", choices=standing_plans, required=True, fixed=True, value="plan_id"),
        SheetColumn("kind", kind="choice", choices=SourceKind.choices, required=True),
        SheetColumn("source", lazy("来源文件"), required=True, longest=160),
        SheetColumn("clause", longest=60),
        SheetColumn("text", required=True, longest=2000),
        SheetColumn("given_on", kind="date", help=lazy("文件或会议的日期，不晚于今天")),
    )
    key = ("plan", "source", "clause", "text")

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        sources = {line.values.get("source", "") for line in lines}
        found = self.its.rows(actor).filter(source__in=sources, void_reason="")
        return {(str(r.plan_id), r.source, r.clause, r.text.strip()): r for r in found}


class Instructions(Sheet):
    """An instruction is known by its number. Once entered it goes its way; a sheet does not change it."""

    register = "planning.instructions"
    adds = RecordInstruction
    note = lazy("一件一行，登记后送承办单位办理。登记过的批示件不能用表格更正，办理情况在页面上报。")
    columns = (
        SheetColumn("number", kind="code", required=True, longest=40, said=lazy("文件上的编号")),
        SheetColumn("leader", required=True, longest=40),
        SheetColumn("on_paper", required=True, longest=200),
        SheetColumn("text", required=True, longest=2000),
        SheetColumn("written_on", kind="date", required=True, help=lazy("不晚于收到日期")),
        SheetColumn("received_on", kind="date", required=True, help=lazy("不晚于今天")),
        SheetColumn("unit", kind="choice", choices=answering_units, required=True, value="unit.code"),
        SheetColumn("reply_due", lazy("期限"), kind="date", once=True, help=lazy("空着按规定的工作日计算")),
    )
    key = ("number",)

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        numbers = {line.values.get("number", "") for line in lines}
        return {(i.number,): i for i in seeing.instructions(actor).filter(number__in=numbers)}
