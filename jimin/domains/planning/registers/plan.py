"""要点: the points of the plans in force, as a register."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import EVERYONE
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, Register
from jimin.domains.planning.models import PlanState, Point
from jimin.domains.planning.registers.tasks import chapters, leads


class Points(Register):
    """年度要点 with their leading offices."""

    name = "planning.points"
    title = lazy("年度要点")
    note = lazy("执行中的年度要点，原文照录。")
    model = Point
    allowed = EVERYONE
    columns = (
        Column("no", lazy("点"), kind="number", sort="no", width=6),
        Column("title", lazy("要点"), width=50),
        Column("chapter", lazy("章"), lambda p: p.chapter.short_title or p.chapter.title),
        Column("lead", lazy("牵头处室"), "lead.short_name"),
        Column("tasks_open", lazy("任务"), kind="number", width=8),
        Column("text", lazy("原文"), screen=False, width=100),
    )
    filters = (
        Choice("chapter", lazy("章"), choices=chapters),
        Choice("lead", lazy("牵头处室"), "lead__code", choices=leads),
    )
    search = ("title", "text", "short_title")
    order = ("no", "id")
    empty = lazy("还没有执行中的年度要点。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        rows = Point.objects.filter(plan__state=PlanState.IN_FORCE).select_related("chapter", "lead")
        return rows.annotate(tasks_open=Count("tasks", distinct=True))
