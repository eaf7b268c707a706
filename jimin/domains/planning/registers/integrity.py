"""Registers of rectifications, integrity risks and warning sessions. Findings have none: they are never exported."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import STAFF, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, DateRange, Register, Status, YesNo
from jimin.domains.planning import seeing
from jimin.domains.planning.models import Horizon, IntegrityRisk, Rectification, RiskLevel, WarningSession
from jimin.domains.planning.registers.common import state, units, where

ALLOWED = (STAFF - {Role.TOWN_CLERK}) | {Role.INSPECTOR, Role.AUDITOR}
LIGHTS = {RiskLevel.HIGH: "late", RiskLevel.MIDDLE: "slow", RiskLevel.LOW: "none"}


class Rectifications(Register):
    """巡视整改 as far as the actor may see them."""

    name = "planning.rectifications"
    title = lazy("巡视整改台账")
    model = Rectification
    allowed = ALLOWED
    columns = (
        Column("finding", lazy("反馈问题"), width=50),
        Column("inspection", lazy("巡视轮次"), sort="inspection"),
        Column("unit", lazy("责任单位"), value="unit.short_name", sort="unit__rank"),
        Column("horizon", lazy("类型"), value=lambda r: r.get_horizon_display(), sort="horizon"),
        Column("where", lazy("现在"), value=where),
        Column("due_on", lazy("期限"), kind="date", sort="due_on"),
        Column("state", lazy("状态"), kind="status", value=lambda r: state(r.work)),
        Column("measure", lazy("整改措施"), width=50, screen=False),
        Column("result", lazy("整改情况"), width=50, screen=False),
        Column("mechanism", lazy("长效机制"), width=30, screen=False),
        Column("closed_on", lazy("销号日期"), kind="date", screen=False),
    )
    filters = (
        Choice("unit", lazy("责任单位"), field="unit_id", choices=units),
        Choice("horizon", lazy("类型"), choices=Horizon.choices),
        YesNo("open", lazy("未销号"), condition=Q(closed_on=None)),
        DateRange("due_on", lazy("期限")),
    )
    search = ("finding", "measure", "inspection")
    order = ("due_on", "id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.rectifications(actor)

    def url(self, record: Rectification) -> str:
        return reverse("console:rectification", args=[record.pk])


class Risks(Register):
    """廉政风险 by post and step."""

    name = "planning.risks"
    title = lazy("廉政风险台账")
    model = IntegrityRisk
    allowed = ALLOWED
    columns = (
        Column("post", lazy("岗位"), sort="post"),
        Column("unit", lazy("单位"), value="unit.short_name", sort="unit__rank"),
        Column("step", lazy("环节"), sort="step"),
        Column("risk", lazy("风险表现"), width=50),
        Column("measure", lazy("防控措施"), width=50),
        Column(
            "level", lazy("等级"), kind="status", sort="level",
            value=lambda r: Status(LIGHTS[RiskLevel(r.level)], r.get_level_display()),
        ),
        Column("reviewed_on", lazy("评估日期"), kind="date", sort="reviewed_on"),
        Column("permission", lazy("系统权限"), kind="code", screen=False),
        Column("void_reason", lazy("作废原因"), screen=False),
    )  # fmt: skip
    filters = (
        Choice("unit", lazy("单位"), field="unit_id", choices=units),
        Choice("level", lazy("等级"), choices=RiskLevel.choices),
        YesNo("void", lazy("已作废"), condition=~Q(void_reason="")),
    )
    search = ("post", "step", "risk", "measure")
    order = ("unit__rank", "post", "id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.risks(actor)


class WarningSessions(Register):
    """警示教育."""

    name = "planning.warnings"
    title = lazy("警示教育记录")
    model = WarningSession
    allowed = ALLOWED
    columns = (
        Column("held_on", lazy("日期"), kind="date", sort="held_on"),
        Column("title", lazy("主题"), width=40),
        Column("unit", lazy("组织单位"), value="unit.short_name", sort="unit__rank"),
        Column("present", lazy("人数"), value="present_count", kind="number", sort="present_count"),
    )
    filters = (Choice("unit", lazy("组织单位"), field="unit_id", choices=units), DateRange("held_on", lazy("日期")))
    search = ("title",)
    order = ("-held_on", "-id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.warning_sessions(actor)
