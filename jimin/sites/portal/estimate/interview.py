"""Which screen comes next, what it asks, and what was answered on it. Knows no page: the same for every way of asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.domains.assistance.api import QUESTIONS, RELATIONS, SCREENS, programmes
from jimin.engines.policy import questions, typed
from jimin.engines.policy.law import InForce
from jimin.engines.policy.questions import Asking, Question, Screen
from jimin.engines.policy.scalar import AREA, DIVISION, MEMBERS, Need
from jimin.engines.policy.units import Stored, Unit
from jimin.sites.portal.estimate.answers import RULES, Answers

NONE, UNSURE = "-none", "-unsure"
FIRST = ("place", "town", "people")
PLACES: Mapping[str, str | Promise] = {
    DIVISION: lazy("户口在哪个县"),
    AREA: lazy("城镇还是农村"),
    MEMBERS: lazy("家里有谁"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One screen, of one person or of the household, with the facts that it asks: (fact, person)."""

    screen: Screen
    member: int | None
    facts: tuple[tuple[str, int | None], ...]

    @property
    def code(self) -> str:
        return self.screen.key if self.member is None else f"{self.screen.key}:{self.member}"


def label(answers: Answers, member: int) -> str:
    """What a person is called: by the relation, numbered where there are several."""
    relation = answers.people[member].get("relation")
    words = str(RELATIONS[relation]) if relation else _("家人")
    same = [i for i, p in enumerate(answers.people) if p.get("relation") == relation]
    return words if len(same) == 1 else f"{words} {same.index(member) + 1}"


def steps(law: InForce, answers: Answers) -> list[Step]:
    """The screens that are still to be asked, in their order."""
    if missing := [key for key in FIRST if key not in answers.trail and not (key == "town" and not answers.division)]:
        return [Step(_screen(key), None, ()) for key in missing]
    return [s for s in _all(law, answers, _wanted(law, answers)) if s.facts]


def again(law: InForce, answers: Answers, code: str) -> Step | None:
    """A screen once more, with what was asked on it before."""
    key, _colon, number = code.partition(":")
    if key in FIRST:
        return Step(_screen(key), None, ())
    wanted = _wanted(law, answers) | {(f, m) for m in _everyone(answers) for f in answers.of(m)}
    wanted |= {(f, i) for i, ticked in enumerate(answers.ticked) for f in ticked}
    member = int(number) if number.isdecimal() and len(number) < 3 else None
    found = _all(law, answers, wanted, again=True)
    return next((s for s in found if s.screen.key == key and s.member == member and s.facts), None)


def _screen(key: str) -> Screen:
    return next((s for s in SCREENS if s.key == key), Screen(key, "", ()))


def _everyone(answers: Answers) -> list[int | None]:
    return [None, *range(len(answers.people))]


def _wanted(law: InForce, answers: Answers) -> set[tuple[str, int | None]]:
    """The facts that some open programme needs; with a sum, its parts."""
    found: set[tuple[str, int | None]] = set()
    for need in questions.needs(Asking(law, answers.household()), programmes()):
        if need.name in QUESTIONS:
            found |= {(name, need.member) for name in (need.name, *QUESTIONS[need.name].parts)}
    return {(f, m) for f, m in found if f not in answers.of(m)}


def _all(
    law: InForce, answers: Answers, wanted: set[tuple[str, int | None]], again: bool = False
) -> list[Step]:  # fmt: skip
    found: list[Step] = []
    everybody = list(range(len(answers.people)))
    for block in _blocks(law):
        if block[0].row == "household":
            found += [Step(s, None, tuple((f, None) for f in s.facts if (f, None) in wanted)) for s in block]
        elif block[0].together:
            found += [
                Step(s, None, tuple((f, m) for m in everybody for f in s.facts if (f, m) in wanted)) for s in block
            ]
        else:
            found += [
                Step(s, m, _of_person(s, m, answers, wanted, _for_amounts(law), again))
                for m in everybody
                for s in block
            ]
    return found


def _of_person(
    screen: Screen,
    member: int,
    answers: Answers,
    wanted: set[tuple[str, int | None]],
    later: frozenset[str],
    again: bool,
) -> tuple[tuple[str, int | None], ...]:
    """A list shows what can be ticked and was not; the screen after it, what was ticked and what has no tick."""
    chosen = []
    for name in screen.facts:
        if (name, member) not in wanted:
            continue
        ticks, ticked = QUESTIONS[name].ticks, name in answers.ticked[member]
        given = again and answers.people[member].get(name, QUESTIONS[name].absent) != QUESTIONS[name].absent
        if (screen.is_list and (again or not ticked)) or (not screen.is_list and (not ticks or ticked or given)):
            chosen.append((name, member))
    if screen.is_list and chosen:  # what only the amount will need is ticked at the same time
        chosen += [
            (f, member)
            for f in screen.facts
            if f in later and f not in answers.of(member) and (f, member) not in chosen
        ]
    return tuple(chosen)


