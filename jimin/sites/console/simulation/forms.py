"""What is changed: a line for each number that the programme uses, in town and country where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jimin.engines.policy import showing
from jimin.engines.policy.changes import How, used
from jimin.engines.policy.law import InForce
from jimin.engines.policy.parameters import AREAS, Dated, Parameter
from jimin.engines.policy.programmes import Programme
from jimin.engines.policy.showing import Mark
from jimin.engines.policy.units import WORDS, Unit, say
from jimin.engines.simulation import population
from jimin.engines.simulation.actions import outputs
from jimin.sites.console.forms import ActionForm, DateInput

HOWS = {How.PERCENT: _("按百分比"), How.SET: _("改为"), How.FLOOR: _("不低于")}


@dataclass(frozen=True, slots=True)
class Line:
    """A number that can be changed: where it stands in the form, its present value in words, and its mark."""

    name: str
    path: str
    area: str
    title: str
    unit: str
    now: str
    mark: Mark
    cite: str
    href: str
    percent: bool


def lines(law: InForce, programme: Programme, places: Sequence[str]) -> list[Line]:
    """The lines of a programme on a day, in the order of the register; the numbers people ask for most come first."""
    found = []
    for path in used(law, outputs(programme)):
        parameter = law.parameters.items[path]
        for area in AREAS if parameter.by_area else ("",):
            values = at_places(parameter, law.day, places, area)
            marks = showing.mark(v for v in values if v is not None)
            found.append(
                Line(
                    f"{path}:{area}", path, area, parameter.title + (f"（{area}）" if area else ""),
                    WORDS[parameter.unit], now(parameter, values), marks, str(parameter.values[0].cite),
                    reverse("console:parameter", args=[programme.domain.name, path]),
                    parameter.unit in (Unit.MONEY, Unit.RATIO),
                )
            )  # fmt: skip
    own = programme.domain.name and programme.name.rpartition(".")[2]
    return sorted(found, key=lambda line: not line.path.startswith(f"{own}."))


def at_places(parameter: Parameter, day: date, places: Iterable[str], area: str) -> list[Dated | None]:
    """The value in force at each place (once where it is the same everywhere)."""
    if not parameter.is_scoped:
        return [parameter.at(day)]
    return [parameter.at(day, place, area) for place in places]


def now(parameter: Parameter, values: Sequence[Dated | None]) -> str:
    """The present value in words: one, or from … to …; 未定 where a place has none."""
    known = sorted({v.value for v in values if v is not None and v.value is not None})
    words = "—".join(dict.fromkeys(say(parameter.unit, v) for v in (known[:1] + known[-1:])))
    if not known:
        return str(_("未定"))
    unset = any(v is None or v.value is None for v in values)
    return words + (str(_("，有的地方未定")) if unset else "")


class ScenarioForm(ActionForm):
    """The scenario's head; its lines are added by the programme."""

    name = forms.CharField(label=_("方案名称"), max_length=60, min_length=2)
    day = forms.DateField(label=_("依据哪一天的法"), widget=DateInput)
    population = forms.ChoiceField(label=_("测算数据"))

    def __init__(self, *args: Any, programme: Programme, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        self.fields["population"].choices = [(p.id, p.title) for p in population.available(programme.domain)]  # type: ignore[attr-defined]
        for line in self.lines:
            hows = [(h.value, w) for h, w in HOWS.items() if line.percent or h is not How.PERCENT]
            how = forms.ChoiceField(label=_("怎么改"), choices=hows, required=False)
            how.widget.attrs |= {"aria-label": f"{line.title} {_('怎么改')}", "class": "auto"}
            self.fields[f"how:{line.name}"] = how
            self.fields[line.name] = forms.DecimalField(
                label=line.title, required=False, max_digits=14, decimal_places=4
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines with their bound fields."""
        return [{"line": x, "how": self[f"how:{x.name}"], "value": self[x.name]} for x in self.lines]

    @property
    def head(self) -> list[Any]:
        return [self[name] for name in ("name", "day", "population")]

    def payload(self) -> dict[str, Any]:
        """The action's input: the lines in which something was typed."""
        given = self.cleaned_data
        changes = [
            {"path": x.path, "how": given[f"how:{x.name}"] or How.SET, "value": given[x.name], "area": x.area}
            for x in self.lines
            if given.get(x.name) is not None
        ]
        return {**{name: given[name] for name in ("name", "day", "population")}, "changes": changes}
