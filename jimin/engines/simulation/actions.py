"""Saving a scenario, which the worker then reckons, and keeping what came out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core.access.roles import CITY, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions import api as divisions
from jimin.engines.policy import changes, programmes, register
from jimin.engines.policy.changes import Change, How
from jimin.engines.policy.errors import RuleError
from jimin.engines.simulation import population
from jimin.engines.simulation.limits import bounds, limits
from jimin.engines.simulation.models import Scenario, ScenarioOutcome

#: Who reckons scenarios: the department and the 市（州） bureaux, whose level sets the parameters.
WRITERS = frozenset({Role.DEPT_CLERK, Role.DEPT_CHIEF, Role.DEPT_LEADER, *CITY})


class OneChange(base.Input):
    """One change as it is typed."""

    path: str = Field(max_length=80)
    how: How
    value: Decimal = Field(max_digits=14, decimal_places=4, allow_inf_nan=False)
    area: str = Field("", max_length=2)

    def change(self) -> Change:
        return Change(self.path, self.how, self.value, self.area)


def outputs(programme: programmes.Programme) -> list[str]:
    """What a programme is asked for: its decision, and its amount when it has one."""
    return [name for name in (programme.decision, programme.amount) if name]


class SaveScenario(Action):
    """Save a scenario for the own place; the worker reckons it. What was saved is never changed."""

    name = "simulation.save"
    title = lazy("保存测算方案")
    allowed = WRITERS

    class Input(base.Input):
        programme: str = Field(max_length=60)
        name: str = Field(min_length=2, max_length=60)
        day: date
        population: str = Field(max_length=120)
        changes: list[OneChange]

    def check(self) -> None:
        if len(self.data.changes) > limits()["most_changes"]:
            raise self.refuse(_("一个方案最多改 %d 处。") % limits()["most_changes"], "changes")
        self.place = divisions.province().code if self.actor.unit.is_provincial else self.actor.unit.jurisdiction
        if not self.place:
            raise self.refuse(_("您单位没有管辖的区划，不能测算。"), next_step=_("请由省厅或市（州）局测算。"))
        try:
            programme = programmes.get(self.data.programme)
            self.population = population.find(programme.domain, self.data.population)
            law = register.in_force(programme.domain.name, self.data.day)
            if programme.decision not in law.variables:
                raise RuleError(f"{self.data.day} 还没有“{programme.title}”的规则", then="请选晚一些的日期")
            changes.check(law, outputs(programme), [c.change() for c in self.data.changes], bounds())
        except RuleError as error:
            raise self.refuse(said(error), error.where) from None

    def change(self) -> Result:
        from jimin.engines.simulation.work import hand_over

        given = self.data.model_dump(mode="json")
        made = Scenario.objects.create(
            programme=self.data.programme, name=self.data.name, day=self.data.day, changes=given["changes"],
            population=self.population.id, synthetic=self.population.synthetic, place=self.place,
            unit=self.actor.unit, account=self.actor.account, by=self.actor.label, **divisions.columns(self.place),
        )  # fmt: skip
        self.log(made, {}, {**given, "place": self.place})
        hand_over(made.pk)
        return {"scenario": str(made.pk)}


class KeepOutcome(Action):
    """Keep what a scenario came to. The worker's own hand; a second time changes nothing."""

    name = "simulation.outcome"
    title = lazy("登记测算结果")
    allowed = (Role.OPERATOR,)

    class Input(base.Input):
        scenario: UUID
        result: dict[str, Any] = Field(default_factory=dict)
        failure: str = Field("", max_length=500)
        rules: str = Field("", max_length=64)
        numbers: str = Field("", max_length=64)
        parameters: list[dict[str, Any]] = Field(default_factory=list)
        seconds: float = Field(0, ge=0)

    def load(self) -> None:
        self.scenario = self.get(Scenario.objects.all(), self.data.scenario, lock=False)

    def change(self) -> Result:
        given = self.data.model_dump(exclude={"scenario"})
        made, fresh = ScenarioOutcome.objects.get_or_create(scenario=self.scenario, defaults=given)
        if fresh:
            shown = {k: given[k] for k in ("failure", "rules", "numbers", "seconds")}
            self.log(made, {}, {"scenario": str(self.scenario.pk), **shown})
        return {"outcome": str(made.pk)}


def said(error: RuleError) -> str:
    """A refusal of the rules without the place in a file: what is wrong, what is allowed, what next."""
    allowed = _("；可用：%s") % error.allowed if error.allowed else ""
    return f"{error.found}{allowed}。{error.then}"


__all__ = ["WRITERS", "KeepOutcome", "SaveScenario", "outputs", "said"]
