"""A decision is kept with its facts, formulas and values, and comes out the same when it is reckoned again."""

from __future__ import annotations

from datetime import date
from typing import Any

from jimin.core.access.scope import set_scope, working_as
from jimin.core.divisions import api as divisions
from jimin.domains.assistance.rules import rules
from jimin.domains.assistance.tests.conftest import Offices
from jimin.domains.assistance.tests.test_the_rules import HERE, SUPPOSED
from jimin.engines.policy import casefile, kept, programmes, register, yamlfile
from jimin.engines.policy.formulas import Rules, money
from jimin.engines.policy.law import InForce
from jimin.engines.policy.models import KeptDecision
from jimin.engines.policy.scalar import Household
from jimin.engines.policy.units import Unit

DAY = date(2023, 8, 1)
DIBAO = programmes.get("assistance.dibao")


def household() -> Household:
    """王桂兰家, in 子县."""
    cast = yamlfile.read(HERE / "rules" / "cast.yaml")
    return casefile.case(rules, yamlfile.Mapping({**cast["王桂兰家"], "division": "990122"})).household


def keep(offices: Offices) -> KeptDecision:
    law = register.in_force("assistance", DAY)
    with working_as(offices.county):
        return kept.keep(law, household(), DIBAO, divisions.columns("990122000000"))


def test_it_comes_out_the_same_also_after_a_correction_which_is_named(offices: Offices, monkeypatch: Any) -> None:
    monkeypatch.setattr(programmes, "national", lambda domain: SUPPOSED)
    first = offices.sign(offices.leader, offices.propose(offices.city))
    record = keep(offices)
    result = kept.opened(record)["result"]
    assert (result["answer"], result["amount"]) == (True, 52_000)  # (500 元 × 2 人) − 480 元
    assert record.records == [str(first.pk)]
    assert list(KeptDecision.objects.filter(records__contains=str(first.pk)).values_list("pk")) == []  # out of scope
    assert "王桂兰" not in str(record.rules) + str(record.parameters) and "王桂兰".encode() not in bytes(record.sealed)
    with working_as(offices.county):
        again = kept.rerun(KeptDecision.objects.get())
    assert (again.same, again.differences) == (True, ())
    offices.sign(offices.leader, offices.propose(offices.city, value="520"))
    with working_as(offices.county):
        later = kept.rerun(KeptDecision.objects.get())
    assert later.same
    (other,) = later.differences
    assert (other.kind, other.name) == ("parameter", "dibao.standard")
    assert (other.kept["value"], other.now["value"]) == (50_000, 52_000)


def test_a_neighbour_finds_no_row_of_it(offices: Offices) -> None:
    keep(offices)
    with working_as(offices.county):
        assert KeptDecision.objects.count() == 1
        set_scope(offices.people.actor("孙丽", "990183", offices.county.role).scope)
        assert KeptDecision.objects.count() == 0


def test_a_formula_that_computes_something_else_has_another_digest_and_one_that_is_only_written_anew_has_not() -> None:
    def version(body: Any) -> str:
        made = Rules({}, {"income": money("收入"), "other": money("其他收入")})
        body.__name__, body.__doc__ = "total_income", "总收入"
        made.household(Unit.MONEY, DIBAO.domain.rules.formulas["income_line"][0].cite)(body)
        return kept.digest(InForce(made, SUPPOSED, DAY).variables["total_income"])

    def anew(h: Any, law: Any) -> Any:
        one, two = h.income, h.other
        return one + two

    was = version(lambda h, law: h.income + h.other)
    assert version(anew) == was
    changed = version(lambda h, law: h.income - h.other)
    assert changed != was
    (found,) = kept.compare_rules({"total_income": was}, {"total_income": changed})
    assert (found.kind, found.name, found.kept, found.now) == ("formula", "total_income", was, changed)
