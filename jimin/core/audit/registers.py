"""The trail, and the checks of it, as the auditor's lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.models import Account
from jimin.core.access.scope import Actor
from jimin.core.audit import words
from jimin.core.audit.actions import WATCHERS
from jimin.core.audit.looks import KINDS, Sort
from jimin.core.audit.models import AuditRow, Verification
from jimin.core.divisions.models import ReportingUnit
from jimin.core.registers.api import Choice, Column, DateRange, Filter, Register, Status
from jimin.core.registers.filters import State, Wrong, searched

MANY = 200  # accounts or units that a name may mean; more are asked to be narrowed down


@dataclass(frozen=True)
class Moments(DateRange):
    """From a day until a day, both with, of a moment: days as they are in Shanghai."""

    def read(self, state: State) -> tuple[Q, str]:
        days, said = super().read(state)
        found = Q()
        for path, day in days.children:  # type: ignore[misc]
            start = datetime.combine(day, time(), clock.SHANGHAI)
            if path.endswith("__lte"):
                found &= Q(**{f"{self.path}__lt": start + timedelta(days=1)})
            else:
                found &= Q(**{path: start})
        return found, said


@dataclass(frozen=True)
class Person(Filter):
    """Who did it: an account, or a name or a part of one."""

    def read(self, state: State) -> tuple[Q, str]:
        text = searched(state.value)
        found = list(
            Account.objects.filter(Q(username=text) | Q(name__contains=text)).values_list("id", flat=True)[: MANY + 1]
        )
        if not found:
            raise Wrong(_("没有姓名或账号含“%s”的账户。") % text)
        if len(found) > MANY:
            raise Wrong(_("姓名含“%s”的账户太多，请写全姓名或账号。") % text)
        return Q(account__in=found), text


@dataclass(frozen=True)
class Unit(Filter):
    """The unit it was done in: its code, or a part of its name."""

    def read(self, state: State) -> tuple[Q, str]:
        text = searched(state.value)
        named = Q(code=text) | Q(name__contains=text) | Q(short_name__contains=text)
        found = list(ReportingUnit.objects.filter(named).values_list("code", flat=True)[: MANY + 1])
        if not found:
            raise Wrong(_("没有代码是“%(text)s”或名称含“%(text)s”的单位。") % {"text": text})
        if len(found) > MANY:
            raise Wrong(_("名称含“%s”的单位太多，请写全一些。") % text)
        return Q(unit__in=found), text


@dataclass(frozen=True)
class RecordKey(Filter):
    """The rows about one record, and the looks that showed it."""

    def read(self, state: State) -> tuple[Q, str]:
        text = searched(state.value)
        try:
            key = str(UUID(text))
        except ValueError:
            return Q(object_id=text), text
        return Q(object_id=key) | shown(key), text


def shown(key: str) -> Q:
    """The rows of looks that showed a record among others (the index audit_shown)."""
    sql = """body LIKE '%%"shown":[%%' AND (body::jsonb -> 'after' -> 'shown') @> to_jsonb(ARRAY[%s::text])"""
    return Q(RawSQL(sql, [key], output_field=models.BooleanField()))  # noqa: S611 - the key is a parameter


def _sort(value: str) -> Q:
    if value == Sort.CHANGE:
        return ~Q(action__in=[k.name for k in KINDS.values() if k.sort != Sort.CHANGE])
    return Q(action__in=[k.name for k in KINDS.values() if k.sort == value])


def _actions(_actor: Actor) -> list[tuple[str, str]]:
    return sorted(((k.name, str(k.title)) for k in KINDS.values()), key=lambda pair: pair[1])


class Trail(Register):
    """Every row, the newest first."""

    name = "audit.trail"
    title = lazy("审计记录")
    note = lazy("谁、什么时候、对什么做了什么。行不能改也不能删；姓名和号码只有掩码。")
    model = AuditRow
    allowed = WATCHERS
    order = ("-at", "-id")
    empty = lazy("还没有审计记录。")
    columns = (
        Column("id", lazy("编号"), kind="code", width=12),
        Column("at", lazy("时间"), kind="moment", width=18),
        Column("actor", lazy("办理人"), width=30),
        Column("action", lazy("动作"), value=words.action, width=24),
        Column("kind", lazy("种类"), value=words.sort, width=14),
        Column("object_type", lazy("对象"), value=words.subject, width=18),
        Column("object_id", lazy("对象编号"), kind="code", width=38, screen=False),
        Column("day", lazy("业务日"), kind="date", width=12),
        Column("unit", lazy("单位代码"), kind="code", width=14, screen=False),
        Column("body", lazy("内容"), width=60, screen=False),
    )
    filters = (
        Moments("at", lazy("时间")),
        Choice("kind", lazy("种类"), choices=Sort.choices, condition=_sort),
        Choice("action", lazy("动作"), choices=_actions),
        Person("who", lazy("办理人")),
        Unit("unit", lazy("单位")),
        RecordKey("record", lazy("对象编号")),
        DateRange("day", lazy("业务日")),
    )

    def rows(self, actor: Actor) -> models.QuerySet[AuditRow]:
        return AuditRow.objects.all()

    def url(self, record: AuditRow) -> str:
        return reverse("console:audit_row", args=[record.pk])


LIGHTS = {
    Verification.State.RUNNING: "cur",
    Verification.State.CLEAN: "ok",
    Verification.State.CHANGED: "late",
    Verification.State.DOUBTFUL: "slow",
    Verification.State.FAILED: "slow",
}


def light(found: Verification) -> Status:
    """A check's result as a light and a word."""
    return Status(LIGHTS[Verification.State(found.state)], found.get_state_display())


class Verifications(Register):
    """The checks that somebody asked for, and the regular ones."""

    name = "audit.verifications"
    title = lazy("审计核验")
    note = lazy("每次核验的结果。每周自动核验一次，也可以随时再核验。")
    model = Verification
    allowed: ClassVar[Any] = WATCHERS
    order = ("-at", "id")
    empty = lazy("还没有核验过。")
    columns = (
        Column("at", lazy("提出时间"), kind="moment", sort="at", width=18),
        Column("by", lazy("提出人"), width=30),
        Column("state", lazy("结果"), value=light, kind="status", width=16),
        Column("rows", lazy("核验条数"), kind="number"),
        Column("blocks", lazy("区块"), kind="number"),
        Column("seconds", lazy("用时（秒）"), value=lambda v: round(v.seconds, 1), kind="number"),
        Column("first_bad", lazy("第一条有问题的记录"), kind="code"),
    )
    filters = (Choice("state", lazy("结果"), choices=Verification.State.choices),)

    def rows(self, actor: Actor) -> models.QuerySet[Verification]:
        return Verification.objects.all()

    def url(self, record: Verification) -> str:
        return reverse("console:audit_check", args=[record.pk])
