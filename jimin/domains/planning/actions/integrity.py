"""Integrity (point 7): risks tied to the real permission table, warning sessions, and supervision findings.

What a finding says, and about whom, stands in its own record alone: titles, audit rows, events, opinions and alerts
name it neutrally, so that no list elsewhere tells what only the inspection group and the answering post may know.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access import permissions
from jimin.core.access.roles import STAFF, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Forbidden
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning import seeing, sources_office
from jimin.domains.planning.actions.moving import MOST_PEOPLE, MoveWork, unit_of
from jimin.domains.planning.flows_office import FindingFlow, chief_of
from jimin.domains.planning.models import FindingSource, IntegrityFinding, IntegrityRisk, RiskLevel, WarningSession
from jimin.engines.cases import kernel

CHIEFS = {
    Role.DEPT_CHIEF,
    Role.OFFICE_CHIEF,
    Role.DIRECT_CHIEF,
    Role.CITY_LEADER,
    Role.COUNTY_DEPUTY,
}
ANSWERING = CHIEFS | {Role.DEPT_LEADER}


class _OfUnit(Action, abstract=True):
    """About a unit: the inspection group for every unit, a chief for his own."""

    allowed: ClassVar[Iterable[Role]] = CHIEFS | {Role.INSPECTOR}

    def the_unit(self, code: str) -> ReportingUnit:
        """The unit named, or the own one when none is named."""
        unit = unit_of(self, code) if code else self.actor.unit
        if unit.id != self.actor.unit.id and not seeing.is_inspector(self.actor):
            raise self.refuse(_("只能登记本单位的事项。"), "unit", _("其他单位由派驻纪检监察组或其负责人登记。"))
        return unit


def own_risk(action: Action, pk: UUID) -> IntegrityRisk:
    """A risk that the actor may keep, locked: the inspection group every unit's, a chief his own unit's."""
    rows = IntegrityRisk.objects.all()
    if not seeing.is_inspector(action.actor):
        rows = rows.filter(unit=action.actor.unit)
    return action.get(rows, pk, what=_("廉政风险"))


def must_be_a_permission(action: Action, name: str) -> None:
    """Refuse a name that the table of permissions has not."""
    if name and name not in {p.name for p in permissions.table()}:
        raise action.refuse(_("系统里没有名为“%s”的权限。") % name, "permission", _("请从“岗位权限表”中选择，或留空。"))


class RegisterRisk(_OfUnit):
    """Enter a risk of a post at a step; a step inside this system is named by its permission."""

    name = "planning.risk.register"
    title = lazy("登记廉政风险")

    class Input(base.Input):
        unit: str = ""
        post: str = Field(min_length=2, max_length=60)
        step: str = Field(min_length=2, max_length=120)
        permission: str = Field("", max_length=80)
        risk: str = Field(min_length=4, max_length=1000)
        level: RiskLevel
        measure: str = Field(min_length=4, max_length=1000)

    def load(self) -> None:
        self.unit = self.the_unit(self.data.unit)

    def check(self) -> None:
        d = self.data
        must_be_a_permission(self, d.permission)
        same = IntegrityRisk.objects.filter(unit=self.unit, post=d.post, step=d.step, risk=d.risk, void_reason="")
        if same.exists():
            raise self.refuse(_("这个岗位、环节的同一风险已经登记过。"), "risk")

    def change(self) -> Result:
        fields = {**self.data.model_dump(), "unit": self.unit}
        risk = IntegrityRisk.objects.create(**fields, reviewed_on=clock.business_day())
        self.log(risk, {}, {**self.data.model_dump(), "unit": self.unit.code})
        self.emit("planning.risk.registered", risk)
        return {"risk": str(risk.id)}


class ReviseRisk(_OfUnit):
    """Assess a risk again: its level, measure and permission; what is not given stays, and so do post, step and risk."""

    name = "planning.risk.revise"
    title = lazy("更正廉政风险")

    class Input(base.Input):
        risk: UUID
        version: int
        permission: str = Field("", max_length=80)
        level: RiskLevel | None = None
        measure: str | None = Field(None, min_length=4, max_length=1000)

    def load(self) -> None:
        self.found = own_risk(self, self.data.risk)

    def check(self) -> None:
        self.fresh(self.found, self.data.version)
        if self.found.void_reason:
            raise self.refuse(_("这一条廉政风险已经作废。"))
        must_be_a_permission(self, self.data.permission)
        given = self.data.model_fields_set - {"risk", "version"}
        self.after = {n: v for n in given if (v := getattr(self.data, n)) is not None}

    def change(self) -> Result:
        result = self.set(self.found, {**self.after, "reviewed_on": clock.business_day()})
        self.emit("planning.risk.revised", self.found)
        return result


class VoidRisk(_OfUnit):
    """Void a risk that no longer exists or was entered by mistake, with the reason."""

    name = "planning.risk.void"
    title = lazy("作废廉政风险")

    class Input(base.Input):
        risk: UUID
        version: int
        reason: str = Field(min_length=4, max_length=200)

    def load(self) -> None:
        self.found = own_risk(self, self.data.risk)

    def check(self) -> None:
        self.fresh(self.found, self.data.version)
        if self.found.void_reason:
            raise self.refuse(_("这一条廉政风险已经作废。"))

    def change(self) -> Result:
        self.found.void_reason = self.data.reason
        self.found.version += 1
        self.found.save(update_fields=["void_reason", "version"])
        after = {"void_reason": self.data.reason, "version": self.found.version}
        self.log(self.found, {"void_reason": ""}, after, self.data.reason)
        return {"risk": str(self.found.id)}


class RecordWarningSession(_OfUnit):
    """Record a warning-education session."""

    name = "planning.warning.record"
    title = lazy("登记警示教育")
    allowed = STAFF | {Role.INSPECTOR}

    class Input(base.Input):
        unit: str = ""
        title: str = Field(min_length=2, max_length=160)
        held_on: date
        present_count: int = Field(ge=1, le=MOST_PEOPLE)

    def load(self) -> None:
        self.unit = self.the_unit(self.data.unit)

    def check(self) -> None:
        if self.data.held_on > clock.business_day():
            raise self.refuse(_("日期不能晚于今天。"), "held_on")
        d = self.data
        if WarningSession.objects.filter(unit=self.unit, title=d.title, held_on=d.held_on).exists():
            raise self.refuse(_("这一场警示教育已经登记过。"), "title")

    def change(self) -> Result:
        session = WarningSession.objects.create(**{**self.data.model_dump(), "unit": self.unit})
        self.log(session, {}, {**self.data.model_dump(), "unit": self.unit.code})
        return {"session": str(session.id)}


class RecordFinding(Action):
    """Enter a supervision finding: it goes to the unit's chief alone, or past him to the leader in charge."""

    name = "planning.finding.record"
    title = lazy("登记监督事项")
    allowed = (Role.INSPECTOR,)

    class Input(base.Input):
        unit: str
        risk: UUID | None = None
        source: FindingSource
        text: str = Field(min_length=4, max_length=2000)
        found_on: date
        reply_due: date | None = None
        past_chief: bool = False  # it is about the chief: the leader in charge answers

    def load(self) -> None:
        if not seeing.is_inspector(self.actor):
            raise Forbidden(_("只有派驻纪检监察组的人员能登记监督事项。"))
        self.unit = unit_of(self, self.data.unit)
        self.found = None
        if self.data.risk:
            rows = IntegrityRisk.objects.filter(unit=self.unit, void_reason="")
            self.found = self.get(rows, self.data.risk, lock=False, what=_("廉政风险"))

    def check(self) -> None:
        d, day = self.data, clock.business_day()
        if d.found_on > day:
            raise self.refuse(_("发现日期不能晚于今天。"), "found_on")
        if d.reply_due is not None and d.reply_due < day:
            raise self.refuse(_("答复期限不能早于今天。"), "reply_due")
        if chief_of(self.unit) not in ANSWERING:
            raise self.refuse(
                _("“%s”没有能说明处理的负责人岗位。") % self.unit,
                "unit",
                _("请选择它的上级单位，由上级单位负责人说明。"),
            )

    def change(self) -> Result:
        d = self.data
        route = FindingFlow.route(self.unit, past_chief=d.past_chief)
        # An opening at the leader's desk carries no place: nobody in the unit's own region may find it in a list.
        place = {} if d.past_chief else divisions.columns(self.unit.jurisdiction)
        opening = kernel.Opening(title="监督事项", route=route, place=place, due_on=d.reply_due)
        (work,) = kernel.open_works(FindingFlow.kind, [opening], self.actor)
        finding = IntegrityFinding.objects.create(
            unit=self.unit, risk=self.found, source=d.source, text=d.text, found_on=d.found_on, work=work
        )
        self.log(finding, {}, {"found_on": d.found_on, "source": d.source})
        self.emit("planning.finding.recorded", finding)
        sources_office.refresh("integrity.open_findings")
        return {"finding": str(finding.id)}


