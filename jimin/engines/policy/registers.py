"""How staff list, filter and export the values that places have set."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.roles import STAFF, Role
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import Level
from jimin.core.registers.api import Choice, Column, DateRange, Division, Register, Status, YesNo
from jimin.engines.policy import programmes, seeing, units
from jimin.engines.policy.models import ParameterRecord, RecordState

LIGHTS = {
    RecordState.PROPOSED: "cur",
    RecordState.CONFIRMED: "ok",
    RecordState.REFUSED: "late",
    RecordState.WITHDRAWN: "none",
}


def title_of(record: ParameterRecord) -> str:
    """What the law calls the parameter; its path when the rules no longer have it."""
    domain = programmes.DOMAINS.get(record.domain)
    declared = programmes.national(record.domain).find(record.path) if domain else None
    return declared.title if declared else record.path


def status(record: ParameterRecord) -> Status:
    """Its state; what has ended says so, and what is a demonstration."""
    state = RecordState(record.state)
    word: Any = state.label
    if state == RecordState.CONFIRMED:
        if record.valid_to is not None and record.valid_to <= clock.business_day():
            return Status("none", lazy("已停止"))
        word = lazy("已确认（演示）") if record.demo else word
    return Status(LIGHTS[state], word)


def _parameters(actor: Actor) -> list[tuple[str, str]]:
    return [
        (path, p.title)
        for name in programmes.DOMAINS
        for path, p in programmes.national(name).items.items()
        if set(p.set_by) - {"nation"}
    ]


class ParameterRecords(Register):
    """参数值: one row a value, place and period, with its paper."""

    name = "policy.parameters"
    title = lazy("参数确认登记册")
    model = ParameterRecord
    allowed = STAFF | {Role.AUDITOR, Role.INSPECTOR}
    columns = (
        Column("parameter", lazy("参数"), value=title_of, sort="path", width=36),
        Column("division", lazy("地方"), kind="division", sort="division"),
        Column("area", lazy("城乡")),
        Column("said", lazy("数值"), value="said"),
        Column("valid_from", lazy("施行日期"), kind="date", sort="valid_from"),
        Column("valid_to", lazy("停止日期"), kind="date", sort="valid_to"),
        Column("document_no", lazy("文号"), width=24),
        Column("state", lazy("状态"), kind="status", value=status),
        Column("path", lazy("代号"), kind="code", screen=False),
        Column(
            "value", lazy("数"), value=lambda r: units.plain(units.Unit(r.unit), r.value), kind="number", screen=False
        ),
        Column("issuer", lazy("发文机关"), width=30, screen=False),
        Column("article", lazy("条款或原句"), width=40, screen=False),
        Column("office", lazy("拟报单位"), value="office.short_name", screen=False),
        Column("proposed_on", lazy("拟报日期"), kind="date", screen=False),
        Column("confirmed_on", lazy("确认日期"), kind="date", screen=False),
    )
    filters = (
        Choice("path", lazy("参数"), choices=_parameters),
        Division("place", lazy("地方"), lowest=Level.PREFECTURE),
        Choice("state", lazy("状态"), choices=RecordState.choices),
        YesNo("open", lazy("还没有停止"), condition=Q(valid_to=None)),
        DateRange("valid_from", lazy("施行日期")),
    )
    search = ("path", "issuer", "document_no", "article")
    order = ("path", "division", "area", "-valid_from", "id")
    note = lazy("各地按权限确定、经签核确认的数值；国家规定的数见“政策参数”。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.records(actor)

    def url(self, record: ParameterRecord) -> str:
        from django.urls import reverse

        return reverse("console:parameter_record", args=[record.pk])
