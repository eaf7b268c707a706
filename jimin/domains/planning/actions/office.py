"""Upper-level requirements (point 2) and instructions (批示件, point 3)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import CITY, CLERKS, COUNTY, DIRECT, OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions import api as divisions
from jimin.domains.planning import seeing, sources_office
from jimin.domains.planning.actions.moving import MoveInput, MoveWork, unit_of
from jimin.domains.planning.flows_office import InstructionFlow
from jimin.domains.planning.models import Instruction, Plan, Point, Requirement, SourceKind, Task
from jimin.domains.planning.parameters import number
from jimin.engines.cases import kernel

REPLIERS = CLERKS - {Role.TOWN_CLERK}
SIGNERS = (COUNTY | CITY | DIRECT | {Role.DEPT_CHIEF, Role.OFFICE_CHIEF}) - CLERKS


class AddRequirement(Action):
    """Enter one requirement of an upper level. It shows red until a task stands behind it."""

    name = "planning.requirement.add"
    title = lazy("登记上级要求")
    allowed = OFFICE

    class Input(base.Input):
        plan: UUID
        kind: SourceKind
        source: str = Field(min_length=2, max_length=160)
        clause: str = Field("", max_length=60)
        text: str = Field(min_length=4, max_length=2000)
        given_on: date | None = None

    def load(self) -> None:
        self.plan = self.get(Plan.objects.all(), self.data.plan, what=_("年度要点"))

    def check(self) -> None:
        d = self.data
        if d.given_on is not None and d.given_on > clock.business_day():
            raise self.refuse(_("日期不能晚于今天。"), "given_on")
        same = Requirement.objects.filter(plan=self.plan, source=d.source, clause=d.clause, text=d.text, void_reason="")
        if same.exists():
            raise self.refuse(_("这一条已经登记过。"), "text", _("请在原来那一条上挂接任务。"))

    def change(self) -> Result:
        requirement = Requirement.objects.create(**{**self.data.model_dump(), "plan": self.plan})
        self.log(requirement, {}, self.data.model_dump(exclude={"plan"}, exclude_none=True))
        self.emit("planning.requirement.added", requirement)
        sources_office.refresh("plan.unaligned")
        return {"requirement": str(requirement.id)}


class ReviseRequirement(Action):
    """Correct a requirement as it was entered; what is not given stays, and so does the plan."""

    name = "planning.requirement.revise"
    title = lazy("更正上级要求")
    allowed = OFFICE

    class Input(base.Input):
        requirement: UUID
        version: int
        kind: SourceKind | None = None
        source: str | None = Field(None, min_length=2, max_length=160)
        clause: str = Field("", max_length=60)
        text: str | None = Field(None, min_length=4, max_length=2000)
        given_on: date | None = None

    def load(self) -> None:
        self.requirement = self.get(Requirement.objects.all(), self.data.requirement, what=_("上级要求"))

    def check(self) -> None:
        self.fresh(self.requirement, self.data.version)
        if self.requirement.void_reason:
            raise self.refuse(_("这一条上级要求已经作废。"))
        given = self.data.model_fields_set - {"requirement", "version"}
        may_be_empty = {"clause", "given_on"}
        self.after = {n: v for n in given if (v := getattr(self.data, n)) is not None or n in may_be_empty}
        if (day := self.after.get("given_on")) is not None and day > clock.business_day():
            raise self.refuse(_("日期不能晚于今天。"), "given_on")
        names = ("source", "clause", "text")
        same = {n: self.after.get(n, getattr(self.requirement, n)) for n in names}
        others = Requirement.objects.filter(plan=self.requirement.plan, void_reason="", **same)
        if others.exclude(pk=self.requirement.pk).exists():
            raise self.refuse(_("这一条已经登记过。"), "text", _("请在原来那一条上更正，或作废其中一条。"))

    def change(self) -> Result:
        result = self.set(self.requirement, self.after)
        self.emit("planning.requirement.revised", self.requirement)
        return result


class LinkRequirement(Action):
    """Say which points and tasks carry a requirement. Links are only added; a wrong requirement is voided."""

    name = "planning.requirement.link"
    title = lazy("上级要求挂接任务")
    allowed = OFFICE

    class Input(base.Input):
        requirement: UUID
        version: int
        points: list[UUID] = []
        tasks: list[UUID] = []

    def load(self) -> None:
        rows = Requirement.objects.select_related("plan")
        self.requirement = self.get(rows, self.data.requirement, what=_("上级要求"))
        plan = self.requirement.plan
        self.points = list(Point.objects.filter(plan=plan, id__in=self.data.points))
        self.tasks = list(Task.objects.filter(point__plan=plan, id__in=self.data.tasks))

    def check(self) -> None:
        self.fresh(self.requirement, self.data.version)
        if self.requirement.void_reason:
            raise self.refuse(_("这一条上级要求已经作废，不能再挂接。"))
        if not self.data.points and not self.data.tasks:
            raise self.refuse(_("没有选择要点或任务。"), "tasks", _("请至少选择一项任务或一个要点。"))
        if len(self.points) != len(set(self.data.points)):
            raise self.refuse(_("所选要点不在这份年度要点里。"), "points", _("请从列表中重新选择。"))
        if len(self.tasks) != len(set(self.data.tasks)):
            raise self.refuse(_("所选任务不在这份年度要点里。"), "tasks", _("请从列表中重新选择。"))

    def change(self) -> Result:
        self.requirement.points.add(*self.points)
        self.requirement.tasks.add(*self.tasks)
        self.requirement.version += 1
        self.requirement.save(update_fields=["version"])
        self.log(
            self.requirement,
            {},
            {
                "points": [p.no for p in self.points],
                "tasks": [t.title for t in self.tasks],
                "version": self.requirement.version,
            },
        )
        self.emit("planning.requirement.linked", self.requirement)
        sources_office.refresh("plan.unaligned")
        return {"requirement": str(self.requirement.id)}


class VoidRequirement(Action):
    """Void a requirement that was entered by mistake, with the reason; it stays readable."""

    name = "planning.requirement.void"
    title = lazy("作废上级要求")
    allowed = OFFICE

    class Input(base.Input):
        requirement: UUID
        version: int
        reason: str = Field(min_length=4, max_length=200)

    def load(self) -> None:
        self.requirement = self.get(Requirement.objects.all(), self.data.requirement, what=_("上级要求"))

    def check(self) -> None:
        self.fresh(self.requirement, self.data.version)
        if self.requirement.void_reason:
            raise self.refuse(_("这一条上级要求已经作废。"))

    def change(self) -> Result:
        self.requirement.void_reason = self.data.reason
        self.requirement.version += 1
        self.requirement.save(update_fields=["void_reason", "version"])
        after = {"void_reason": self.data.reason, "version": self.requirement.version}
        self.log(self.requirement, {"void_reason": ""}, after, self.data.reason)
        sources_office.refresh("plan.unaligned")
        return {"requirement": str(self.requirement.id)}


class RecordInstruction(Action):
    """Enter an instruction that has arrived and hand it to the unit in charge, with the day by which it answers."""

    name = "planning.instruction.record"
    title = lazy("登记批示件")
    allowed = (Role.OFFICE_CLERK,)

    class Input(base.Input):
        number: str = Field(min_length=1, max_length=40)
        leader: str = Field(min_length=2, max_length=40)
        on_paper: str = Field(min_length=2, max_length=200)
        text: str = Field(min_length=2, max_length=2000)
        written_on: date
        received_on: date
        unit: str
        reply_due: date | None = None
        points: list[UUID] = []

    def load(self) -> None:
        self.unit = unit_of(self, self.data.unit)
        self.points = list(Point.objects.filter(id__in=self.data.points))

    def check(self) -> None:
        d, day = self.data, clock.business_day()
        if d.received_on > day:
            raise self.refuse(_("收到日期不能晚于今天。"), "received_on")
        if d.written_on > d.received_on:
            raise self.refuse(_("批示日期不能晚于收到日期。"), "written_on")
        if d.reply_due is not None and d.reply_due < day:
            raise self.refuse(_("回复期限不能早于今天。"), "reply_due")
        if len(self.points) != len(set(d.points)):
            raise self.refuse(_("有的相关要点不存在。"), "points", _("请从列表中重新选择。"))

    def change(self) -> Result:
        d = self.data
        opening = kernel.Opening(
            title=f"批示件 {d.number}：{d.on_paper}",
            number=d.number,
            route=InstructionFlow.route(self.unit),
            place=divisions.columns(self.unit.jurisdiction),
            due_on=d.reply_due,
            working_days=None if d.reply_due else int(number("instruction_reply_days")),
        )
        fields = d.model_dump(exclude={"unit", "reply_due", "points"})
        try:
            with transaction.atomic():
                (work,) = kernel.open_works(InstructionFlow.kind, [opening], self.actor)
                instruction = Instruction.objects.create(**fields, unit=self.unit, work=work)
        except IntegrityError:
            raise self.refuse(
                _("编号“%s”已经登记过。") % d.number, "number", _("请核对编号；同一批示件只登记一次。")
            ) from None
        instruction.points.set(self.points)
        self.log(instruction, {}, {**fields, "unit": self.unit.code, "due_on": work.due_on})
        self.emit("planning.instruction.recorded", instruction, unit=str(self.unit.id))
        sources_office.refresh("instructions.overdue")
        return {"instruction": str(instruction.id)}


class _Instruction(MoveWork, abstract=True):
    what = lazy("批示件")

    def rows(self) -> QuerySet[Any]:
        return seeing.instructions(self.actor)


class ReplyInstruction(_Instruction):
    """Write what was done about an instruction; the unit's chain signs it next."""

    name = "planning.instruction.reply"
    title = lazy("报批示件办理情况")
    allowed = REPLIERS
    stations = ("reply",)

    class Input(MoveInput):
        reply: str = Field(min_length=4, max_length=2000)

    def move(self) -> None:
        self.set(self.record, {"reply": self.data.reply})
        super().move()


class SignInstruction(_Instruction):
    """Sign the answer to an instruction inside the unit; the last signature sends it to 办公室."""

    name = "planning.instruction.sign"
    title = lazy("签报批示件办理情况")
    allowed = SIGNERS
    stations = ("sign",)


class ReturnInstruction(_Instruction):
    """Return the answer to its writer, with the reason."""

    name = "planning.instruction.return"
    title = lazy("退回批示件办理情况")
    allowed = SIGNERS | OFFICE
    stations = ("sign", "close")

    def move(self) -> None:
        kernel.send_back([self.work], self.actor, self.data.opinion)


class CloseInstruction(_Instruction):
    """Close an instruction whose answer is complete (闭环)."""

    name = "planning.instruction.close"
    title = lazy("批示件办结")
    allowed = OFFICE
    risk = lazy("办结即认定批示已经落实")
    stations = ("close",)

    def change(self) -> Result:
        result = super().change()
        sources_office.refresh("instructions.overdue")
        return result
