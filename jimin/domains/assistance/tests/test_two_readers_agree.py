"""The law read twice: the rules, and a plain reading written from the articles alone (tests/reference)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from jimin.domains.assistance import synthetic
from jimin.domains.assistance.rules import rules
from jimin.domains.assistance.tests.reference import edges, everything, households
from jimin.domains.assistance.tests.reference.answers import Unknown
from jimin.domains.assistance.tests.reference.case import House, Law, numbers
from jimin.domains.assistance.tests.test_the_rules import HERE, NATIONAL, SUPPOSED
from jimin.engines.policy.law import InForce
from jimin.engines.policy.scalar import Household, Member, OneHousehold

NUMBERS = numbers(HERE.parent / "parameters", HERE / "rules" / "_parameters.yaml")
#: The first and the last day of each stretch in which the law did not change, and a leap day.
DAYS = [
    date(2021, 7, 1),
    date(2022, 6, 30),
    date(2022, 7, 1),
    date(2022, 10, 19),
    date(2022, 10, 20),
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2024, 2, 29),
    date(2025, 12, 31),
    date(2026, 1, 1),
]
LAWS = {day: InForce(rules, SUPPOSED, day) for day in DAYS}


def a_house(chance: Random, day: date) -> House:
    """An invented household, as often as not on a line of the law."""
    facts, people, division, area = households.household(chance, day)
    house = House(facts, people, division, area, Law(day, NUMBERS))
    if chance.random() < 0.6:
        edges.move(chance, house, chance.choice(list(edges.LINES)))
    return house


def reading(house: House, law: InForce | None = None) -> OneHousehold:
    """The same household for the rules."""
    people = [Member(str(i), facts) for i, facts in enumerate(house.people)]
    return OneHousehold(law or LAWS[house.day], Household(house.facts, people, house.division, house.area))


def compare(house: House, law: InForce | None = None) -> Counter[Any]:
    """Compare every formula, value and missing facts; how many were yes, no, unknown or a number."""
    house.told.clear()
    rules_say, seen = reading(house, law), Counter[Any]()
    for (name, who), answer in everything.answers(house).items():
        theirs, value = rules_say.ask(name, who), everything.value(answer)
        assert theirs.value == value, f"{name}：规则 {theirs}，对照 {answer}\n{house.day} {house.facts}\n{house.people}"
        if isinstance(answer, Unknown):
            missing = {(need.name, need.member) for need in theirs.missing}
            assert missing == answer.missing, f"{name}：规则缺 {missing}，对照缺 {answer.missing}"
        seen[value if value is None or isinstance(value, bool) else "number"] += 1
    return seen


def compare_some(count: int, day: date, unknown: float, again: int = 0) -> Counter[Any]:
    """A number of invented households, the same ones each time."""
    chance, seen = Random(day.toordinal() + again), Counter[Any]()
    for _ in range(count):
        house = a_house(chance, day)
        households.forget(chance, house.facts, house.people, unknown)
        seen += compare(house)
    return seen


def test_the_second_reading_knows_every_formula_and_no_other() -> None:
    for day, law in LAWS.items():
        assert set(law.variables) == {*everything.PERSONS, *everything.HOUSEHOLDS}, day


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_two_readers_agree_on_the_edges_of_the_law(day: date) -> None:
    seen = compare_some(30, day, 0) + compare_some(20, day, 0.02)
    assert all(seen[answer] for answer in (True, False, None, "number"))


def test_where_no_place_has_set_anything_both_name_the_same_numbers() -> None:
    day, chance, national = date(2023, 3, 6), Random(1), numbers(HERE.parent / "parameters")
    law = InForce(rules, NATIONAL, day)
    for _ in range(15):
        house = a_house(chance, day)
        house.law.values = national
        assert compare(house, law)[None]


def answers_of(house: House) -> dict[tuple[str, int | None], Any]:
    """What the rules say of a household and of each person."""
    rules_say, everybody = reading(house), range(len(house.people))
    return {
        (name, who): rules_say.ask(name, who).value
        for name, variable in LAWS[house.day].variables.items()
        for who in (everybody if variable.row == "person" else [None])
    }


def ask_until_decided(house: House, kept: list[dict[str, Any]], name: str, who: int | None) -> Any:
    """Fill in what the answer names as missing until it is decided, or only numbers of the law are missing."""
    while True:
        answer = reading(house).ask(name, who)
        facts = [need for need in answer.missing if not need.name.startswith("law.")]
        if answer.value is not None or not facts:
            return answer.value
        for need in facts:
            place = -1 if need.member is None else need.member
            row = house.facts if need.member is None else house.people[need.member]
            assert row[need.name] is None, f"{name}：说缺 {need}，其实没有缺"
            row[need.name] = kept[place][need.name]


@pytest.mark.parametrize("day", [date(2022, 10, 20), date(2026, 1, 1)], ids=str)
def test_what_is_forgotten_turns_no_answer_and_asking_for_what_is_missing_brings_it_back(day: date) -> None:
    chance, decisions = Random(7), [n for n, v in LAWS[day].variables.items() if v.grounds]
    for _ in range(8):
        house = a_house(chance, day)
        full = answers_of(house)
        kept = [dict(row) for row in (*house.people, house.facts)]
        households.forget(chance, house.facts, house.people, 0.1)
        for key, answer in answers_of(house).items():
            assert answer is None or answer == full[key], (key, answer, full[key])
        for name, who in full:
            if name in decisions:
                assert ask_until_decided(house, kept, name, who) == full[name, who]


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_two_readers_agree_on_thousands_of_edges(day: date) -> None:
    compare_some(700, day, 0, again=1)
    compare_some(500, day, 0.03, again=2)


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_two_readers_agree_on_a_synthetic_province(day: date) -> None:
    made, people = synthetic.tables(1000, ["220122", "220302", "220203"], day, seed=day.year)
    of: dict[int, list[dict[str, Any]]] = {}
    for person in people.to_pylist():
        of.setdefault(person["household_id"], []).append(person)
    for facts in made.to_pylist():
        own = of[facts["household_id"]]
        compare(House(facts, own, facts["division"], facts["area"], Law(day, NUMBERS)))


@pytest.mark.slow
@seed(20231010)
@settings(max_examples=3000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(), st.sampled_from(DAYS), st.sampled_from([0, 0.01, 0.1, 0.4]))
def test_two_readers_agree_on_whatever_is_made_up(chance: Random, day: date, unknown: float) -> None:
    house = a_house(chance, day)
    households.forget(chance, house.facts, house.people, unknown)
    compare(house)
