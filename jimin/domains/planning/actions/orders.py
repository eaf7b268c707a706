"""督办单: drafted about a task that is behind, signed by the leader in charge, answered by each unit, closed when caught up."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import CITY, COUNTY, DIRECT, OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.domains.planning.actions.reports import FILLERS
from jimin.domains.planning.models import Assignment, OrderReply, SupervisionOrder, Task
from jimin.domains.planning.ordering import OrderFlow, gap_of
from jimin.engines.cases import kernel
from jimin.engines.cases.flows import station_title
from jimin.engines.cases.models import Work

DRAFTERS = {Role.OFFICE_CLERK, Role.DEPT_CLERK}
SIGNERS = {Role.OFFICE_CHIEF, Role.DEPT_CHIEF, Role.DEPT_LEADER}


class DraftOrder(Action):
    """Draft an order about one task for the units that are behind; it goes to the chain and the leader for signing."""

    name = "planning.order.draft"
    title = lazy("拟办督办单")
    allowed = DRAFTERS

    class Input(base.Input):
        task: UUID
        units: list[str] = Field(min_length=1)
        reason: str = Field(min_length=10, max_length=1000)
        demand: str = Field(min_length=10, max_length=1000)
        reply_due: date

    def load(self) -> None:
        tasks = Task.objects.select_related("point__plan", "lead", "indicator")
        if self.actor.role not in OFFICE:
            tasks = tasks.filter(lead=self.actor.unit)
        self.task = self.get(tasks, self.data.task, what=_("任务"))
        rows = Assignment.objects.filter(task=self.task, withdrawn_on=None, unit__code__in=self.data.units)
        self.assignments = list(rows.select_related("unit"))

    def check(self) -> None:
        without = set(self.data.units) - {a.unit.code for a in self.assignments}
        if without:
            raise self.refuse(_("单位“%s”没有承担这项任务，不能督办。") % "、".join(sorted(without)), "units")
        if self.data.reply_due <= clock.business_day():
            raise self.refuse(_("回复期限必须晚于今天。"), "reply_due")
        open_order = self.task.orders.filter(
            closed_on=None, replies__unit__in=[a.unit for a in self.assignments]
        ).first()
        if open_order is not None:
            raise self.refuse(
                _("对其中的单位已有未销号的督办单 %s。") % (open_order.number or _("（待签发）")),
                "units",
                _("请先办结前一份，或去掉这些单位。"),
            )

    def change(self) -> Result:
        opening = kernel.Opening(
            title=f"督办：{self.task.title}",
            route=OrderFlow.route(self.actor.unit, self.task.lead),
            due_on=self.data.reply_due,
        )
        (work,) = kernel.open_works(OrderFlow.kind, [opening], self.actor)
        order = SupervisionOrder.objects.create(
            task=self.task,
            reason=self.data.reason,
            demand=self.data.demand,
            reply_due=self.data.reply_due,
            gap=gap_of(self.task, [a.unit for a in self.assignments]),
            work=work,
        )
        OrderReply.objects.bulk_create(
            [
                OrderReply(
                    order=order, unit=a.unit, assignment=a,
                    prefecture=a.prefecture, county=a.county, town=a.town, village=a.village,
                )
                for a in self.assignments
            ]
        )  # fmt: skip
        kernel.forward([work], self.actor)
        self.log(
            order,
            {},
            {"task": self.task.title, "units": self.data.units, "reply_due": order.reply_due, "gap": order.gap},
        )
        self.emit("planning.order.drafted", order, unit=str(work.holder_unit_id))
        return {"order": str(order.id)}


class _OrderWork(Action, abstract=True):
    """Moves an order that the actor holds."""

    class Input(base.Input):
        order: UUID
        opinion: str = Field("", max_length=500)

    def load(self) -> None:
        self.order = self.get(SupervisionOrder.objects.select_related("task"), self.data.order, what=_("督办单"))
        self.work = self.get(Work.objects.select_related("holder_unit"), self.order.work_id)

    def done(self, before: str) -> Result:
        self.log(
            self.work, {"station": before}, {"station": self.work.station, "closed_on": self.work.closed_on, "version": self.work.version},
            self.data.opinion,
        )  # fmt: skip
        self.emit(self.name, self.order, unit=str(self.work.holder_unit_id))
        return {"order": str(self.order.id)}


class SignOrder(_OrderWork):
    """Sign an order. The last signature issues it: number, document, and a reply asked of each unit."""

    name = "planning.order.sign"
    title = lazy("签发督办单")
    allowed = SIGNERS
    risk = lazy("督办结果计入考核")

    def check(self) -> None:
        if self.work.station == "draft":
            raise self.refuse(_("这份督办单被退回拟办人，尚未重新送签。"), next_step=_("请等待拟办人修改。"))
        last = self.work.position + 1 == len(self.work.route)
        if self.work.is_open and last and self.order.reply_due <= clock.business_day():
            raise self.refuse(
                _("回复期限 %s 已到，签发后各单位来不及回复。") % self.order.reply_due,
                next_step=_("请退回拟办人改期限后再签发。"),
            )

    def change(self) -> Result:
        before = self.work.station
        kernel.forward([self.work], self.actor, self.data.opinion)
        return self.done(before)


class ReturnOrder(_OrderWork):
    """Return an order to the one who drafted it."""

    name = "planning.order.return"
    title = lazy("退回督办单")
    allowed = SIGNERS

    def change(self) -> Result:
        before = self.work.station
        kernel.send_back([self.work], self.actor, self.data.opinion)
        return self.done(before)


class RedraftOrder(_OrderWork):
    """Send a returned order on again, changed."""

    name = "planning.order.redraft"
    title = lazy("修改并重新送签督办单")
    allowed = DRAFTERS

    class Input(base.Input):
        order: UUID
        reason: str = Field(min_length=10, max_length=1000)
        demand: str = Field(min_length=10, max_length=1000)
        reply_due: date
        opinion: str = Field("", max_length=500)

    def check(self) -> None:
        if self.work.station != "draft":
            raise self.refuse(_("这份督办单在“%s”环节，不能修改。") % station_title(self.work))
        if self.data.reply_due <= clock.business_day():
            raise self.refuse(_("回复期限必须晚于今天。"), "reply_due")

    def change(self) -> Result:
        after = {"reason": self.data.reason, "demand": self.data.demand, "reply_due": self.data.reply_due}
        before = {k: getattr(self.order, k) for k in after}
        for name, value in after.items():
            setattr(self.order, name, value)
        self.order.version += 1
        self.order.save(update_fields=[*after, "version"])
        self.log(self.order, before, {**after, "version": self.order.version})
        station = self.work.station
        kernel.forward([self.work], self.actor, self.data.opinion, due_on=self.data.reply_due)
        return self.done(station)


class AnswerOrder(Action):
    """A unit answers: why it is behind, what it does about it, and by when. Then its chain signs."""

    name = "planning.reply.write"
    title = lazy("回复督办单")
    allowed = FILLERS

    class Input(base.Input):
        reply: UUID
        version: int
        cause: str = Field(min_length=4, max_length=1000)
        measures: str = Field(min_length=4, max_length=1000)
        promise_on: date

    def load(self) -> None:
        rows = OrderReply.objects.filter(unit=self.actor.unit).select_related("order__task").exclude(work=None)
        self.reply = self.get(rows, self.data.reply, what=_("督办回复"))
        self.work = self.get(Work.objects.select_related("holder_unit"), self.reply.work_id)

    def check(self) -> None:
        self.fresh(self.reply, self.data.version)
        if self.work.station != "reply":
            raise self.refuse(_("回复已经送签，不能再改；如需修改请由签核人退回。"))
        if self.data.promise_on < clock.business_day():
            raise self.refuse(_("承诺完成日期不能早于今天。"), "promise_on")

    def change(self) -> Result:
        after = {"cause": self.data.cause, "measures": self.data.measures, "promise_on": self.data.promise_on}
        before = {k: getattr(self.reply, k) for k in after}
        for name, value in after.items():
            setattr(self.reply, name, value)
        self.reply.version += 1
        self.reply.save(update_fields=[*after, "version"])
        self.log(self.reply, before, {**after, "version": self.reply.version})
        kernel.forward([self.work], self.actor)
        self.emit("planning.reply.written", self.reply, unit=str(self.work.holder_unit_id))
        return {"reply": str(self.reply.id)}


class _ReplyWork(Action, abstract=True):
    allowed = COUNTY | CITY | DIRECT | {Role.DEPT_CHIEF, Role.OFFICE_CHIEF}

    class Input(base.Input):
        reply: UUID
        opinion: str = Field("", max_length=500)

    def load(self) -> None:
        rows = OrderReply.objects.filter(unit=self.actor.unit).select_related("order__task").exclude(work=None)
        self.reply = self.get(rows, self.data.reply, what=_("督办回复"))
        self.work = self.get(Work.objects.select_related("holder_unit"), self.reply.work_id)

    def change(self) -> Result:
        before = self.work.station
        self.move()
        self.log(
            self.work, {"station": before}, {"station": self.work.station, "closed_on": self.work.closed_on, "version": self.work.version},
            self.data.opinion,
        )  # fmt: skip
        self.emit(self.name, self.reply, unit=str(self.work.holder_unit_id))
        return {"reply": str(self.reply.id), "signed": self.work.closed_on is not None}

    def move(self) -> None:
        kernel.forward([self.work], self.actor, self.data.opinion)


class SignReply(_ReplyWork):
    """Sign a reply inside the unit; the last signature (分管副局长 in a county) sends it."""

    name = "planning.reply.sign"
    title = lazy("签复督办单")

    def check(self) -> None:
        if self.work.station == "reply":
            raise self.refuse(_("回复还没有写好送签。"))


class ReturnReply(_ReplyWork):
    """Return a reply to its writer."""

    name = "planning.reply.return"
    title = lazy("退回督办回复")

    def move(self) -> None:
        kernel.send_back([self.work], self.actor, self.data.opinion)


class CloseOrder(Action):
    """销号: every unit has answered and the gap is closed, or is explained."""

    name = "planning.order.close"
    title = lazy("督办销号")
    allowed = DRAFTERS | {Role.OFFICE_CHIEF}

    class Input(base.Input):
        order: UUID
        version: int
        opinion: str = Field(min_length=4, max_length=500)

    def load(self) -> None:
        orders = SupervisionOrder.objects.exclude(issued_on=None).select_related("task")
        if self.actor.role not in OFFICE:
            orders = orders.filter(task__lead=self.actor.unit)
        self.order = self.get(orders, self.data.order, what=_("督办单"))

    def check(self) -> None:
        self.fresh(self.order, self.data.version)
        if self.order.closed_on is not None:
            raise self.refuse(_("%s 已经销号。") % self.order.number)
        silent = self.order.replies.filter(replied_on=None).select_related("unit")
        if silent:
            raise self.refuse(
                _("还有 %(n)d 个单位没有签复：%(who)s。")
                % {"n": len(silent), "who": "、".join(r.unit.short_name for r in silent)},
                next_step=_("请先催办。"),
            )

    def change(self) -> Result:
        self.order.closed_on = clock.business_day()
        self.order.version += 1
        self.order.save(update_fields=["closed_on", "version"])
        self.log(
            self.order,
            {"closed_on": None},
            {"closed_on": self.order.closed_on, "version": self.order.version},
            self.data.opinion,
        )
        self.emit("planning.order.closed", self.order)
        return {"order": str(self.order.id)}
