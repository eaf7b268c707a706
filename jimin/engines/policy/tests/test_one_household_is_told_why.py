"""One household: the three answers, all grounds at once, exactly what is missing, and the tree of reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

from jimin.engines.policy import explain
from jimin.engines.policy import values as v
from jimin.engines.policy.formulas import Cite, Rules, money, no, number, whether
from jimin.engines.policy.law import InForce
from jimin.engines.policy.scalar import Household, Member, OneHousehold
from jimin.engines.policy.tests import fuzzing
from jimin.engines.policy.units import Unit

CITE = Cite("T", "一")
rules = Rules({"wage": money("工资"), "ill": whether("患病")}, {"homes": number("住房套数"), "debt": money("欠款")})


@rules.household(Unit.MONEY, CITE)
def income(h: Any, law: Any) -> Any:
    """家庭收入"""
    return v.total(m.wage for m in h.members)


@rules.household(Unit.BOOL, CITE)
def low(h: Any, law: Any) -> Any:
    """收入低"""
    return h.income < law.x.area


@rules.decision(CITE)
def helped(h: Any, law: Any) -> Any:
    """救助"""
    return {no("收入不低", CITE): h.low, no("住房太多", CITE): h.homes <= law.x.few}


@rules.household(Unit.MONEY, CITE)
def relief(h: Any, law: Any) -> Any:
    """救助金"""
    return v.choose(h.helped, law.x.area - h.income, 0)


@rules.household(Unit.BOOL, CITE)
def sick(h: Any, law: Any) -> Any:
    """有病人"""
    return v.any_of(m.ill for m in h.members)


def reading(
    members: dict[str, dict[str, Any]], division: str | None = "220302", area: str | None = "农村", **facts: Any
) -> OneHousehold:
    law = InForce(rules, fuzzing.PARAMETERS, date(2023, 2, 1))
    return OneHousehold(law, Household(facts, [Member(n, f) for n, f in members.items()], division, area))


def test_all_grounds_are_told_at_once_and_what_is_unknown_beside_a_no_blames_nobody() -> None:
    decision = explain.decide(reading({"王": {"wage": None}}, homes=9), "helped")
    assert decision.answer is False
    assert [r.ground.words for r in decision.against] == ["住房太多"]
    assert [r.ground.words for r in decision.open] == ["收入不低"]
    assert decision.missing == ()


def test_what_is_missing_is_named_by_person_and_fact() -> None:
    decision = explain.decide(reading({"王": {"wage": 0}, "李": {"wage": None}}, homes=1), "helped")
    assert decision.answer is None
    assert decision.missing == ("李的工资",)


def test_a_place_that_is_not_known_is_missing_and_not_guessed() -> None:
    asked = reading({"王": {"wage": 0}}, None, None, homes=1)
    assert explain.words(asked, asked.ask("low").missing) == ("户籍所在县（市、区）", "城镇还是农村")


def test_a_parameter_that_no_place_has_set_is_missing_by_its_title() -> None:
    asked = reading({"王": {"wage": 0}}, "220203", "城镇", homes=1)
    assert explain.words(asked, asked.ask("low").missing) == ()
    asked = reading({"王": {"wage": 0}}, "220201", "城镇", homes=1)
    assert explain.words(asked, asked.ask("low").missing) == ("参数“x.area”",)


def test_a_household_in_which_nobody_is_known_has_no_income_of_zero() -> None:
    asked = reading({}, homes=1)
    assert asked.ask("income").value is None
    assert explain.words(asked, asked.ask("income").missing) == ("家庭成员",)


def test_one_who_is_ill_settles_it_whatever_is_unknown_of_the_others() -> None:
    assert reading({"王": {"ill": True}, "李": {"ill": None}}).ask("sick").value is True
    assert reading({"王": {"ill": False}, "李": {"ill": None}}).ask("sick").value is None


def test_the_tree_holds_only_what_was_used_with_article_place_and_date() -> None:
    asked = reading({"王": {"wage": 10_000}}, "220122", homes=1)
    lines = list(explain.text(explain.tree(asked, "relief")))
    assert lines[0] == "救助金 = 341.00 元  T 一"
    assert any("§ x.area = 441.00 元  T 一，自 2020-01-01，220100农村" in line for line in lines)
    assert any("· 工资〔王〕 = 100.00 元" in line for line in lines)
    assert not any("欠款" in line for line in lines)
    refused = list(explain.text(explain.tree(reading({"王": {"wage": 10_000}}, homes=9), "relief")))
    assert refused[0] == "救助金 = 0.00 元  T 一"
