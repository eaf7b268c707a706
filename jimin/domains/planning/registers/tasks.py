"""任务: what the plan's points ask of the offices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jimin.core import clock
from jimin.core.access.roles import EVERYONE, Role
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import UnitKind
from jimin.core.registers.api import Choice, Column, DateRange, Register, Status, YesNo
from jimin.domains.planning.models import Assignment, Chapter, PlanState, Task
from jimin.domains.planning.visibility import tasks


def chapters(actor: Actor) -> Iterable[tuple[str, str]]:
    """The chapters of the plan in force."""
    rows = Chapter.objects.filter(plan__state=PlanState.IN_FORCE)
    return [(str(c.pk), f"{c.no} {c.short_title or c.title}") for c in rows]


def leads(actor: Actor) -> Iterable[tuple[str, str]]:
    """The offices that lead tasks."""
    rows = tasks(actor).order_by("lead__rank").values_list("lead__code", "lead__short_name").distinct()
    return list(dict.fromkeys(rows))


def assigned(actor: Actor) -> Iterable[tuple[str, str]]:
    """The units inside the scope that can have tasks."""
    return actor.units().exclude(kind=UnitKind.TOWN).values_list("code", "short_name")


def status(task: Task) -> Status:
    """Done, late, or on its way."""
    if task.closed_on is not None:
        return Status("ok", _("已办结"))
    if task.due_on < clock.business_day():
        return Status("late", _("已过期限"))
    if not task.given:  # type: ignore[attr-defined]
        return Status("none", _("未分解") if task.indicator_id else _("未排环节") if not task.staged else _("在办"))  # type: ignore[attr-defined]
    return Status("cur", _("在办"))


class Tasks(Register):
    """任务清单 by chapter, lead and unit."""

    name = "planning.tasks"
    title = pgettext_lazy("menu", "任务")
    note = lazy("每个要点的数和成果各是一项任务；由牵头处室分解到单位。")
    model = Task
    allowed = EVERYONE - {Role.TOWN_CLERK}  # a town is given no task: what it has to register stands on its first page
    columns = (
        Column("title", lazy("任务"), sort="title", width=40),
        Column("point.no", lazy("要点"), lambda t: t.point.no, "number", sort=("point__no",), width=8),
        Column("chapter", lazy("章"), lambda t: t.point.chapter.short_title or t.point.chapter.title),
        Column("lead", lazy("牵头处室"), "lead.short_name", sort=("lead__rank",)),
        Column("kind", lazy("类别"), lambda t: _("指标") if t.indicator_id else _("成果"), width=8),
        Column("given", lazy("承担单位"), kind="number", width=10),
        Column("due_on", lazy("期限"), kind="date", sort="due_on"),
        Column("status", lazy("状态"), status, "status"),
    )
    filters = (
        Choice("chapter", lazy("章"), "point__chapter", choices=chapters),
        Choice("lead", lazy("牵头处室"), "lead__code", choices=leads),
        Choice(
            "unit", lazy("承担单位"), choices=assigned,
            condition=lambda code: Q(assignments__unit__code=code, assignments__withdrawn_on=None),
        ),
        Choice(
            "kind", lazy("类别"), choices=(("indicator", lazy("指标")), ("deliverable", lazy("成果"))),
            condition=lambda kind: Q(deliverable=None) if kind == "indicator" else ~Q(deliverable=None),
        ),
        YesNo("closed", lazy("已办结"), condition=~Q(closed_on=None)),
        DateRange("due", lazy("期限"), "due_on"),
    )  # fmt: skip
    search = ("title", "point__title", "point__short_title")
    order = ("point__no", "title", "id")
    empty = lazy("还没有任务。要点定稿后由办公室生成任务清单。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        standing = Q(assignments__withdrawn_on=None) & ~Q(assignments=None)
        found = tasks(actor)
        if not actor.unit.is_provincial:
            # Below the department a list of tasks is what one has to do; the deliverables have a list of their own.
            found = found.filter(pk__in=Assignment.objects.filter(unit__in=actor.units()).values("task"))
        return found.annotate(
            given=Count("assignments", filter=standing, distinct=True), staged=Count("stages", distinct=True)
        )

    def url(self, record: Task) -> str:
        return reverse("console:task", args=[record.pk])
