"""The reasons of one household as a tree, taken from the reading that gave the answer: nothing is worked out twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from jimin.engines.policy.formulas import Cite, Ground
from jimin.engines.policy.parameters import Dated, Parameter
from jimin.engines.policy.scalar import AREA, DIVISION, MEMBERS, Answer, Need, OneHousehold, Step
from jimin.engines.policy.units import Stored, Unit, say

Kind = Literal["var", "input", "param"]
PLACE = {DIVISION: "户籍所在县（市、区）", AREA: "城镇还是农村", MEMBERS: "家庭成员"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree: a formula, a fact or a parameter, what it came to, and what it stands on."""

    kind: Kind
    name: str
    title: str
    who: str  # a member's name, or ""
    value: Stored
    unit: Unit
    cite: Cite | None = None
    dated: Dated | None = None
    missing: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    repeated: bool = False  # told in full further up

    @property
    def said(self) -> str:
        return say(self.unit, self.value)


@dataclass(frozen=True, slots=True)
class Reason:
    """A ground of a decision: does it stand in the way (False: yes), or is it not known (None)?"""

    ground: Ground
    met: bool | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """符合 (True), 不符合 (False) or 资料不足 (None), with every ground and what is missing."""

    name: str
    title: str
    answer: bool | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = field(default=())

    @property
    def against(self) -> list[Reason]:
        """The grounds of refusal."""
        return [r for r in self.reasons if r.met is False]

    @property
    def open(self) -> list[Reason]:
        """The grounds that cannot be judged yet."""
        return [r for r in self.reasons if r.met is None]


def decide(reading: OneHousehold, name: str, member: int | None = None) -> Decision:
    """A decision with all its grounds at once. Raises KeyError for a name that is none."""
    variable = reading.law.variables[name]
    answer = reading.ask(name, member)
    answers = reading.grounds(name, member)
    reasons = (Reason(g, bool_of(a), words(reading, a.missing)) for g, a in zip(variable.grounds, answers, strict=True))
    return Decision(name, variable.formula.title, bool_of(answer), tuple(reasons), words(reading, answer.missing))


def bool_of(answer: Answer) -> bool | None:
    """The answer of a condition."""
    return None if answer.value is None else bool(answer.value)


def words(reading: OneHousehold, needs: tuple[Need, ...]) -> tuple[str, ...]:
    """What is missing, as people say it: 李明的月工资性收入."""
    return tuple(dict.fromkeys(_word(reading, need) for need in needs))


def _word(reading: OneHousehold, need: Need) -> str:
    if need.name.startswith("law."):
        return f"参数“{reading.law.parameters.items[need.name[4:]].title}”"
    if need.name in PLACE:
        return PLACE[need.name]
    title = reading.law.input(need.name).title
    return title if need.member is None else f"{reading.household.members[need.member].name}的{title}"


def tree(reading: OneHousehold, name: str, member: int | None = None) -> Line:
    """The reasons of a variable that was asked."""
    reading.ask(name, member)
    return _variable(reading, name, member, set())


def _variable(reading: OneHousehold, name: str, member: int | None, seen: set[tuple[str, int | None]]) -> Line:
    variable, told = reading.law.variables[name], reading.told[name, member]
    repeated = (name, member) in seen
    seen.add((name, member))
    lines = () if repeated else tuple(_step(reading, step, seen) for step in dict.fromkeys(told.steps))
    return Line(
        "var",
        name,
        variable.formula.title,
        _who(reading, member),
        told.answer.value,
        variable.unit,
        variable.formula.cite,
        missing=words(reading, told.answer.missing),
        lines=lines,
        repeated=repeated and bool(told.steps),
    )


def _step(reading: OneHousehold, step: Step, seen: set[tuple[str, int | None]]) -> Line:
    if step.kind == "var":
        return _variable(reading, step.name, step.member, seen)
    if step.kind == "param":
        parameter: Parameter = reading.law.parameters.items[step.name]
        cite = step.dated.cite if step.dated else None
        return Line("param", step.name, parameter.title, "", step.value, parameter.unit, cite, step.dated)
    fact = reading.law.input(step.name)
    return Line("input", step.name, fact.title, _who(reading, step.member), step.value, fact.unit)


def _who(reading: OneHousehold, member: int | None) -> str:
    return "" if member is None else reading.household.members[member].name


def text(line: Line, depth: int = 0) -> Iterator[str]:
    """The tree as lines of text, for the command line."""
    who = f"〔{line.who}〕" if line.who else ""
    end = f"  {line.cite}" if line.cite else ""
    if line.kind == "param" and line.dated:
        place = f"，{line.dated.division}{line.dated.area}" if line.dated.division or line.dated.area else ""
        end = f"  {line.cite}，自 {line.dated.since}{place}{'' if line.dated.verified else '，参数未核实'}"
    if line.missing:
        end += f"  缺：{'、'.join(line.missing)}"
    mark = {"var": "", "input": "· ", "param": "§ "}[line.kind]
    yield f"{'  ' * depth}{mark}{line.title}{who} = {line.said}{end}{'（见上）' if line.repeated else ''}"
    for each in line.lines:
        yield from text(each, depth + 1)
