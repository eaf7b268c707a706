"""What the reader was unsure of, or missed: a person says what stands, word for word from the plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core.access.roles import OFFICE
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.domains.planning.models import (
    Deliverable,
    DeliverableKind,
    Finality,
    Found,
    Plan,
    PlanState,
    Point,
    Target,
)
from jimin.engines.indicators.models import Comparator


class _DraftAction(Action, abstract=True):
    """Works on a plan that is read but not yet in force."""

    allowed = OFFICE

    def must_be_draft(self, plan: Plan) -> None:
        if plan.state != PlanState.READ:
            raise self.refuse(
                _("《%s》已经执行，原文的数与成果不能再改。") % plan.title,
                next_step=_("如文件有更正，请导入更正后的文件；执行中的调整请在任务里办理。"),
            )


class JudgeTarget(_DraftAction):
    """Say of a number that was read: it is a target, with these values, or it is none."""

    name = "planning.target.judge"
    title = lazy("确认原文数值")

    class Input(base.Input):
        target: UUID
        version: int
        standing: bool
        subject: str = Field("", max_length=120)
        comparator: Comparator | None = None
        value: Decimal | None = Field(None, max_digits=16, decimal_places=4)
        unit: str = Field("", max_length=12)
        deadline: date | None = None

    def load(self) -> None:
        self.target = self.get(Target.objects.select_related("point__plan"), self.data.target, what=_("原文数值"))

    def check(self) -> None:
        self.must_be_draft(self.target.point.plan)
        self.fresh(self.target, self.data.version)

    def change(self) -> Result:
        given = self.data.model_dump(exclude={"target", "version", "standing"}, exclude_none=True)
        after = {k: v for k, v in given.items() if v != ""}
        after["found"] = Found.CONFIRMED if self.data.standing else Found.REJECTED
        return self.set(self.target, after)


class JudgeDeliverable(_DraftAction):
    """Say of a deliverable that was read: it is one, with this title and kind, or it is none."""

    name = "planning.deliverable.judge"
    title = lazy("确认成果")

    class Input(base.Input):
        deliverable: UUID
        version: int
        standing: bool
        title: str = Field("", max_length=120)
        kind: DeliverableKind | None = None
        finality: Finality | None = None
        deadline: date | None = None

    def load(self) -> None:
        rows = Deliverable.objects.select_related("point__plan")
        self.deliverable = self.get(rows, self.data.deliverable, what=_("成果"))

    def check(self) -> None:
        self.must_be_draft(self.deliverable.point.plan)
        self.fresh(self.deliverable, self.data.version)

    def change(self) -> Result:
        given = self.data.model_dump(exclude={"deliverable", "version", "standing"}, exclude_none=True)
        after = {k: v for k, v in given.items() if v != ""}
        after["found"] = Found.CONFIRMED if self.data.standing else Found.REJECTED
        return self.set(self.deliverable, after)


class _Marked(base.Input):
    """One thing that was read, as it stood when it was ticked."""

    id: UUID
    version: int


class ConfirmFound(_DraftAction):
    """Say of several things the reader was unsure of that they are what it read, all or none."""

    name = "planning.found.confirm"
    title = lazy("成批确认读出的数与成果")

    class Input(base.Input):
        targets: list[_Marked] = []
        deliverables: list[_Marked] = []

    def load(self) -> None:
        self.marked = {m.id: m.version for m in [*self.data.targets, *self.data.deliverables]}
        self.found: list[Target | Deliverable] = [
            *self.get_all(Target.objects.select_related("point__plan"), [m.id for m in self.data.targets]),
            *self.get_all(Deliverable.objects.select_related("point__plan"), [m.id for m in self.data.deliverables]),
        ]

    def check(self) -> None:
        if not self.found:
            raise self.refuse(_("一处也没有勾选，没有确认。"), next_step=_("请先勾选看过、读得对的。"))
        for row in self.found:
            self.must_be_draft(row.point.plan)
            self.fresh(row, self.marked[row.pk])

    def change(self) -> Result:
        for row in self.found:
            self.set(row, {"found": Found.CONFIRMED})
        return {"found": [str(row.pk) for row in self.found]}


class _Quoted(base.Input):
    point: UUID
    quote: str = Field(min_length=4)
    deadline: date | None = None


class _AddQuoted(_DraftAction, abstract=True):
    """Adds what the reader missed; its quote must stand in the point word for word."""

    def load(self) -> None:
        self.point = self.get(Point.objects.select_related("plan"), self.data.point, what=_("要点"))

    def check(self) -> None:
        self.must_be_draft(self.point.plan)
        self.start = self.point.text.find(self.data.quote)
        if self.start < 0:
            raise self.refuse(
                _("第 %d 点的原文里没有这句话。") % self.point.no,
                "quote",
                _("请从右侧原文中逐字复制，不要改动标点。"),
            )

    def place(self) -> dict[str, Any]:
        end = self.start + len(self.data.quote)
        sentence = next((i for i, (a, b) in enumerate(self.point.sentences) if a <= self.start < b), 0)
        deadline = self.data.deadline or date(self.point.plan.year, 12, 31)
        return {
            "point": self.point,
            "quote": self.data.quote,
            "start": self.start,
            "end": end,
            "sentence": sentence,
            "deadline": deadline,
            "found": Found.ADDED,
        }


class AddTarget(_AddQuoted):
    """Add a number of the plan that the reader missed."""

    name = "planning.target.add"
    title = lazy("补充原文数值")

    class Input(_Quoted):
        subject: str = Field(min_length=2, max_length=120)
        comparator: Comparator
        value: Decimal = Field(max_digits=16, decimal_places=4)
        unit: str = Field(min_length=1, max_length=12)

    def change(self) -> Result:
        d = self.data
        target = Target.objects.create(
            **self.place(), subject=d.subject, comparator=d.comparator, value=d.value, unit=d.unit
        )
        self.log(target, {}, {"quote": target.quote, "value": target.value, "unit": target.unit})
        return {"id": str(target.id)}


class AddDeliverable(_AddQuoted):
    """Add a deliverable of the plan that the reader missed."""

    name = "planning.deliverable.add"
    title = lazy("补充成果")

    class Input(_Quoted):
        title: str = Field(min_length=2, max_length=120)
        kind: DeliverableKind
        finality: Finality = Finality.DONE

    def change(self) -> Result:
        d = self.data
        deliverable = Deliverable.objects.create(**self.place(), title=d.title, kind=d.kind, finality=d.finality)
        self.log(deliverable, {}, {"quote": deliverable.quote, "title": deliverable.title, "kind": deliverable.kind})
        return {"id": str(deliverable.id)}
