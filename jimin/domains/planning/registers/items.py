"""指标台账: the rows that figures are counted from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import EVERYONE
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import Level
from jimin.core.registers.api import Bulk, Choice, Column, DateRange, Division, Register, Status
from jimin.domains.planning.actions.items import ConfirmItems
from jimin.domains.planning.models import ItemState, LedgerItem
from jimin.domains.planning.sources import ON_LEDGER
from jimin.domains.planning.visibility import items
from jimin.engines.indicators.models import Indicator, Method

LIGHTS = {ItemState.REGISTERED: "slow", ItemState.CONFIRMED: "ok", ItemState.VOID: "none"}


def kept(actor: Actor) -> Iterable[tuple[str, str]]:
    """The indicators whose rows are registered for themselves."""
    return Indicator.objects.filter(method=Method.COMPUTED, rows_of=None, computation__in=ON_LEDGER).values_list(
        "code", "title"
    )


def status(item: LedgerItem) -> Status:
    return Status(LIGHTS[ItemState(item.state)], item.get_state_display())


class Items(Register):
    """台账 of one's place, with confirmation in batches for the county."""

    name = "planning.items"
    title = lazy("指标台账")
    note = lazy("一处一行，登记一次；看板上的数由这里逐行相加，没有人填总数。乡镇登记的行经县局核实后计入。")
    model = LedgerItem
    allowed = EVERYONE
    columns = (
        Column("name", lazy("名称"), sort="name", width=30),
        Column("indicator", lazy("指标"), "indicator.title", width=24),
        Column("division", lazy("所在地"), kind="division", sort="division"),
        Column("unit", lazy("报送单位"), "unit.short_name"),
        Column("quantity", lazy("数量"), lambda i: i.quantity.normalize() + 0, "number", sort="quantity", width=8),
        Column("stage", lazy("进度")),
        Column("since", lazy("投用日期"), kind="date", sort="since"),
        Column("state", lazy("状态"), status, "status"),
        Column("confirmed_on", lazy("核实日期"), kind="date", screen=False),
        Column("address", lazy("地址"), screen=False, width=30),
    )
    filters = (
        Choice("indicator", lazy("指标"), "indicator__code", choices=kept),
        Division("place", lazy("地区"), lowest=Level.COUNTY),
        Choice("state", lazy("状态"), choices=ItemState.choices),
        DateRange("since", lazy("投用日期")),
    )
    search = ("name", "address")
    order = ("-id",)
    bulk = (Bulk(ConfirmItems, lazy("核实所选"), "items"),)
    empty = lazy("这里还没有台账。新建成、新开办的，由乡镇或县局登记。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return items(actor)

    def url(self, record: LedgerItem) -> str:
        return reverse("console:item", args=[record.pk])
