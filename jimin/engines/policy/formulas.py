"""What a domain declares: the facts it asks for, its formulas with their articles, its decisions with their grounds.

rules = Rules(persons={"born": when("出生日期"), "wage": money("月工资性收入")}, households={…})
person, household, decision = rules.person, rules.household, rules.decision

@household(MONEY, DB57("第十三条"))
def income(h, law):
    "家庭月收入"
    return total(m.counted_income for m in h.members)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import Row

FIRST, LAST = date.min, date.max


@dataclass(frozen=True, slots=True)
class Cite:
    """An article of a text of the register: DB57("第七条")."""

    text: str
    article: str

    def __str__(self) -> str:
        return f"{self.text} {self.article}"


@dataclass(frozen=True, slots=True)
class LawText:
    """The key of a text in the register of regulations; called with an article it cites it."""

    key: str

    def __call__(self, article: str) -> Cite:
        return Cite(self.key, article)


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a decision is refused: the words the household reads, and the article."""

    words: str
    cite: Cite

    @property
    def code(self) -> str:
        return self.words


def no(words: str, cite: Cite) -> Ground:
    """A ground of refusal: `no("人均收入不低于标准", DB57("第四条")): h.income_below_line`."""
    return Ground(words, cite)


@dataclass(frozen=True, slots=True)
class Input:
    """A fact about a person or a household: its words, its unit, and the only texts it may hold."""

    title: str
    unit: Unit
    options: tuple[str, ...] = ()
    note: str = ""  # what it counts and what not, for the one who is asked


def money(title: str, note: str = "") -> Input:
    """An amount, yuan a month unless its title says otherwise."""
    return Input(title, Unit.MONEY, note=note)


def number(title: str, note: str = "") -> Input:
    """A count."""
    return Input(title, Unit.COUNT, note=note)


def whether(title: str, note: str = "") -> Input:
    """Yes or no."""
    return Input(title, Unit.BOOL, note=note)


def when(title: str, note: str = "") -> Input:
    """A date."""
    return Input(title, Unit.DATE, note=note)


def one_of(title: str, *options: str, note: str = "") -> Input:
    """One of these texts."""
    return Input(title, Unit.TEXT, options, note)


def years(title: str, note: str = "") -> Input:
    """A number of years."""
    return Input(title, Unit.YEARS, note=note)


def months(title: str, note: str = "") -> Input:
    """A number of months."""
    return Input(title, Unit.MONTHS, note=note)


Body = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """One dated text of one variable."""

    name: str
    title: str
    row: Row
    unit: Unit
    cite: Cite
    since: date
    until: date
    body: Body
    is_decision: bool = False
    note: str = ""

    @property
    def place(self) -> str:
        """File and line, for errors and links."""
        code = self.body.__code__
        return f"{self.body.__module__.replace('.', '/')}.py:{code.co_firstlineno}"

    def in_force(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass
class Rules:
    """A rule set: the facts about persons and households, and the formulas over them.

    `begins` is the first day it can speak of: an earlier one had another law, and is refused.
    """

    persons: dict[str, Input]
    households: dict[str, Input]
    begins: date = FIRST
    formulas: dict[str, list[Formula]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        both = set(self.persons) & set(self.households)
        if both:
            raise RuleError(f"个人和家庭的事实重名：{'、'.join(sorted(both))}", then="请改其中一个")

    def person(self, unit: Unit, cite: Cite, **dates: Any) -> Callable[[Body], Body]:
        """Declare a formula about one person. Keywords: since, until (ISO dates), name (for an older text)."""
        return self._declare("person", unit, cite, **dates)

    def household(self, unit: Unit, cite: Cite, **dates: Any) -> Callable[[Body], Body]:
        """Declare a formula about a household."""
        return self._declare("household", unit, cite, **dates)

    def decision(self, cite: Cite, **dates: Any) -> Callable[[Body], Body]:
        """Declare a decision on a household: {no(words, article): condition}. It is yes when every condition holds."""
        return self._declare("household", Unit.BOOL, cite, is_decision=True, **dates)

    def personal(self, cite: Cite, **dates: Any) -> Callable[[Body], Body]:
        """Declare a decision on one person."""
        return self._declare("person", Unit.BOOL, cite, is_decision=True, **dates)

    def _declare(
        self,
        row: Row,
        unit: Unit,
        cite: Cite,
        since: str = "",
        until: str = "",
        name: str = "",
        is_decision: bool = False,
    ) -> Callable[[Body], Body]:
        def add(body: Body) -> Body:
            title, _, note = (body.__doc__ or "").strip().partition("\n")
            formula = Formula(
                name or body.__name__,
                title.strip(),
                row,
                unit,
                cite,
                date.fromisoformat(since) if since else FIRST,
                date.fromisoformat(until) if until else LAST,
                body,
                is_decision,
                " ".join(note.split()),
            )
            self._check(formula)
            self.formulas.setdefault(formula.name, []).append(formula)
            return body

        return add

    def _check(self, formula: Formula) -> None:
        if not formula.title or not isinstance(formula.cite, Cite):
            raise RuleError(
                f"{formula.name} 没有名称或出处", where=formula.place, then="请写一行说明（docstring）和条文"
            )
        if formula.unit is Unit.EXACT:
            raise RuleError(
                f"{formula.name} 的结果还没有取整", where=formula.place, then="请用 round_up、round_down 或 round_half"
            )
        if formula.name in self.persons or formula.name in self.households:
            raise RuleError(f"“{formula.name}”已是一项事实", where=formula.place, then="请给公式另起一个名称")
        for other in self.formulas.get(formula.name, []):
            if other.since <= formula.until and formula.since <= other.until:
                both = max(other.since, formula.since)
                raise RuleError(
                    f"{formula.name} 自 {both} 起有两条公式同时有效（另一条在 {other.place}）",
                    where=formula.place,
                    then="请给旧的一条写 until=",
                )
