"""Registers of upper-level requirements and of instructions."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jimin.core.access.roles import DEPARTMENT, DIRECT, STAFF, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, DateRange, Register, Status, YesNo
from jimin.domains.planning import seeing
from jimin.domains.planning.models import Instruction, Requirement, SourceKind
from jimin.domains.planning.registers.common import state, units, where


def _alignment(r: Requirement) -> Status:
    if r.void_reason:
        return Status("none", _("已作废"))
    return Status("ok", _("有任务承接")) if r.task_count else Status("late", _("没有任务"))  # type: ignore[attr-defined]


class Requirements(Register):
    """上级要求, each with the number of tasks that carry it."""

    name = "planning.requirements"
    title = pgettext_lazy("menu", "上级要求")
    model = Requirement
    allowed = DEPARTMENT | DIRECT | {Role.INSPECTOR, Role.AUDITOR}
    columns = (
        Column("source", lazy("来源"), value=str, sort=("source", "clause"), width=24),
        Column("text", lazy("要求"), width=60),
        Column("kind", lazy("类别"), value=lambda r: r.get_kind_display(), sort="kind"),
        Column("given_on", lazy("日期"), kind="date", sort="given_on"),
        Column("tasks", lazy("任务"), value="task_count", kind="number"),
        Column("state", lazy("状态"), kind="status", value=_alignment),
        Column("plan", lazy("年度要点"), value="plan.title", width=30, screen=False),
        Column("document", lazy("来源文件"), value="source", width=30, screen=False),
        Column("clause", lazy("条目"), screen=False),
    )
    filters = (
        Choice("kind", lazy("类别"), choices=SourceKind.choices),
        YesNo("red", lazy("没有任务"), condition=Q(task_count=0, void_reason="")),
    )
    search = ("source", "clause", "text")
    order = ("source", "clause", "id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Requirement.objects.select_related("plan").annotate(task_count=Count("tasks"))

    def url(self, record: Requirement) -> str:
        return reverse("console:requirement", args=[record.pk])


class Instructions(Register):
    """批示件 as far as the actor may see them."""

    name = "planning.instructions"
    title = lazy("批示件登记册")
    model = Instruction
    allowed = (STAFF - {Role.TOWN_CLERK}) | {Role.AUDITOR}
    columns = (
        Column("number", lazy("编号"), sort="number"),
        Column("leader", lazy("批示人"), sort="leader"),
        Column("on_paper", lazy("原件"), width=40),
        Column("unit", lazy("承办单位"), value="unit.short_name", sort="unit__rank"),
        Column("received_on", lazy("收到日期"), kind="date", sort="received_on"),
        Column("where", lazy("现在"), value=where),
        Column("due_on", lazy("期限"), value="work.due_on", kind="date", sort="work__due_on"),
        Column("state", lazy("状态"), kind="status", value=lambda r: state(r.work)),
        Column("text", lazy("批示内容"), width=60, screen=False),
        Column("written_on", lazy("批示日期"), kind="date", screen=False),
        Column("reply", lazy("办理情况"), width=60, screen=False),
    )
    filters = (
        Choice("unit", lazy("承办单位"), field="unit_id", choices=units),
        YesNo("open", lazy("未办结"), condition=Q(closed_on=None)),
        DateRange("received_on", lazy("收到日期")),
    )
    search = ("number", "leader", "on_paper", "text")
    order = ("-received_on", "-id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.instructions(actor)

    def url(self, record: Instruction) -> str:
        return reverse("console:instruction", args=[record.pk])
