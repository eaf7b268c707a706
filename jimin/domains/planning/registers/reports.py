"""月度报告."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jimin.core.access.roles import EVERYONE, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, Division, MonthOf, Register, Status, YesNo
from jimin.domains.planning.models import Report
from jimin.domains.planning.registers.tasks import assigned, leads
from jimin.domains.planning.visibility import reports


def status(report: Report) -> Status:
    """Accepted, or with whom it lies."""
    if report.accepted_on is not None:
        return Status("ok", _("已验收"))
    return Status(
        "cur", f"{report.work.holder_unit.short_name} · {_(report.work.route[report.work.position]['title'])}"
    )


def number(value: Any) -> Any:
    return None if value is None else value.normalize() + 0  # 100, not 1E+2


class Reports(Register):
    """月度报告 of the units one sees."""

    name = "planning.reports"
    title = pgettext_lazy("menu", "月度报告")
    note = lazy("各单位按月报出的数和进展；验收后计入看板。")
    model = Report
    allowed = EVERYONE - {Role.TOWN_CLERK}
    columns = (
        Column("task", lazy("任务"), "assignment.task.title", width=36),
        Column("unit", lazy("单位"), "unit.short_name", sort=("unit__rank",)),
        Column("period", lazy("月份"), kind="month", sort="period"),
        Column("numerator", lazy("数值"), lambda r: number(r.numerator), "number"),
        Column("denominator", lazy("分母"), lambda r: number(r.denominator), "number"),
        Column("returns", lazy("退回次数"), "work.returns", "number", width=8),
        Column("status", lazy("状态"), status, "status", width=24),
        Column("accepted_on", lazy("验收日期"), kind="date", sort="accepted_on"),
        Column("narrative", lazy("进展与问题"), screen=False, width=60),
    )
    filters = (
        MonthOf("period", lazy("月份")),
        Choice("unit", lazy("单位"), "unit__code", choices=assigned),
        Choice("lead", lazy("牵头处室"), "assignment__task__lead__code", choices=leads),
        Division("place", lazy("地区")),
        YesNo("accepted", lazy("已验收"), condition=~Q(accepted_on=None)),
    )
    search = ("assignment__task__title", "unit__short_name", "narrative")
    order = ("-period", "id")
    empty = lazy("还没有月度报告。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return reports(actor)

    def url(self, record: Report) -> str:
        return reverse("console:report", args=[record.pk])
