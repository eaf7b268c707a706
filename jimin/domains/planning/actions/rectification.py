"""Inspection rectification (point 6): finding, measure, owner, date, evidence, verification, lasting mechanism."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions import api as divisions
from jimin.core.files import api as files
from jimin.domains.planning import seeing, sources_office
from jimin.domains.planning.actions.moving import MoveInput, MoveWork, own_file, unit_of
from jimin.domains.planning.actions.office import REPLIERS, SIGNERS
from jimin.domains.planning.flows_office import RectificationFlow
from jimin.domains.planning.models import Horizon, Rectification
from jimin.engines.cases import kernel


class OpenRectification(Action):
    """Enter a problem that an inspection named, with its measure, owner and date; it goes to the unit in charge."""

    name = "planning.rectification.open"
    title = lazy("登记巡视整改")
    allowed = OFFICE | {Role.INSPECTOR}

    class Input(base.Input):
        inspection: str = Field(min_length=2, max_length=120)
        finding: str = Field(min_length=4, max_length=2000)
        unit: str
        horizon: Horizon
        measure: str = Field(min_length=4, max_length=2000)
        due_on: date

    def load(self) -> None:
        self.unit = unit_of(self, self.data.unit)

    def check(self) -> None:
        if self.data.due_on < clock.business_day():
            raise self.refuse(_("整改期限不能早于今天。"), "due_on")

    def change(self) -> Result:
        d = self.data
        opening = kernel.Opening(
            title=f"巡视整改：{d.finding}",
            route=RectificationFlow.route(self.unit),
            place=divisions.columns(self.unit.jurisdiction),
            due_on=d.due_on,
        )
        (work,) = kernel.open_works(RectificationFlow.kind, [opening], self.actor)
        record = Rectification.objects.create(**{**d.model_dump(), "unit": self.unit}, work=work)
        self.log(record, {}, d.model_dump())
        self.emit("planning.rectification.opened", record, unit=str(self.unit.id))
        sources_office.refresh("rectification.closed_rate")
        return {"rectification": str(record.id)}


class _Rectification(MoveWork, abstract=True):
    what = lazy("巡视整改")

    def rows(self) -> QuerySet[Any]:
        return seeing.rectifications(self.actor)


class ReportRectification(_Rectification):
    """Report what was put right, with the evidence; 长久立 also names the mechanism that keeps it right."""

    name = "planning.rectification.report"
    title = lazy("报巡视整改情况")
    allowed = REPLIERS
    stations = ("rectify",)

    class Input(MoveInput):
        result: str = Field(min_length=4, max_length=2000)
        mechanism: str = Field("", max_length=300)
        evidence: UUID | None = None

    def load(self) -> None:
        super().load()
        self.fresh_evidence = own_file(self, self.data.evidence, _("佐证"), self.record)
        self.evidence = self.fresh_evidence or self.record.evidence

    def check(self) -> None:
        super().check()
        if self.evidence is None:
            raise self.refuse(_("没有附佐证，不能报送核验。"), "evidence", _("请上传制度文件、台账、照片等佐证。"))
        if self.record.horizon == Horizon.LASTING and not self.data.mechanism:
            raise self.refuse(
                _("“长久立”的整改要写明建立的长效机制。"), "mechanism", _("例：制度名称、文号，或固定的检查办法。")
            )

    def move(self) -> None:
        if self.fresh_evidence is not None:
            files.attach(self.fresh_evidence, self.record)
        after = {"result": self.data.result, "mechanism": self.data.mechanism, "evidence": self.evidence}
        self.set(self.record, after)
        super().move()


class SignRectification(_Rectification):
    """Sign the report inside the unit; the last signature sends it to the inspection group."""

    name = "planning.rectification.sign"
    title = lazy("签报巡视整改情况")
    allowed = SIGNERS
    stations = ("sign",)


class ReturnRectification(_Rectification):
    """Return the report to its writer, with the reason."""

    name = "planning.rectification.return"
    title = lazy("退回巡视整改情况")
    allowed = SIGNERS | {Role.INSPECTOR}
    stations = ("sign", "verify")

    def move(self) -> None:
        kernel.send_back([self.work], self.actor, self.data.opinion)


class VerifyRectification(_Rectification):
    """The inspection group has looked: the problem is put right, and closed (销号)."""

    name = "planning.rectification.verify"
    title = lazy("核验销号")
    allowed = (Role.INSPECTOR,)
    risk = lazy("销号即认定问题已经整改到位")
    stations = ("verify",)

    class Input(MoveInput):
        opinion: str = Field(min_length=4, max_length=500)

    def change(self) -> Result:
        result = super().change()
        sources_office.refresh("rectification.closed_rate")
        return result
