"""Invented households that sit on the edges of the law: exactly at a line, one fen to each side, on a birthday."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from jimin.domains.assistance.rules.facts import HOUSEHOLDS, PERSONS
from jimin.engines.policy.units import Unit

AGES = (0, 5, 15, 16, 17, 18, 19, 35, 59, 60, 61, 69, 70, 71, 85)
RELATIONS = ("配偶", "子女", "子女", "子女", "父母", "祖父母", "孙子女", "兄弟姐妹", "其他")
SCHOOLING = ("不在学", "不在学", "义务教育", "普通高中或中等职业学校", "全日制专科或本科", "其他")
KINDS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
GRADES = ("一级", "二级", "三级", "四级")
COUNTS = {
    "clergy_years": (0, 0, 0, 0, 2, 3, 4),
    "refusals": (0, 0, 0, 2, 3, 4),
    "lost_abilities": (0, 1, 3, 4, 6),
    "vehicles": (0, 0, 0, 1, 1, 2),
    "homes": (0, 1, 1, 1, 2),
    "months_over_line": (0, 1, 5, 6, 7),
}
#: How often a yes-or-no fact is yes; half the time where it is not named.
OFTEN = {
    "applicant_local": 0.9, "orphan": 0.05, "unsupported_child": 0.05, "injury_care": 0.1, "in_tekun": 0.15,
    "without_capacity": 0.2, "tekun_property_within": 0.8, "supporter_property_within": 0.8, "lives_together": 0.8,
}  # fmt: skip
EXEMPT = ("preferential", "family_planning", "scholarship", "bravery", "relief", "disability_subsidies", "basic_pension",
          "old_age_allowance", "insurance_benefits", "locally_exempt", "kept_by_kin")  # fmt: skip


def birthday(chance: Random, day: date) -> date:
    """A day before, on, or after the birthday of an age that the law names; now and then a leap day."""
    years = chance.choice(AGES)
    if chance.random() < 0.05:
        return date(2004, 2, 29)
    try:
        turned = day.replace(year=day.year - years)
    except ValueError:  # 29 February
        turned = date(day.year - years, 3, 1)
    return turned + timedelta(days=chance.choice((-1, 0, 1)))


def amount(chance: Random, most: int = 80_000) -> int:
    """Often nothing, else fen up to a most."""
    return 0 if chance.random() < 0.6 else chance.randint(1, most)


def person(chance: Random, day: date, first: bool) -> dict[str, Any]:
    """One person with every fact."""
    facts: dict[str, Any] = {}
    for name, fact in PERSONS.items():
        if fact.unit is Unit.BOOL:
            facts[name] = chance.random() < OFTEN.get(name, 0.5)
        elif fact.unit is Unit.MONEY:
            facts[name] = amount(chance)
        elif name in COUNTS:
            facts[name] = chance.choice(COUNTS[name])
        elif fact.unit is Unit.TEXT:
            facts[name] = chance.choice(fact.options)
    parts = {name: amount(chance, 15_000) for name in EXEMPT}
    disabled = chance.random() < 0.5
    facts |= parts | {
        "born": birthday(chance, day),
        "relation": "本人" if first else chance.choice(RELATIONS),
        "schooling": chance.choice(SCHOOLING),
        "whereabouts": "正常" if chance.random() < 0.8 else chance.choice(PERSONS["whereabouts"].options[1:]),
        "disability_kind": chance.choice(KINDS) if disabled else "无",
        "disability_grade": chance.choice(GRADES) if disabled else "无",
        "transfers_in": sum(parts.values()) + amount(chance, 40_000),
        "business_income": amount(chance) * chance.choice((1, 1, -1)),
        "savings": amount(chance, 1_500_000),
        "investments": amount(chance, 500_000),
    }
    return facts


def household(chance: Random, day: date) -> tuple[dict[str, Any], list[dict[str, Any]], str | None, str | None]:
    """(facts, people, county, area), everything known."""
    facts: dict[str, Any] = {}
    for name, fact in HOUSEHOLDS.items():
        if fact.unit is Unit.BOOL:
            facts[name] = chance.random() < OFTEN.get(name, 0.5)
        elif fact.unit is Unit.MONEY:
            facts[name] = amount(chance, 100_000)
        elif name in COUNTS:
            facts[name] = chance.choice(COUNTS[name])
        else:
            facts[name] = chance.choice(fact.options)
    facts["vehicle_value"] = 6_000_000 + chance.choice((-1, 0, 1))
    facts["business_capital"] = chance.choice((0, 0, 4_999_999, 5_000_000, 5_000_001))
    people = [person(chance, day, i == 0) for i in range(chance.choice((1, 1, 2, 2, 3, 4)))]
    return facts, people, chance.choice(("220122", "220302", "220122")), chance.choice(("农村", "农村", "城镇"))


def forget(chance: Random, facts: dict[str, Any], people: list[dict[str, Any]], share: float) -> None:
    """Make some facts unknown."""
    for row in (facts, *people):
        for name in row:
            if chance.random() < share:
                row[name] = None
