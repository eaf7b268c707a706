"""One household, with every reason: the graph read value by value, lazily, so that only what was used is told or missed.

Unknown is a third answer (Kleene): false & unknown is false, and blames nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from jimin.engines.policy.law import InForce
from jimin.engines.policy.parameters import Dated
from jimin.engines.policy.units import ONE, Stored
from jimin.engines.policy.values import AGGREGATES, Value

MEMBERS, DIVISION, AREA = "members", "division", "area"


class Need(NamedTuple):
    """Something that is not known: a fact of a member (its number) or of the household (None), or "law.…" for a parameter."""

    name: str
    member: int | None = None


class Answer(NamedTuple):
    """A value, or None with what is missing."""

    value: Stored
    missing: tuple[Need, ...] = ()


class Step(NamedTuple):
    """One thing that a variable used: kind is var, input or param."""

    kind: str
    name: str
    member: int | None
    value: Stored
    dated: Dated | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the household: a name to speak of, and the facts as they are kept (units.store)."""

    name: str
    facts: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class Household:
    """A household: its place (county, six digits), 城镇 or 农村, its facts and its members."""

    facts: Mapping[str, Stored]
    members: Sequence[Member]
    division: str | None
    area: str | None = None


@dataclass
class Told:
    """What one variable came to, and what it used on the way."""

    answer: Answer
    steps: list[Step] = field(default_factory=list)


Op = Callable[..., Stored]


def _years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


#: Operators that are unknown as soon as an argument is.
STRICT: dict[str, Op] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "exact": lambda a: a * ONE,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "not": lambda a: not a,
    "up": lambda a, step: -(-a // step) * step // ONE,
    "down": lambda a, step: a // step * step // ONE,
    "half": lambda a, step: (2 * a + step) // (2 * step) * step // ONE,
    "portion": lambda a, part, whole: a * part // whole if whole else 0,
    "years": _years,
    "months": _months,
}


class OneHousehold:
    """Reads one household under the law of a day. Lazy: ask for a variable, and only what it needs is read."""

    def __init__(self, law: InForce, household: Household) -> None:
        self.law, self.household = law, household
        self.told: dict[tuple[str, int | None], Told] = {}
        self._steps: list[Step] = []

    def ask(self, name: str, member: int | None = None) -> Answer:
        """The answer of a variable (of one member, for a person's). Raises KeyError for an unknown name."""
        variable = self.law.variables[name]
        key = (name, member if variable.row == "person" else None)
        known = self.told.get(key)
        if known is None:
            outer, self._steps = self._steps, []
            answer = self._read(variable.node, key[1])
            known = self.told[key] = Told(Answer(answer.value, tuple(dict.fromkeys(answer.missing))), self._steps)
            self._steps = outer
        self._steps.append(Step("var", name, key[1], known.answer.value))
        return known.answer

    def grounds(self, name: str, member: int | None = None) -> list[Answer]:
        """Each condition of a decision, in the order of its grounds."""
        outer, self._steps = self._steps, []
        answers = [self._read(c, member) for c in self.law.variables[name].node.args]
        self._steps = outer
        return answers

    # -- the reading ------------------------------------------------------------------------------------------
    def _read(self, node: Value, member: int | None) -> Answer:
        op = node.op
        if op in STRICT:
            return self._strict(STRICT[op], [self._read(a, member) for a in node.args])
        if op in AGGREGATES:
            return self._over_members(op, node.args[0])
        return getattr(self, f"_{op}")(node, member)  # type: ignore[no-any-return]

    def _strict(self, op: Op, given: list[Answer]) -> Answer:
        missing = tuple(need for a in given if a.value is None for need in a.missing)
        if any(a.value is None for a in given):
            return Answer(None, missing)
        return Answer(op(*(a.value for a in given)))

    def _const(self, node: Value, member: int | None) -> Answer:
        return Answer(node.args[0])

    def _day(self, node: Value, member: int | None) -> Answer:
        return Answer(self.law.day)

    def _var(self, node: Value, member: int | None) -> Answer:
        return self.ask(node.args[0], member)

    def _of(self, node: Value, member: int | None) -> Answer:
        return self._read(node.args[0], None)

    def _input(self, node: Value, member: int | None) -> Answer:
        name = node.args[0]
        who = member if node.row == "person" else None
        facts = self.household.facts if who is None else self.household.members[who].facts
        value = facts.get(name)
        self._steps.append(Step("input", name, who, value))
        return Answer(value) if value is not None else Answer(None, (Need(name, who),))

    def _param(self, node: Value, member: int | None) -> Answer:
        path = node.args[0]
        parameter = self.law.parameters.items[path]
        place = self.household.division, self.household.area
        if parameter.is_scoped:  # the place itself can be what is not known
            needs = [Need(DIVISION)] if place[0] is None else []
            needs += [Need(AREA)] if parameter.by_area and place[1] is None else []
            if needs:
                return Answer(None, tuple(needs))
        dated = parameter.at(self.law.day, place[0] or "", place[1] or "")
        value = dated.value if dated else None
        self._steps.append(Step("param", path, None, value, dated))
        return Answer(value) if value is not None else Answer(None, (Need(f"law.{path}"),))

    def _isin(self, node: Value, member: int | None) -> Answer:
        given = self._read(node.args[0], member)
        return given if given.value is None else Answer(given.value in node.args[1])

    def _and(self, node: Value, member: int | None) -> Answer:
        return self._until(node, member, stop=False)

    def _or(self, node: Value, member: int | None) -> Answer:
        return self._until(node, member, stop=True)

    def _until(self, node: Value, member: int | None, stop: bool) -> Answer:
        first = self._read(node.args[0], member)
        if first.value is stop:
            return first
        second = self._read(node.args[1], member)
        if second.value is stop:
            return second
        if first.value is None or second.value is None:
            return Answer(None, first.missing + second.missing)
        return second

    def _choose(self, node: Value, member: int | None) -> Answer:
        when = self._read(node.args[0], member)
        if when.value is None:
            return when
        return self._read(node.args[1] if when.value else node.args[2], member)

    def _decide(self, node: Value, member: int | None) -> Answer:
        """Every condition is read, so that all grounds are told at once."""
        answers = [self._read(c, member) for c in node.args]
        if any(a.value is False for a in answers):
            return Answer(False)
        missing = tuple(need for a in answers for need in a.missing)
        return Answer(None, missing) if any(a.value is None for a in answers) else Answer(True)

    def _over_members(self, op: str, each: Value) -> Answer:
        if not self.household.members:  # a household in which nobody is known is not one with an income of 0
            return Answer(None, (Need(MEMBERS),))
        answers = [self._read(each, i) for i in range(len(self.household.members))]
        values: list[Any] = [a.value for a in answers]
        if op == "any" and True in values:
            return Answer(True)
        if op == "all" and False in values:
            return Answer(False)
        if None in values:
            return Answer(None, tuple(need for a in answers for need in a.missing))
        return Answer(sum(values) if op in ("sum", "count") else op == "all")
