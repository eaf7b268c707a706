"""Our own measures: set up once a year, and brought up to date by the daily run (a limit passes without an action)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.domains.planning import sources_office
from jimin.domains.planning.parameters import number
from jimin.engines.indicators.models import Comparator, Goal, Indicator, Method, Over, Shape

#: code: the indicator's words, and how its goal compares (None: no goal).
OWN: dict[str, tuple[dict[str, Any], Comparator | None]] = {
    "study.coverage": (
        {
            "title": "学习覆盖率",
            "shape": Shape.SHARE,
            "unit": "%",
            "numerator_title": "实际参加人数",
            "denominator_title": "应参加人数",
            "definition": "每个单位每个专题：应参加按各场名册中应到人数最多的一场，实际参加为各场实到之和（不超过应参加）。"
            "人数来自组织者名册，不用签到积分、学习时长和照片。没有开展的单位不在分母里，另行列出。",
        },
        Comparator.AT_LEAST,
    ),
    "study.sessions": (
        {
            "title": "学习场次",
            "shape": Shape.COUNT,
            "unit": "场",
            "numerator_title": "场次",
            "over": Over.FLOW,
            "definition": "已登记且未作废的学习记录。",
        },
        None,
    ),
    "plan.unaligned": (
        {
            "title": "没有任务承接的上级要求",
            "shape": Shape.COUNT,
            "unit": "条",
            "numerator_title": "条数",
            "definition": "执行中的要点里，未作废而没有挂接任务的上级要求（只有当前数，挂接不记历史）。",
        },
        Comparator.AT_MOST,
    ),
    "instructions.overdue": (
        {
            "title": "超期未办结的批示件",
            "shape": Shape.COUNT,
            "unit": "件",
            "numerator_title": "件数",
            "definition": "期限已过而没有办结的批示件，记在承办单位。",
        },
        Comparator.AT_MOST,
    ),
    "rectification.closed_rate": (
        {
            "title": "巡视整改销号率",
            "shape": Shape.SHARE,
            "unit": "%",
            "numerator_title": "已销号",
            "denominator_title": "全部整改事项",
            "definition": "派驻纪检监察组核验销号的整改事项占全部整改事项。",
        },
        Comparator.AT_LEAST,
    ),
    "integrity.open_findings": (
        {
            "title": "未办结的监督事项",
            "shape": Shape.COUNT,
            "unit": "件",
            "numerator_title": "件数",
            "definition": "未办结的监督事项，统一记在派驻纪检监察组，不显示涉及单位。",
        },
        Comparator.AT_MOST,
    ),
}


class SetUpOwnIndicators(Action):
    """Make our own indicators, and their grey goals of a year. A second time it changes nothing."""

    name = "planning.own_indicators.set"
    title = lazy("建立自设测量")
    allowed = OFFICE | {Role.OPERATOR}

    class Input(base.Input):
        year: int = Field(ge=2000, le=2100)

    def change(self) -> Result:
        made = 0
        for code, (words, comparator) in OWN.items():
            indicator, fresh = Indicator.objects.get_or_create(
                code=code,
                defaults={**words, "method": Method.COMPUTED, "computation": sources_office.PREFIX + code},
            )
            if fresh:
                self.log(indicator, {}, {"code": code, "title": indicator.title})
            made += fresh + (self._goal(indicator, comparator) if comparator else 0)
        sources_office.refresh()
        return {"made": made}

    def _goal(self, indicator: Indicator, comparator: Comparator) -> bool:
        goal, fresh = Goal.objects.get_or_create(
            indicator=indicator,
            deadline=date(self.data.year, 12, 31),
            valid_to=None,
            defaults={
                "comparator": comparator,
                "value": number("own_goal_" + indicator.code.replace(".", "_")),
                "from_plan": False,
                "source": _("本平台自设（要点没有规定数值）"),
            },
        )
        if fresh:
            self.log(goal, {}, {"value": goal.value, "deadline": goal.deadline, "source": goal.source})
        return fresh


class RefreshOwnIndicators(Action):
    """Count our own measures anew for the business day; for the daily run."""

    name = "planning.own_indicators.refresh"
    title = lazy("更新自设测量")
    allowed = OFFICE | {Role.OPERATOR}

    def change(self) -> Result:
        sources_office.refresh()
        return {"day": str(clock.business_day())}


def ensure_own_indicators(actor: Any, year: int) -> None:
    """Set our own indicators up for a year (idempotent)."""
    SetUpOwnIndicators.perform(actor, {"year": year})
