"""How a fact is asked: its words once, for the estimate of a passer-by and for an application form alike.

A fact that few people have is ticked in a list first (`Question.tick`): whoever does not tick it has said `absent`, and
is asked no more. “Not sure” is an answer everywhere and leaves the fact unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from jimin.engines.policy.formulas import Rules
from jimin.engines.policy.law import InForce
from jimin.engines.policy.programmes import Programme
from jimin.engines.policy.scalar import Answer, Need, OneHousehold, Op
from jimin.engines.policy.units import Stored
from jimin.engines.policy.values import Row, Value, walk

Words = str | Promise
LAW = "law."


@dataclass(frozen=True, slots=True)
class Question:
    """The words of one fact.

    `name` stands in lists (每月工资); `ask` is the question; `unit` follows the field; `choices` are the words of each
    value it may have. `tick`: its words in a list to be ticked, or the words of each value that can be ticked; `absent`
    is what it is when it was not ticked. `parts`: facts that are typed apart and belong to the sum of this one.
    """

    name: Words
    ask: Words
    help: Words = ""
    unit: Words = ""
    choices: Mapping[Stored, Words] = field(default_factory=dict)
    tick: Words | Mapping[Stored, Words] = ""
    absent: Stored = None
    parts: tuple[str, ...] = ()
    may_be_negative: bool = False

    @property
    def ticks(self) -> Mapping[Stored, Words]:
        """What can be ticked: value → words; None is “there is one”, to be asked for afterwards (True for yes or no)."""
        if isinstance(self.tick, Mapping):
            return self.tick
        if not self.tick:
            return {}
        return {True if isinstance(self.absent, bool) else None: self.tick}


@dataclass(frozen=True, slots=True)
class Screen:
    """Questions that are asked together: of the household, of one person after another, or (`together`) of all at once."""

    key: str
    title: Words
    facts: tuple[str, ...]
    row: Row = "household"
    help: Words = ""
    is_list: bool = False  # its facts are ticked
    together: bool = False


class Asking(OneHousehold):
    """Reads as any other, but names only what an answer could still settle.

    Beside a number that nobody has set (a standard of the place), the household's own facts settle nothing.
    """

    def _strict(self, op: Op, given: list[Answer]) -> Answer:
        return _hopeless(given) or super()._strict(op, given)

    def _over_members(self, op: str, each: Value) -> Answer:
        answer = super()._over_members(op, each)
        if answer.value is None and op in ("sum", "count"):
            return _hopeless([self._read(each, i) for i in range(len(self.household.members))]) or answer
        return answer


def _hopeless(given: list[Answer]) -> Answer | None:
    """The answer that no fact can help to: one of its parts waits for the law alone."""
    stuck = [a for a in given if a.value is None and a.missing and all(n.name.startswith(LAW) for n in a.missing)]
    return Answer(None, tuple(dict.fromkeys(n for a in stuck for n in a.missing))) if stuck else None


def members_of(programme: Programme, reading: OneHousehold) -> list[int | None]:
    """Of whom a programme is asked: the household (None), or each person."""
    return [None] if programme.row == "household" else list(range(len(reading.household.members)))


def needs(reading: Asking, programmes: list[Programme]) -> dict[Need, None]:
    """What is still to be known, parameters aside: for what is open the decision, for what is yes the amount."""
    found: dict[Need, None] = {}
    for programme in programmes:
        for member in members_of(programme, reading):
            answer = reading.ask(programme.decision, member)
            if answer.value and programme.amount:
                answer = reading.ask(programme.amount, member)
            if answer.value is None:
                found |= dict.fromkeys(n for n in answer.missing if not n.name.startswith(LAW))
    return found


def facts_of(law: InForce, programme: Programme) -> set[str]:
    """Every fact that a programme's decision and amount stand on."""
    used = set[str]().union(*(law.used_by(v) for v in filter(None, (programme.decision, programme.amount))))
    return {n.args[0] for name in used for n in walk(law.variables[name].node) if n.op == "input"}


def faults(rules: Rules, questions: Mapping[str, Question], screens: tuple[Screen, ...]) -> Iterator[str]:
    """What is wrong with a set of questions: a fact without words, a value without words, a fact that no screen asks."""
    facts = rules.persons | rules.households
    asked = {name for s in screens for name in s.facts}
    for name, fact in facts.items():
        question = questions.get(name)
        if question is None:
            yield f"{name} 没有问法"
        elif set(fact.options) - set(question.choices):
            yield f"{name} 的选项没有说法：{'、'.join(sorted(set(fact.options) - {str(c) for c in question.choices}))}"
        elif name not in asked:
            yield f"{name} 没有排进哪一屏"
    yield from (f"没有名为 {name} 的事实" for name in [*questions, *asked] if name not in facts)
