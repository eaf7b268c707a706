"""成果台账: everything the plan says shall be made."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.roles import EVERYONE
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, DateRange, Register, Status, YesNo
from jimin.domains.planning.models import STANDING, Deliverable, DeliverableKind, Stage, StageName
from jimin.domains.planning.registers.tasks import chapters, leads
from jimin.domains.planning.visibility import deliverables


def stage(d: Any) -> str:
    """The stage that is next, or what it ended with."""
    if d.closed:
        return str(_("办结"))
    return str(StageName(d.next_stage).label) if d.next_stage else str(_("未排环节"))


def status(d: Any) -> Status:
    """Done, late at its stage or deadline, or on its way."""
    day = clock.business_day()
    if d.closed:
        return Status("ok", _("已办结"))
    if d.deadline < day or (d.next_due and d.next_due < day):
        return Status("late", _("逾期"))
    return Status("cur", _("在办")) if d.next_stage else Status("none", _("未排环节"))


class Deliverables(Register):
    """成果台账 with kind, quote, owner, stage, due date, paper."""

    name = "planning.deliverables"
    title = lazy("成果台账")
    note = lazy("要点写明要形成的文件、标准、系统、试点、活动；原文照录，进度取自各环节。")
    model = Deliverable
    allowed = EVERYONE
    columns = (
        Column("title", lazy("成果"), sort="title", width=36),
        Column("kind", lazy("类别"), "get_kind_display", sort="kind"),
        Column("point", lazy("要点"), lambda d: d.point.no, "number", sort=("point__no",), width=8),
        Column("quote", lazy("原文"), width=60),
        Column("lead", lazy("牵头处室"), lambda d: d.point.lead.short_name if d.point.lead else ""),
        Column("stage", lazy("下一环节"), stage),
        Column("next_due", lazy("环节期限"), kind="date", sort="next_due"),
        Column("deadline", lazy("成果期限"), kind="date", sort="deadline"),
        Column("status", lazy("状态"), status, "status"),
        Column("paper_no", lazy("文号"), kind="code"),
    )
    filters = (
        Choice("kind", lazy("类别"), choices=DeliverableKind.choices),
        Choice("chapter", lazy("章"), "point__chapter", choices=chapters),
        Choice("lead", lazy("牵头处室"), "point__lead__code", choices=leads),
        YesNo("closed", lazy("已办结"), condition=~Q(closed=None)),
        Choice(
            "late", lazy("逾期"), choices=(("1", lazy("只看逾期")),),
            condition=lambda _one: Q(closed=None)
            & (Q(deadline__lt=clock.business_day()) | Q(next_due__lt=clock.business_day())),
        ),
        DateRange("due", lazy("成果期限"), "deadline"),
    )  # fmt: skip
    search = ("title", "quote", "point__title")
    order = ("deadline", "point__no", "id")
    empty = lazy("还没有成果。导入并定稿年度要点后，写明要形成的成果会列在这里。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        open_stages = Stage.objects.filter(task__deliverable=OuterRef("pk"), done_on=None).order_by("order")
        return (
            deliverables(actor)
            .filter(found__in=STANDING)
            .annotate(
                closed=Max("task__closed_on"),
                paper_no=Max("task__stages__paper_no"),
                next_due=Min("task__stages__due_on", filter=Q(task__stages__done_on=None)),
                next_stage=Subquery(open_stages.values("name")[:1]),
            )
        )

    def url(self, record: Deliverable) -> str:
        task = getattr(record, "task", None)
        return reverse("console:task", args=[task.pk]) if task else ""
