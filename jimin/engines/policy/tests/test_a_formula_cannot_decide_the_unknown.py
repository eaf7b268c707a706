"""What would hide an amount or decide what is unknown is refused when the rules load, with the way to write it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from jimin.engines.policy import values as v
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Cite, Rules, money, no, number, one_of, when, whether
from jimin.engines.policy.law import InForce, change_points
from jimin.engines.policy.scalar import Answer, Household, Member, OneHousehold
from jimin.engines.policy.tests import fuzzing
from jimin.engines.policy.units import Unit

CITE = Cite("T", "一")
DAY = date(2023, 2, 1)
Body = Callable[[Any, Any], Any]


def rules() -> Rules:
    persons = {
        "wage": money("工资"),
        "signed": whether("签字"),
        "born": when("出生"),
        "kin": one_of("关系", "本人", "配偶"),
    }
    return Rules(persons, {"n": number("人数"), "cap": money("出资")})


def load(body: Body, unit: Unit = Unit.MONEY, row: str = "person") -> InForce:
    made = rules()
    body.__doc__ = "一条公式"
    body.__name__ = "f"
    getattr(made, row)(unit, CITE)(body)
    return InForce(made, fuzzing.PARAMETERS, DAY)


@pytest.mark.parametrize(
    ("body", "unit", "row", "said"),
    [
        (lambda p, law: p.wage - 30_000, Unit.MONEY, "person", "写了数字 30000"),
        (lambda p, law: p.wage * 1.5, Unit.MONEY, "person", "写了数字 1.5"),
        (lambda p, law: p.signed and p.signed, Unit.BOOL, "person", "不能对可能不知道的值用 if"),
        (lambda p, law: p.wage if p.signed else p.wage, Unit.MONEY, "person", "choose"),
        (lambda p, law: not p.signed, Unit.BOOL, "person", "~a"),
        (lambda p, law: p.wage < p.wage < p.wage, Unit.BOOL, "person", "连写的比较"),
        (lambda p, law: p.wage in (p.wage,), Unit.BOOL, "person", "in"),
        (lambda p, law: max(p.wage, 0), Unit.MONEY, "person", "if"),
        (lambda p, law: p.wages, Unit.MONEY, "person", "是不是 wage"),
        (lambda h, law: h.cap + h.n, Unit.MONEY, "household", "不能相加"),
        (lambda p, law: p.wage + p.household.cap.args[0], Unit.MONEY, "person", "混用"),
        (lambda h, law: h.wage, Unit.MONEY, "household", "既不是家庭的事实"),
        (lambda p, law: p.wage * p.wage, Unit.MONEY, "person", "不能用"),
        (lambda p, law: p.wage * law.x.share, Unit.MONEY, "person", "声明的是"),
        (lambda p, law: v.at_most(p.wage, law.x.limit), Unit.MONEY, "person", "没有参数 law.x.limit"),
        (lambda p, law: p.wage + law.y.any.thing, Unit.MONEY, "person", "没有参数 law.y.any"),
        (lambda h, law: v.total(m.wage for m in h.members if m.signed), Unit.MONEY, "household", "if"),
        (lambda h, law: sum(m.wage for m in h.members), Unit.MONEY, "household", "total"),
        (lambda h, law: any(m.signed for m in h.members), Unit.BOOL, "household", "if"),
        (lambda p, law: v.round_up(p.wage, p.wage), Unit.MONEY, "person", "取整要一个金额和一个参数"),
        (lambda p, law: p.kin == "邻居", Unit.BOOL, "person", "不会是“邻居”"),
        (lambda p, law: p.kin.one_of("本人", "邻居"), Unit.BOOL, "person", "不会是“邻居”"),
        (lambda p, law: v.choose(p.signed, p.wage, p.born), Unit.MONEY, "person", "要一样"),
        (lambda p, law: 3, Unit.MONEY, "person", "不是一个值"),
        (lambda p, law: p.signed, Unit.MONEY, "person", "声明的是金额"),
        (lambda p, law: p.wage & p.signed, Unit.BOOL, "person", "要一个条件"),
        (lambda p, law: p.born < p.born + p.born, Unit.BOOL, "person", "不能相加"),
    ],
)
def test_a_formula_outside_the_language_does_not_load(body: Body, unit: Unit, row: str, said: str) -> None:
    with pytest.raises(RuleError, match=said) as refused:
        load(body, unit, row)
    assert "test_a_formula_cannot_decide_the_unknown.py:" in str(refused.value)


def test_formulas_that_go_round_in_a_circle_are_named() -> None:
    made = rules()

    @made.person(Unit.MONEY, CITE)
    def one(p: Any, law: Any) -> Any:
        """一"""
        return p.two

    @made.person(Unit.MONEY, CITE)
    def two(p: Any, law: Any) -> Any:
        """二"""
        return p.one

    with pytest.raises(RuleError, match="one → two → one"):
        InForce(made, fuzzing.PARAMETERS, DAY)


def dated(made: Rules, name: str, **dates: str) -> None:
    def body(p: Any, law: Any) -> Any:
        """工资"""
        return p.wage

    made.person(Unit.MONEY, CITE, name=name, **dates)(body)


def test_two_texts_in_force_at_once_are_refused() -> None:
    made = rules()
    dated(made, "f", until="2021-07-01")
    with pytest.raises(RuleError, match="2021-07-01 起有两条公式同时有效"):
        dated(made, "f", since="2021-07-01")


def test_the_days_on_which_the_law_changes_cut_a_period() -> None:
    made = rules()
    dated(made, "f", until="2021-06-30")
    dated(made, "f", since="2021-07-01")
    law = fuzzing.PARAMETERS
    assert change_points(made, law, date(2019, 12, 31), date(2023, 1, 1)) == [date(2020, 1, 1), date(2021, 7, 1)]


def test_a_day_before_the_rules_begin_had_another_law_and_is_refused() -> None:
    made = rules()
    made.begins = date(2021, 7, 1)
    assert InForce(made, fuzzing.PARAMETERS, date(2021, 7, 1)).variables == {}
    with pytest.raises(RuleError, match="2021-06-30 早于这些规则的起始日 2021-07-01"):
        InForce(made, fuzzing.PARAMETERS, date(2021, 6, 30))


def test_a_text_of_its_time_may_have_given_nothing() -> None:
    law = load(lambda p, law: 0)
    assert OneHousehold(law, Household({}, [Member("甲", {})], None)).ask("f", 0) == Answer(0)


def test_a_formula_needs_words_and_an_article() -> None:
    with pytest.raises(RuleError, match="没有名称或出处"):
        rules().person(Unit.MONEY, CITE)(lambda p, law: p.wage)


def test_a_decision_needs_a_ground_for_each_condition() -> None:
    made = rules()

    def body(h: Any, law: Any) -> Any:
        """决定"""
        return {"户籍": h.n == 0}

    made.decision(CITE)(body)
    with pytest.raises(RuleError, match="决定要写成"):
        InForce(made, fuzzing.PARAMETERS, DAY)


def test_an_amount_that_is_not_rounded_is_no_result() -> None:
    with pytest.raises(RuleError, match="还没有取整"):
        rules().person(Unit.EXACT, CITE)(_unrounded)


def _unrounded(p: Any, law: Any) -> Any:
    """没有取整"""
    return p.wage * law.x.share


def test_a_ground_has_its_own_article() -> None:
    made = rules()

    def body(h: Any, law: Any) -> Any:
        """决定"""
        return {no("人太多", Cite("T", "二")): h.n <= law.x.few}

    body.__name__ = "few"
    made.decision(CITE)(body)
    law = InForce(made, fuzzing.PARAMETERS, DAY)
    assert [str(g.cite) for g in law.variables["few"].grounds] == ["T 二"]
