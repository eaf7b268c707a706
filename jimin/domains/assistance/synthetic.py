"""Invented households, as many as wanted: for measuring, for comparing readings, never for a figure.

Sizes, ages and the shares of the disabled, the ill and the poor are round guesses of our own; nothing here is a statistic.
About one fact in seventy is unknown, as in real deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from jimin.domains.assistance.rules import rules
from jimin.engines.policy import columns
from jimin.engines.policy.formulas import Input
from jimin.engines.policy.units import Unit

UNKNOWN = 0.015
RARELY_UNKNOWN = 0.003
ARROW = {"int64": pa.int64(), "string": pa.string(), "boolean": pa.bool_(), "date": pa.date32()}
#: How often a yes-or-no fact is yes, and how often an amount is there and what its mean is (yuan).
SHARES = {
    "duty_of_support": 0.6, "lives_together": 0.9, "lives_independently": 0.7, "serious_illness": 0.05, "employed": 0.4,
    "in_tekun": 0.01, "on_dibao_now": 0.05, "without_capacity": 0.01, "supporter_property_within": 0.9, "long_term_care": 0.04, "several_of_mind": 0.03,
    "several_of_body": 0.03,
    "orphan": 0.001, "unsupported_child": 0.001, "injury_care": 0.002, "applicant_local": 0.97, "vehicle_needed": 0.1,
    "on_dibao": 0.2, "over_line_through_work": 0.3, "tekun_property_within": 0.8, "hardship_now": 0.03, "unaffordable": 0.05,
    "on_heating_list": 0.1,
}  # fmt: skip
AMOUNTS = {
    "wage": (0.35, 1500), "work_costs": (0.3, 200), "business_income": (0.2, 900), "property_income": (0.1, 200),
    "transfers_in": (0.5, 400), "transfers_out": (0.1, 100), "preferential": (0.01, 300), "family_planning": (0.02, 100),
    "scholarship": (0.02, 200), "bravery": (0.001, 300), "relief": (0.1, 200), "disability_subsidies": (0.05, 85),
    "basic_pension": (0.25, 118), "old_age_allowance": (0.05, 100), "insurance_benefits": (0.05, 200),
    "locally_exempt": (0.01, 100), "kept_by_kin": (0.02, 300), "other_income": (0.05, 100), "rigid_spending": (0.2, 900),
    "savings": (0.5, 9000), "investments": (0.03, 8000), "vehicle_value": (0.15, 50000), "business_capital": (0.04, 40000),
    "last_amount": (0.3, 400), "necessary_spending": (0.3, 9000), "yearly_income": (0.9, 20000),
}  # fmt: skip
COUNTS: dict[str, tuple[list[int], list[float]]] = {
    "clergy_years": ([0, 1, 3, 8], [0.997, 0.001, 0.001, 0.001]),
    "refusals": ([0, 1, 3], [0.97, 0.02, 0.01]),
    "lost_abilities": ([0, 2, 5], [0.93, 0.05, 0.02]),
    "vehicles": ([0, 1, 2], [0.85, 0.13, 0.02]),
    "homes": ([0, 1, 2], [0.1, 0.85, 0.05]),
    "months_over_line": (list(range(12)), [1 / 12] * 12),
}
FIRSTS = {"relation": 0.0, "disability_kind": 0.9, "disability_grade": 0.0, "whereabouts": 0.995, "emergency": 0.97}


def tables(count: int, divisions: Sequence[str], day: date, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """(households, persons) with every fact of the rules. `divisions` are six-digit county codes. The same seed, the same rows."""
    chance = np.random.default_rng(seed)
    size = chance.choice([1, 2, 3, 4, 5, 6], count, p=[0.30, 0.33, 0.19, 0.11, 0.05, 0.02])
    law = columns.schema_of(rules)
    households = {columns.ID: pa.array(np.arange(count))}
    households["division"] = _some(
        chance, np.array(divisions)[chance.integers(0, len(divisions), count)], RARELY_UNKNOWN
    )
    households["area"] = _some(chance, chance.choice(["城镇", "农村"], count, p=[0.4, 0.6]), RARELY_UNKNOWN)
    for name, fact in rules.households.items():
        households[name] = _fact(chance, name, fact, count, day)
    people = int(size.sum())
    owner = np.repeat(np.arange(count), size)
    place = np.arange(people) - np.repeat(np.r_[0, np.cumsum(size)[:-1]], size)
    persons = {columns.ID: pa.array(owner), "person_id": pa.array(np.arange(people))}
    for name, fact in rules.persons.items():
        persons[name] = _relation(chance, place) if name == "relation" else _fact(chance, name, fact, people, day)
    persons["disability_grade"] = _grades(chance, persons["disability_kind"])
    return (
        pa.table(households, schema=_schema(law["household"], households)),
        pa.table(persons, schema=_schema(law["person"], persons)),
    )


def _schema(types: dict[str, str], made: dict[str, Any]) -> pa.Schema:
    return pa.schema([(name, ARROW[types[name]]) for name in made])


def _some(chance: Any, values: Any, unknown: float = UNKNOWN) -> pa.Array:
    return pa.array(values, mask=chance.random(len(values)) < unknown)


def _fact(chance: Any, name: str, fact: Input, count: int, day: date) -> pa.Array:
    if name in AMOUNTS:
        share, mean = AMOUNTS[name]
        amount = np.where(chance.random(count) < share, chance.gamma(2, mean / 2, count), 0)
        if name == "business_income":
            amount = np.where(chance.random(count) < 0.03, -amount, amount)
        return _some(chance, (amount * 100).astype("int64"))
    if name in COUNTS:
        values, odds = COUNTS[name]
        return _some(chance, chance.choice(np.array(values, "int64"), count, p=odds))
    if fact.unit is Unit.BOOL:
        return _some(chance, chance.random(count) < SHARES[name], RARELY_UNKNOWN)
    if fact.unit is Unit.DATE:
        ages = chance.integers(0, 95 * 365, count).astype("timedelta64[D]")
        return _some(chance, np.datetime64(day, "D") - ages, RARELY_UNKNOWN)
    first = FIRSTS.get(name, 0.6)
    rest = [(1 - first) / (len(fact.options) - 1)] * (len(fact.options) - 1)
    return _some(chance, chance.choice(fact.options, count, p=[first, *rest]), RARELY_UNKNOWN)


def _relation(chance: Any, place: Any) -> pa.Array:
    second = chance.choice(["配偶", "子女", "父母"], len(place), p=[0.6, 0.3, 0.1])
    others = chance.choice(["子女", "父母", "其他"], len(place), p=[0.7, 0.2, 0.1])
    return _some(chance, np.where(place == 0, "本人", np.where(place == 1, second, others)), RARELY_UNKNOWN)


def _grades(chance: Any, kinds: pa.Array) -> pa.Array:
    none = np.array(kinds.fill_null("无")) == "无"
    grades = chance.choice(["一级", "二级", "三级", "四级"], len(kinds))
    return _some(chance, np.where(none, "无", grades), RARELY_UNKNOWN)