@lru_cache(maxsize=8)
def _blocks(law: InForce) -> list[list[Screen]]:
    """The screens in the order that decides most: first those whose facts most programmes stand on.

    Screens of one person stay together, so that one is asked about one person after another.
    """
    uses = [questions.facts_of(law, p) for p in programmes()]
    blocks: list[list[Screen]] = []
    for screen in (s for s in SCREENS if s.key not in FIRST[:1]):
        alone = screen.row == "person" and not screen.together
        if alone and blocks and blocks[-1][0].row == "person" and not blocks[-1][0].together:
            blocks[-1].append(screen)
        else:
            blocks.append([screen])
    return sorted(blocks, key=lambda b: -max(sum(f in used for used in uses) for s in b for f in s.facts))


@lru_cache(maxsize=8)
def _for_amounts(law: InForce) -> frozenset[str]:
    """The facts that some amount stands on, and no decision."""
    decided = {f for p in programmes() for f in questions.facts_of(law, replace(p, amount=""))}
    return frozenset(f for p in programmes() for f in questions.facts_of(law, p)) - decided


# -- what was answered --------------------------------------------------------------------------------------------
def field(name: str, member: int | None) -> str:
    """The name of a field in the form."""
    return name if member is None else f"{name}.{member}"


def take(answers: Answers, step: Step, posted: Mapping[str, list[str]], today: date) -> dict[str, str]:
    """Take the answers of a screen. Returns what is wrong, by field; what is right is taken nevertheless."""
    if step.screen.is_list:
        return _take_list(answers, step, posted)
    wrong: dict[str, str] = {}
    for name, member in step.facts:
        text = posted.get(field(name, member), [""])[0]
        try:
            answers.of(member)[name] = read(name, text, today)
        except typed.NotRead as error:
            wrong[field(name, member)] = str(error)
            answers.of(member).pop(name, None)
            continue
    return wrong


def read(name: str, text: str, today: date) -> Stored:
    """One typed or chosen answer. Raises typed.NotRead."""
    question, fact = QUESTIONS[name], RULES.persons.get(name) or RULES.households[name]
    if question.choices:
        if text == UNSURE:
            return None
        if text not in [str(c) for c in question.choices]:
            raise typed.NotRead(_("请选一个；不知道就选“不清楚”"))
        return next(c for c in question.choices if str(c) == text)
    if fact.unit is Unit.DATE:
        return typed.day(text, today)
    return typed.amount(fact.unit, text, negative=question.may_be_negative)


def _take_list(answers: Answers, step: Step, posted: Mapping[str, list[str]]) -> dict[str, str]:
    member = step.member or 0
    chosen = set(posted.get("tick", []))
    if not chosen:
        return {"tick": _("请勾一项；都没有就勾“都没有”，不知道就勾“不清楚”")}
    facts, ticked = answers.people[member], answers.ticked[member]
    for name, _member in step.facts:
        question = QUESTIONS[name]
        value = next((v for v in question.ticks if tick_code(name, v) in chosen), NONE)
        ticked.discard(name)
        if value == NONE:
            facts[name] = None if UNSURE in chosen else question.absent
        elif value is not None:
            facts[name] = value
        elif facts.get(name, question.absent) in (question.absent, None):
            facts.pop(name, None)
            ticked.add(name)
    return {}


def tick_code(name: str, value: Stored) -> str:
    """The value of one line of a list."""
    return name if value is None or value is True else f"{name}={value}"


def is_ticked(answers: Answers, name: str, member: int, value: Stored) -> bool:
    """Whether a line of a list was ticked before."""
    now = answers.people[member].get(name)
    if value is None:
        return name in answers.ticked[member] or now not in (None, QUESTIONS[name].absent)
    return now == value


def said(name: str, value: Stored) -> str:
    """An answer in words."""
    question = QUESTIONS[name]
    if value is None:
        return _("不清楚")
    if question.choices:
        return str(question.choices[value])
    fact = RULES.persons.get(name) or RULES.households[name]
    if fact.unit is Unit.MONEY:
        return f"{int(value) / 100:,.2f}".removesuffix(".00") + f" {question.unit}"  # type: ignore[arg-type]
    return f"{value} {question.unit}".strip()


def title_of(need: Need, answers: Answers) -> str:
    """A fact as it stands in a list of what is missing: 子女 1：打工、上班的工资."""
    question: Question | None = QUESTIONS.get(need.name)
    words: str | Promise = question.name if question else PLACES.get(need.name, need.name)
    return str(words) if need.member is None else f"{label(answers, need.member)}：{words}"
