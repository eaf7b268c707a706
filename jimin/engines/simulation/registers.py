"""The scenarios of one's own place and those below it, as a list."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import CITY, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Column, DateRange, Register, Status, YesNo
from jimin.engines.policy.programmes import PROGRAMMES
from jimin.engines.simulation.models import Scenario, State

READERS = frozenset(
    {Role.DEPT_CLERK, Role.DEPT_CHIEF, Role.DEPT_LEADER, Role.OFFICE_CLERK, Role.OFFICE_CHIEF, Role.AUDITOR,
     Role.INSPECTOR, *CITY}
)  # fmt: skip
LIGHTS = {State.WAITING: "todo", State.RUNNING: "cur", State.DONE: "ok", State.FAILED: "late", State.LOST: "slow"}


def light(scenario: Scenario) -> Status:
    """Where a scenario stands, as a light with its word."""
    state = scenario.state
    return Status(LIGHTS[state], str(state.label))


def programme_title(scenario: Scenario) -> str:
    """The programme's name; the stored key for one that is no more."""
    known = PROGRAMMES.get(scenario.programme)
    return known.title if known else scenario.programme


class Scenarios(Register):
    """Every saved scenario that the actor may see."""

    name = "simulation.scenarios"
    title = lazy("测算方案")
    note = lazy("保存的方案和结果不再改动；改了参数要另存一个。测算不改动任何在办业务，也不是法规。")
    model = Scenario
    allowed: ClassVar[Any] = READERS
    order = ("-at", "id")
    search = ("name",)
    empty = lazy("还没有测算方案。")
    columns = (
        Column("name", lazy("方案名称"), width=30),
        Column("programme", lazy("事项"), value=programme_title, width=20),
        Column("place", lazy("范围"), kind="division", width=14),
        Column("day", lazy("依据哪一天的法"), kind="date"),
        Column("synthetic", lazy("测算数据"), value=lambda s: "合成数据" if s.synthetic else "数据湖快照", width=12),
        Column("state", lazy("状态"), value=light, kind="status", width=14),
        Column("by", lazy("保存人"), width=26),
        Column("at", lazy("保存时间"), kind="moment", sort="at", width=18),
    )
    filters = (
        YesNo("synthetic", lazy("合成数据"), condition=Q(synthetic=True)),
        DateRange("day", lazy("依据哪一天的法")),
    )

    def rows(self, actor: Actor) -> models.QuerySet[Scenario]:
        return actor.visible(Scenario.objects.all())

    def url(self, record: Scenario) -> str:
        return reverse("console:scenario", args=[record.pk])