class _Finding(MoveWork, abstract=True):
    what = lazy("监督事项")

    class Input(base.Input):
        record: UUID
        version: int
        text: str = Field(min_length=4, max_length=2000)

    def rows(self) -> QuerySet[Any]:
        return seeing.findings(self.actor)

    def add(self, heading: str) -> None:
        """Write a dated paragraph into the record, where alone it may stand."""
        line = f"【{heading} {clock.business_day()} {self.actor.account.name}】{self.data.text}"
        self.record.result = f"{self.record.result}\n{line}".strip()
        self.record.version += 1
        self.record.save(update_fields=["result", "version"])
        self.log(self.record, {"version": self.record.version - 1}, {"version": self.record.version})

    def log_move(self, before: str) -> None:
        after = {"station": self.work.station, "closed_on": self.work.closed_on, "version": self.work.version}
        self.log(self.work, {"station": before, "closed_on": None}, after)
        self.emit(self.name, self.record)


class AnswerFinding(_Finding):
    """The chief says how it was dealt with."""

    name = "planning.finding.answer"
    title = lazy("说明监督事项处理")
    allowed = ANSWERING
    stations = ("answer",)

    def move(self) -> None:
        self.add(_("处理"))
        kernel.forward([self.work], self.actor)


class ReturnFinding(_Finding):
    """The inspection group asks again."""

    name = "planning.finding.return"
    title = lazy("退回监督事项")
    allowed = (Role.INSPECTOR,)
    stations = ("close",)

    def move(self) -> None:
        self.add(_("退回"))
        kernel.send_back([self.work], self.actor, _("理由见监督事项"))


class CloseFinding(_Finding):
    """The inspection group closes it, with the conclusion."""

    name = "planning.finding.close"
    title = lazy("监督事项办结")
    allowed = (Role.INSPECTOR,)
    stations = ("close",)

    def move(self) -> None:
        self.add(_("办结"))
        kernel.forward([self.work], self.actor)

    def change(self) -> Result:
        result = super().change()
        sources_office.refresh("integrity.open_findings")
        return result
