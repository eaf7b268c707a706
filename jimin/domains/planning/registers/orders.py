"""督办单."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.roles import CITY, COUNTY, DEPARTMENT, DIRECT, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, DateRange, Register, Status, YesNo
from jimin.domains.planning.models import SupervisionOrder
from jimin.domains.planning.registers.tasks import leads
from jimin.domains.planning.visibility import orders


def status(order: Any) -> Status:
    """Drafted, waiting for replies, late, answered, closed."""
    if order.closed_on is not None:
        return Status("ok", _("已销号"))
    if order.issued_on is None:
        return Status("todo", _("待签发"))
    if order.silent and order.reply_due < clock.business_day():
        return Status("late", _("逾期未复 %d") % order.silent)
    if order.silent:
        return Status("cur", _("待回复 %d") % order.silent)
    return Status("slow", _("已复，待销号"))


class Orders(Register):
    """督办单 with what is still unanswered."""

    name = "planning.orders"
    title = lazy("督查督办")
    note = lazy("对落后的任务发督办单：拟办、签批、编号发出，各单位限期签复，赶上后销号。")
    model = SupervisionOrder
    allowed = DEPARTMENT | DIRECT | CITY | COUNTY | {Role.INSPECTOR, Role.AUDITOR}
    columns = (
        Column("number", lazy("文号"), lambda o: o.number or _("（待签发）"), "code", sort="number", width=22),
        Column("task", lazy("任务"), "task.title", width=36),
        Column("lead", lazy("牵头处室"), "task.lead.short_name"),
        Column("asked", lazy("督办单位"), kind="number", width=8),
        Column("issued_on", lazy("签发日期"), kind="date", sort="issued_on"),
        Column("reply_due", lazy("回复期限"), kind="date", sort="reply_due"),
        Column("status", lazy("状态"), status, "status"),
    )
    filters = (
        Choice("lead", lazy("牵头处室"), "task__lead__code", choices=leads),
        YesNo("closed", lazy("已销号"), condition=~Q(closed_on=None)),
        DateRange("issued", lazy("签发日期"), "issued_on"),
    )
    search = ("number", "task__title", "reason")
    order = ("-reply_due", "-id")
    empty = lazy("还没有督办单。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return orders(actor).annotate(
            asked=Count("replies", distinct=True),
            silent=Count("replies", filter=Q(replies__replied_on=None) & ~Q(replies=None), distinct=True),
        )

    def url(self, record: SupervisionOrder) -> str:
        return reverse("console:order", args=[record.pk])
