"""Moves a household onto a line of the law: exactly at it, one fen below, one fen above."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from jimin.domains.assistance.tests.reference import dibao, family, income, others, tekun, wealth
from jimin.domains.assistance.tests.reference.answers import Unknown
from jimin.domains.assistance.tests.reference.case import House

#: What is moved, and the line it is moved to; each of the household or of its first person.
Line = Callable[[House], tuple[Any, Any]]


def _of_all(h: House) -> int:
    return sum(income.counted_income(p) for p in h.persons)


LINES: dict[str, Line] = {
    "at the standard": lambda h: (_of_all(h), dibao.income_line(h)),
    "at one and a half": lambda h: (_of_all(h), dibao.income_line(h) * h.number("dibao.marginal_ratio")),
    "alone at the standard": lambda h: (income.own_income(h.persons[0]), h.number("dibao.standard")),
    "without means": lambda h: (tekun.means(h.persons[0]), h.number("dibao.standard")),
    "of the last person": lambda h: (tekun.means(h.persons[-1]), h.number("tekun.disposable_income")),
    "assets": lambda h: (wealth.assets(h), wealth.assets_limit(h)),
    "assets alone": lambda h: (wealth.own_assets(h.persons[0]), dibao.assets_limit_alone(h.persons[0])),
    "of a year": lambda h: (h("yearly_income"), others.disposable_line(h)),
}


def move(chance: Random, house: House, line: str) -> bool:
    """Change one amount so that the household comes to stand on the line. False where it cannot (nobody counts)."""
    found, wanted = LINES[line](house)
    if isinstance(wanted, Unknown) or isinstance(found, Unknown):
        return False
    off = int(Fraction(wanted)) + chance.choice((-1, 0, 1)) - found
    if line == "of a year":
        house.facts["yearly_income"] += off
        return True
    last = line == "of the last person"
    who = house.people[-1] if last else house.people[0]
    if not last and family.is_member(house.persons[0]) is not True:
        return False
    name = "savings" if line.startswith("assets") else "business_income"
    who[name] += off
    house.told.clear()
    return True
