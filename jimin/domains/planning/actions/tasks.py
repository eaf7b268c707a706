"""From points to offices: measures, tasks, assignments and stages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Stale
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import ReportingUnit
from jimin.core.sets import update_rows
from jimin.domains.planning.actions.measures import MeasureTarget
from jimin.domains.planning.actions.moving import own_file
from jimin.domains.planning.models import (
    STANDING,
    Assignment,
    Deliverable,
    Finality,
    Plan,
    PlanState,
    Stage,
    StageName,
    Target,
    Task,
)
from jimin.engines.indicators.models import Goal, Shape

__all__ = [
    "Allocate", "CompleteStage", "MeasureTarget", "OpenTasks", "SetStages", "WithdrawAssignment", "usual_stages",
]  # fmt: skip

LEADS = OFFICE | {Role.DEPT_CLERK, Role.DEPT_CHIEF, Role.DIRECT_CLERK, Role.DIRECT_CHIEF}


class OpenTasks(Action):
    """Open the tasks that a plan in force asks for and that are not open yet: one for each measure and deliverable."""

    name = "planning.task.open"
    title = lazy("生成任务清单")
    allowed = OFFICE

    class Input(base.Input):
        plan: UUID

    def load(self) -> None:
        self.plan = self.get(Plan.objects.all(), self.data.plan, what=_("年度要点"))

    def check(self) -> None:
        if self.plan.state != PlanState.IN_FORCE:
            raise self.refuse(_("《%s》还没有定稿。") % self.plan.title, next_step=_("请先定稿，再生成任务。"))

    def change(self) -> Result:
        made = [*self._measures(), *self._deliverables()]
        Task.objects.bulk_create(made)
        for task in made:
            self.log(task, {}, {"title": task.title, "due_on": task.due_on})
            self.emit("planning.task.opened", task, lead=str(task.lead_id))
        return {"tasks": len(made)}

    def _measures(self) -> list[Task]:
        known = set(Task.objects.filter(point__plan=self.plan).values_list("point_id", "indicator_id"))
        found: dict[tuple[UUID, UUID], Task] = {}
        targets = Target.objects.filter(point__plan=self.plan, found__in=STANDING).exclude(indicator=None)
        for target in targets.select_related("point__lead", "indicator").order_by("deadline"):
            point, indicator = target.point, target.indicator
            if indicator is None or point.lead is None or (point.pk, indicator.pk) in known:
                continue
            task = Task(
                point=point, title=indicator.title, lead=point.lead, indicator=indicator, due_on=target.deadline
            )
            found.setdefault((point.pk, indicator.pk), task)
        return list(found.values())

    def _deliverables(self) -> list[Task]:
        rows = Deliverable.objects.filter(point__plan=self.plan, found__in=STANDING, task=None)
        return [
            Task(point=d.point, title=d.title, lead=d.point.lead, deliverable=d, due_on=d.deadline)
            for d in rows.select_related("point__lead")
            if d.point.lead is not None
        ]


class _TaskAction(Action, abstract=True):
    allowed = LEADS

    def load_task(self, pk: UUID) -> Task:
        rows = Task.objects.select_related("point__plan", "lead", "indicator", "deliverable")
        if self.actor.role not in OFFICE:
            rows = rows.filter(lead=self.actor.unit)
        return self.get(rows, pk, what=_("任务"))


SHOWN = 12  # units named when somebody else was faster


def how_given(task: Task) -> str:
    """A mark of how a task stands divided: it changes with every share that is given, changed or withdrawn."""
    rows = task.assignments.filter(withdrawn_on=None).aggregate(n=Count("pk"), versions=Sum("version"))
    return f"{rows['n']}-{rows['versions'] or 0}"


class Allocate(_TaskAction):
    """Give a task to reporting units, each with its share (empty for a task without a number)."""

    name = "planning.task.allocate"
    title = lazy("分解任务到单位")
    risk = lazy("分解数决定各地任务轻重")

    class Share(base.Input):
        unit: str
        goal: Decimal | None = Field(None, ge=0, max_digits=16, decimal_places=4)

    class Input(base.Input):
        task: UUID
        shares: list[Allocate.Share] = Field(min_length=1)
        due_on: date | None = None
        reports_monthly: bool = True
        opened: str = Field("", max_length=40)  # how_given() when the page was opened; empty: not asked

    def load(self) -> None:
        self.task = self.load_task(self.data.task)
        codes = [s.unit for s in self.data.shares]
        self.units = {u.code: u for u in ReportingUnit.objects.filter(code__in=codes, valid_to=None)}

    def check(self) -> None:
        codes = [s.unit for s in self.data.shares]
        missing = sorted(set(codes) - set(self.units))
        if missing:
            raise self.refuse(_("没有报送单位“%s”。") % "、".join(missing), "shares", _("请从单位名单中选择。"))
        twice = sorted({c for c in codes if codes.count(c) > 1})
        if twice:
            raise self.refuse(_("单位“%s”填了两次。") % "、".join(self.units[c].short_name for c in twice), "shares")
        if self.task.closed_on is not None:
            raise self.refuse(_("“%s”已经办结。") % self.task.title)
        if self.data.opened and self.data.opened != how_given(self.task):
            raise self._stale()
        goal = self._goal()
        others = self.task.assignments.filter(withdrawn_on=None).exclude(unit__code__in=codes)
        given = [s.goal for s in self.data.shares if s.goal is not None]
        given += others.exclude(goal=None).values_list("goal", flat=True)
        whole = sum(given, Decimal(0))
        if goal is not None and given and whole < goal.value:
            raise self.refuse(
                _("各单位合计 %(sum)s，少于要点目标 %(goal)s。")
                % {"sum": f"{whole.normalize():f}", "goal": f"{goal.value.normalize():f}"},
                "shares",
                _("请补足差额。"),
            )

    def _stale(self) -> Stale:
        """Somebody else has divided the task since the page was opened; what stands now."""
        rows = self.task.assignments.filter(withdrawn_on=None).select_related("unit").order_by("unit__rank")
        now = [f"{a.unit.short_name} {'—' if a.goal is None else f'{a.goal.normalize():f}'}" for a in rows[:SHOWN]]
        return Stale(
            _("您打开之后，别人已经改了这项任务的分解；您填的没有保存，也没有丢失。现在：%s。") % "、".join(now),
            next_step=_("请对照现在的数核对下面您填的数，再下达一次。"),
        )

    def _goal(self) -> Goal | None:
        """A count of the plan must be covered by the shares; shares of a share or a ratio are not added up."""
        indicator = self.task.indicator
        if indicator is None or indicator.shape != Shape.COUNT:
            return None
        return Goal.objects.filter(indicator=indicator, deadline=self.task.due_on, valid_to=None).first()

    def change(self) -> Result:
        standing = {a.unit_id: a for a in self.task.assignments.filter(withdrawn_on=None).select_for_update()}
        made, changed = [], []
        for share in self.data.shares:
            unit = self.units[share.unit]
            known = standing.get(unit.id)
            if known is None:
                made.append(self._assignment(unit, share.goal))
            elif known.goal != share.goal:
                self.log(known, {"goal": known.goal}, {"goal": share.goal, "version": known.version + 1})
                known.goal, known.version = share.goal, known.version + 1
                changed.append(known)
        Assignment.objects.bulk_create(made, batch_size=1000)
        update_rows(changed, ["goal", "version"])
        for assignment in made:
            self.log(assignment, {}, {"unit": assignment.unit.code, "goal": assignment.goal, "task": self.task.title})
            self.emit("planning.assigned", assignment, unit=str(assignment.unit_id))
        return {"given": len(made), "changed": len(changed)}

    def _assignment(self, unit: ReportingUnit, goal: Decimal | None) -> Assignment:
        return Assignment(
            task=self.task,
            unit=unit,
            goal=goal,
            due_on=self.data.due_on or self.task.due_on,
            reports_monthly=self.data.reports_monthly,
            given_on=clock.business_day(),
            **divisions.columns(unit.jurisdiction),
        )


class WithdrawAssignment(_TaskAction):
    """Take a task back from a unit. Its reports stay; no new ones are asked for."""

    name = "planning.task.withdraw"
    title = lazy("撤回分解任务")

    class Input(base.Input):
        assignment: UUID
        version: int
        reason: str = Field(min_length=2, max_length=200)

    def load(self) -> None:
        rows = Assignment.objects.filter(withdrawn_on=None).select_related("task__lead", "unit")
        if self.actor.role not in OFFICE:
            rows = rows.filter(task__lead=self.actor.unit)
        self.assignment = self.get(rows, self.data.assignment, what=_("分解任务"))

    def check(self) -> None:
        self.fresh(self.assignment, self.data.version)

    def change(self) -> Result:
        self.assignment.withdrawn_on = clock.business_day()
        self.assignment.version += 1
        self.assignment.save(update_fields=["withdrawn_on", "version"])
        self.log(
            self.assignment,
            {},
            {"withdrawn_on": self.assignment.withdrawn_on, "version": self.assignment.version},
            self.data.reason,
        )
        return {"assignment": str(self.assignment.id)}


#: The stages that a deliverable of each kind usually passes; an office may set its own.
USUAL_STAGES: dict[str, tuple[StageName, ...]] = {
    "制度文件": (
        StageName.DRAFT,
        StageName.CONSULT,
        StageName.LEGAL,
        StageName.DECIDE,
        StageName.ISSUE,
        StageName.FILE,
    ),
    "标准/清单": (StageName.DRAFT, StageName.CONSULT, StageName.DECIDE, StageName.ISSUE),
    "规划/评估": (StageName.DRAFT, StageName.CONSULT, StageName.DECIDE, StageName.ISSUE),
}
OTHER_STAGES = (StageName.START, StageName.ORGANISE, StageName.FINISH)


def usual_stages(deliverable: Deliverable) -> tuple[StageName, ...]:
    """The usual stages; what is done once it is started (启动、探索) has one."""
    if deliverable.finality == Finality.STARTED:
        return (StageName.START,)
    return USUAL_STAGES.get(deliverable.kind, OTHER_STAGES)


class SetStages(_TaskAction):
    """Set the stages of a task with their dates. Stages that are done stay as they are."""

    name = "planning.stage.set"
    title = lazy("排定环节与期限")

    class Planned(base.Input):
        name: StageName
        due_on: date

    class Input(base.Input):
        task: UUID
        stages: list[SetStages.Planned] = Field(min_length=1, max_length=12)

    def load(self) -> None:
        self.task = self.load_task(self.data.task)
        self.known = list(self.task.stages.select_for_update().order_by("order"))

    def check(self) -> None:
        if self.task.closed_on is not None:
            raise self.refuse(_("“%s”已经办结。") % self.task.title)
        days = [s.due_on for s in self.data.stages]
        if days != sorted(days):
            raise self.refuse(_("后一环节的期限不能早于前一环节。"), "stages", _("请按先后顺序填写日期。"))
        if days[-1] > self.task.due_on:
            raise self.refuse(
                _("最后环节 %(last)s 晚于任务期限 %(due)s。") % {"last": days[-1], "due": self.task.due_on}, "stages"
            )
        for old, new in zip(self.known, self.data.stages, strict=False):
            if old.done_on is not None and old.name != new.name:
                raise self.refuse(_("“%s”已经完成，不能改成别的环节。") % old.get_name_display(), "stages")
        if len(self.data.stages) < len(self.known):
            raise self.refuse(
                _("已排定 %d 个环节，不能减少。") % len(self.known), "stages", _("可以改期限，或在后面增加。")
            )

    def change(self) -> Result:
        for order, planned in enumerate(self.data.stages):
            if order < len(self.known):
                stage = self.known[order]
                if stage.done_on is not None or (stage.name, stage.due_on) == (planned.name, planned.due_on):
                    continue
                before = {"name": stage.name, "due_on": stage.due_on}
                stage.name, stage.due_on, stage.version = planned.name, planned.due_on, stage.version + 1
                stage.save(update_fields=["name", "due_on", "version"])
                self.log(stage, before, {"name": stage.name, "due_on": stage.due_on, "version": stage.version})
            else:
                stage = Stage.objects.create(task=self.task, order=order, name=planned.name, due_on=planned.due_on)
                self.log(stage, {}, {"name": stage.name, "due_on": stage.due_on})
        return {"task": str(self.task.id)}


class CompleteStage(_TaskAction):
    """Record that a stage is done, with the day and the paper that proves it. The last one closes the task."""

    name = "planning.stage.complete"
    title = lazy("完成环节")

    class Input(base.Input):
        stage: UUID
        version: int
        done_on: date
        paper: UUID | None = None
        paper_no: str = Field("", max_length=60)
        remark: str = Field("", max_length=300)

    def load(self) -> None:
        rows = Stage.objects.select_related("task")
        if self.actor.role not in OFFICE:
            rows = rows.filter(task__lead=self.actor.unit)
        self.stage = self.get(rows, self.data.stage, what=_("环节"))
        self.task = self.get(Task.objects.select_related("deliverable"), self.stage.task_id, what=_("任务"))
        self.paper = own_file(self, self.data.paper, _("佐证"), self.stage)

    def check(self) -> None:
        self.fresh(self.stage, self.data.version)
        if self.stage.done_on is not None:
            raise self.refuse(_("“%s”已经完成。") % self.stage.get_name_display())
        if self.data.done_on > clock.business_day():
            raise self.refuse(_("完成日期不能晚于今天。"), "done_on")
        earlier = self.task.stages.filter(order__lt=self.stage.order, done_on=None).order_by("order").first()
        if earlier is not None:
            raise self.refuse(
                _("前一环节“%s”还没有完成。") % earlier.get_name_display(), next_step=_("请先办理前一环节。")
            )
        if self.stage.name == StageName.ISSUE and not self.data.paper_no:
            raise self.refuse(_("印发须填文号。"), "paper_no", _("例：民发〔年份〕12号。"))

    def change(self) -> Result:
        d = self.data
        after: dict[str, Any] = {"done_on": d.done_on, "paper_no": d.paper_no, "remark": d.remark}
        for name, value in after.items():
            setattr(self.stage, name, value)
        self.stage.paper = self.paper
        self.stage.version += 1
        self.stage.save(update_fields=[*after, "paper", "version"])
        self.log(self.stage, {"done_on": None}, {**after, "version": self.stage.version})
        self.emit("planning.stage.done", self.stage)
        if not self.task.stages.filter(done_on=None).exists():
            self.task.closed_on = d.done_on
            self.task.version += 1
            self.task.save(update_fields=["closed_on", "version"])
            self.log(self.task, {"closed_on": None}, {"closed_on": d.done_on, "version": self.task.version})
        return {"stage": str(self.stage.id), "closed": self.task.closed_on is not None}
