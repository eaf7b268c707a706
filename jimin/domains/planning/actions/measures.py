"""How a number of the plan is measured: the indicator, its source, and the plan's own goal."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import OFFICE
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.domains.planning.models import STANDING, PlanState, Target
from jimin.engines.indicators.models import Goal, Indicator, Method, Over, Shape
from jimin.engines.indicators.sources import LISTS, SOURCES


class MeasureTarget(Action):
    """Say how a number of the plan is measured: the indicator, and with it the plan's own goal."""

    name = "planning.target.measure"
    title = lazy("设定指标口径")
    allowed = OFFICE

    class Input(base.Input):
        target: UUID
        code: str = Field(pattern=r"^[a-z0-9_.]{3,60}$")
        title: str = Field(min_length=2, max_length=120)
        definition: str = ""
        shape: Shape
        unit: str = Field(min_length=1, max_length=12)
        numerator_title: str = Field(min_length=1, max_length=120)
        denominator_title: str = Field("", max_length=120)
        denominator_list: str = ""
        method: Method
        computation: str = ""
        rows_of: str = ""  # code of the indicator whose ledger rows are counted
        over: Over = Over.STOCK
        note: str = ""

    def load(self) -> None:
        self.target = self.get(Target.objects.select_related("point__plan"), self.data.target, what=_("原文数值"))
        self.indicator = Indicator.objects.select_for_update().filter(code=self.data.code).first()
        self.goal_before: Goal | None = None
        self.rows_of = Indicator.objects.filter(code=self.data.rows_of).first() if self.data.rows_of else None

    def check(self) -> None:
        d = self.data
        if self.target.found not in STANDING:
            raise self.refuse(_("这一处还没有确认是要点的数，不能设指标。"), "target")
        if self.target.goal_id is not None:
            raise self.refuse(_("第 %d 点的这个数已经设过指标。") % self.target.point.no, "target")
        if d.denominator_list and d.denominator_list not in LISTS:
            raise self.refuse(
                _("没有名为“%s”的分母名单。") % d.denominator_list, "denominator_list", _("可选：%s") % "、".join(LISTS)
            )
        if d.rows_of and self.rows_of is None:
            raise self.refuse(_("没有代码为“%s”的指标可共用台账。") % d.rows_of, "rows_of")
        if d.shape == Shape.SHARE and not d.denominator_title:
            raise self.refuse(_("占比必须写明分母是什么。"), "denominator_title")
        self._check_method()
        self._check_known()

    def _check_method(self) -> None:
        d = self.data
        computations = [name for name in SOURCES if name != Method.REPORTED]
        if d.method == Method.COMPUTED and d.computation not in computations:
            raise self.refuse(
                _("没有名为“%s”的计算。") % d.computation, "computation", _("可选：%s") % "、".join(computations)
            )
        if d.method == Method.REPORTED and d.computation:
            raise self.refuse(_("填报的指标不用计算。"), "computation", _("请留空，或把来源方式改为系统计算。"))
        if d.over == Over.FLOW and d.computation and SOURCES[d.computation].stock_only:
            raise self.refuse(
                _("这种计算得出的是累计到当月的数，不能再按月相加。"), "over", _("请把时间口径改为时点数。")
            )
        if d.over == Over.FLOW and d.denominator_list:
            raise self.refuse(
                _("累计数的分母也按月相加，不能用名单作分母。"), "denominator_list", _("请把时间口径改为时点数。")
            )

    def _check_known(self) -> None:
        """An indicator that exists keeps its definition, and one day has one goal."""
        if self.indicator is None:
            return
        for name in ("shape", "unit", "method", "over", "computation", "denominator_list"):
            if getattr(self.indicator, name) != getattr(self.data, name):
                raise self.refuse(
                    _("指标“%(code)s”已有口径，这里填的“%(name)s”和它不一致。")
                    % {"code": self.data.code, "name": name},
                    name,
                    _("请按原口径填写，或另取一个代码。"),
                )
        self.goal_before = self.indicator.goals.filter(deadline=self.target.deadline, valid_to=None).first()
        holder = Target.objects.filter(goal=self.goal_before).select_related("point__plan").first()
        if self.goal_before is not None and holder is not None and self._still_rules(holder):
            raise self.refuse(
                _("“%(title)s”到 %(day)s 的目标已由《%(plan)s》第 %(no)d 点设定。")
                % {"title": self.indicator.title, "day": self.target.deadline, "plan": holder.point.plan.title, "no": holder.point.no},
                "code",
                _("请先定稿替换原要点，或另取一个指标代码。"),
            )  # fmt: skip

    def _still_rules(self, holder: Target) -> bool:
        plan = holder.point.plan
        return plan.pk == self.target.point.plan_id or plan.state == PlanState.IN_FORCE

    def change(self) -> Result:
        fields = {**self.data.model_dump(exclude={"target"}), "rows_of": self.rows_of}
        if self.indicator is None:
            self.indicator = Indicator.objects.create(**fields)
            self.log(self.indicator, {}, {k: str(v) for k, v in fields.items() if v})
        if self.goal_before is not None:
            old = self.goal_before  # a replaced plan's: it was the goal until today
            old.valid_to, old.version = clock.business_day(), old.version + 1
            old.save(update_fields=["valid_to", "version"])
            self.log(old, {"valid_to": None}, {"valid_to": old.valid_to, "version": old.version})
        plan = self.target.point.plan
        goal = Goal.objects.create(
            indicator=self.indicator,
            comparator=self.target.comparator,
            value=self.target.value,
            deadline=self.target.deadline,
            from_plan=True,
            source=f"{plan.document_no or plan.title} 第{self.target.point.no}点",
        )
        self.log(goal, {}, {"value": goal.value, "deadline": goal.deadline, "source": goal.source})
        self.target.indicator, self.target.goal = self.indicator, goal
        self.target.version += 1
        self.target.save(update_fields=["indicator", "goal", "version"])
        self.log(self.target, {}, {"indicator": self.indicator.code, "version": self.target.version})
        return {"indicator": str(self.indicator.id)}
