"""廉政风险, 警示教育 and 巡视整改 as sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.sheets.api import Key, Line, Sheet, SheetColumn
from jimin.domains.planning import seeing
from jimin.domains.planning.actions.integrity import RecordWarningSession, RegisterRisk, ReviseRisk
from jimin.domains.planning.actions.moving import MOST_PEOPLE
from jimin.domains.planning.actions.rectification import OpenRectification
from jimin.domains.planning.models import Horizon, RiskLevel
from jimin.domains.planning.sheets.common import answering_units, units


class Risks(Sheet):
    """A risk is known by its id, or by unit, post, step and its words."""

    register = "planning.risks"
    adds, changes = RegisterRisk, ReviseRisk
    record_as = "risk"
    note = lazy("一个岗位、一个环节、一项风险一行。重新评估时改等级和防控措施；岗位、环节、风险变了就是新的一行。")
    columns = (
        SheetColumn("unit", kind="choice", choices=units, required=True, fixed=True, value="unit.code"),
        SheetColumn("post", required=True, fixed=True, longest=60),
        SheetColumn("step", required=True, fixed=True, longest=120),
        SheetColumn("risk", required=True, fixed=True, longest=1000),
        SheetColumn("level", kind="choice", choices=RiskLevel.choices, required=True),
        SheetColumn("measure", required=True, longest=1000),
        SheetColumn("permission", longest=80, help=lazy("环节在本系统里的，填“岗位权限表”里的权限名；不在的留空")),
    )
    key = ("unit", "post", "step", "risk")

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        posts = {line.values.get("post", "") for line in lines}
        found = seeing.risks(actor).filter(post__in=posts, void_reason="")
        return {(r.unit.code, r.post, r.step, r.risk.strip()): r for r in found}


class WarningSessions(Sheet):
    """A warning-education session is known by unit, day and subject; once recorded it stands."""

    register = "planning.warnings"
    adds = RecordWarningSession
    note = lazy("一场一行，只填人数，不填姓名。")
    columns = (
        SheetColumn("held_on", kind="date", required=True, help=lazy("不晚于今天")),
        SheetColumn("title", required=True, longest=160),
        SheetColumn("unit", kind="choice", choices=units, required=True, value="unit.code"),
        SheetColumn("present_count", lazy("人数"), kind="integer", required=True, least=1, most=MOST_PEOPLE),
    )
    key = ("unit", "held_on", "title")

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        days = {line.values["held_on"] for line in lines if line.values.get("held_on")}
        found = seeing.warning_sessions(actor).filter(held_on__in=days)
        return {(s.unit.code, s.held_on.isoformat(), s.title): s for s in found}


class Rectifications(Sheet):
    """A rectification is known by inspection, unit and finding. Once opened it goes its way on the pages."""

    register = "planning.rectifications"
    adds = OpenRectification
    note = lazy("一个问题一行，登记后送责任单位整改。登记过的不能用表格更正，整改情况和佐证在页面上报。")
    columns = (
        SheetColumn("inspection", required=True, longest=120),
        SheetColumn("finding", required=True, longest=2000),
        SheetColumn("unit", kind="choice", choices=answering_units, required=True, value="unit.code"),
        SheetColumn("horizon", kind="choice", choices=Horizon.choices, required=True),
        SheetColumn("measure", required=True, longest=2000),
        SheetColumn("due_on", kind="date", required=True, help=lazy("不早于今天")),
    )
    key = ("inspection", "unit", "finding")

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        rounds = {line.values.get("inspection", "") for line in lines}
        found = seeing.rectifications(actor).filter(inspection__in=rounds)
        return {(r.inspection, r.unit.code, r.finding.strip()): r for r in found}
