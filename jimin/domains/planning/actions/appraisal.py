"""The yearly appraisal: reckoned by the office's clerk, signed by the chief and the leader in charge, then published."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.domains.planning import appraising, seeing
from jimin.domains.planning.actions.moving import MoveWork
from jimin.domains.planning.flows_office import AppraisalFlow
from jimin.domains.planning.models import Appraisal, AppraisalScore, Plan, PlanState
from jimin.engines.cases import kernel


class ReckonAppraisal(Action):
    """Reckon every unit of a plan until a day, under today's weights. It is a draft until it is signed and published."""

    name = "planning.appraisal.reckon"
    title = lazy("测算年度考核")
    allowed = (Role.OFFICE_CLERK,)
    risk = lazy("截至日和权重影响各单位得分")

    class Input(base.Input):
        plan: UUID
        as_of: date

    def load(self) -> None:
        self.plan = self.get(Plan.objects.all(), self.data.plan, what=_("年度要点"))

    def check(self) -> None:
        if self.plan.state == PlanState.READ:
            raise self.refuse(_("《%s》还没有定稿，没有可考核的任务。") % self.plan.title, "plan")
        if self.data.as_of > clock.business_day():
            raise self.refuse(_("截至日不能晚于今天。"), "as_of")
        if self.data.as_of.year < self.plan.year:
            raise self.refuse(_("截至日早于要点年度。"), "as_of", _("请填 %d 年内或以后的日期。") % self.plan.year)

    def change(self) -> Result:
        weights = appraising.weights()
        appraisal = Appraisal.objects.create(
            plan=self.plan, as_of=self.data.as_of, weights={k: str(w) for k, w in weights.items()}
        )
        reckoned = appraising.reckon(self.plan, self.data.as_of)
        AppraisalScore.objects.bulk_create(
            [
                AppraisalScore(appraisal=appraisal, unit_id=unit, score=r.score(weights), parts=r.parts(weights))
                for unit, r in reckoned.items()
            ],
            batch_size=200,
        )
        self.log(appraisal, {}, {"as_of": appraisal.as_of, "weights": appraisal.weights, "units": len(reckoned)})
        self.emit("planning.appraisal.reckoned", appraisal)
        return {"appraisal": str(appraisal.id), "units": len(reckoned)}


class PublishAppraisal(Action):
    """Send a draft for signing: the chief of 办公室, then the leader in charge. The last signature publishes it."""

    name = "planning.appraisal.publish"
    title = lazy("年度考核送审公布")
    allowed = (Role.OFFICE_CLERK,)

    class Input(base.Input):
        appraisal: UUID
        version: int

    def load(self) -> None:
        self.appraisal = self.get(Appraisal.objects.select_related("plan"), self.data.appraisal, what=_("年度考核"))

    def check(self) -> None:
        self.fresh(self.appraisal, self.data.version)
        if self.appraisal.work_id is not None:
            raise self.refuse(_("这次测算已经送审。"), next_step=_("请在办件里查看进度。"))
        waiting = Appraisal.objects.filter(plan=self.appraisal.plan, published_on=None).exclude(work=None)
        if waiting.exists():
            raise self.refuse(
                _("同一要点有另一次测算正在审签。"), next_step=_("请先办完那一次，或由审签人退回后重新送审。")
            )
        if not self.appraisal.scores.exclude(score=None).exists():
            raise self.refuse(_("没有一个单位有应办事项，不能公布。"), next_step=_("请先下达任务。"))

    def change(self) -> Result:
        opening = kernel.Opening(
            title=f"年度考核：{self.appraisal.plan.title}（截至 {self.appraisal.as_of}）",  # kept in Chinese, as all records
            route=AppraisalFlow.route(),
        )
        (work,) = kernel.open_works(AppraisalFlow.kind, [opening], self.actor)
        self.appraisal.work = work
        self.appraisal.version += 1
        self.appraisal.save(update_fields=["work", "version"])
        kernel.forward([work], self.actor)
        self.log(self.appraisal, {"work": None}, {"work": work.id, "version": self.appraisal.version})
        self.emit("planning.appraisal.sent", self.appraisal)
        return {"appraisal": str(self.appraisal.id)}


class _Appraisal(MoveWork, abstract=True):
    what = lazy("年度考核")

    def rows(self) -> QuerySet[Any]:
        return seeing.appraisals(self.actor).exclude(work=None)

    def change(self) -> Result:
        result = super().change()
        self.record.refresh_from_db(fields=["published_on"])
        if self.record.published_on is not None:
            self.log(self.record, {"published_on": None}, {"published_on": self.record.published_on})
        return result


class SignAppraisal(_Appraisal):
    """Sign an appraisal; the last signature publishes it."""

    name = "planning.appraisal.sign"
    title = lazy("审签年度考核")
    allowed = (Role.OFFICE_CHIEF, Role.DEPT_LEADER)
    risk = lazy("公布后作为奖惩依据")
    stations = ("sign", "leader")


class ReturnAppraisal(_Appraisal):
    """Return an appraisal to the clerk, with the reason."""

    name = "planning.appraisal.return"
    title = lazy("退回年度考核")
    allowed = (Role.OFFICE_CHIEF, Role.DEPT_LEADER)
    stations = ("sign", "leader")

    def move(self) -> None:
        kernel.send_back([self.work], self.actor, self.data.opinion)


class ResendAppraisal(_Appraisal):
    """Send a returned appraisal again, reckoned anew for its day under today's weights."""

    name = "planning.appraisal.resend"
    title = lazy("重新测算并送审")
    allowed = (Role.OFFICE_CLERK,)
    stations = ("reckon",)

    def move(self) -> None:
        weights = appraising.weights()
        reckoned = appraising.reckon(self.record.plan, self.record.as_of)
        old = {s.unit_id: s for s in self.record.scores.select_for_update()}
        for unit, r in reckoned.items():
            score = old.get(unit) or AppraisalScore(appraisal=self.record, unit_id=unit)
            score.score, score.parts = r.score(weights), r.parts(weights)
            score.save()
        for unit in set(old) - set(reckoned):  # it owes nothing any more: no score, no lines
            old[unit].score, old[unit].parts = None, []
            old[unit].save(update_fields=["score", "parts"])
        self.set(self.record, {"weights": {k: str(w) for k, w in weights.items()}})
        super().move()
