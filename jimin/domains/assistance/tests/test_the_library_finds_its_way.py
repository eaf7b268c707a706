"""From words to an article, from an article to rules, parameters and tests, and back."""

from __future__ import annotations

import pytest

from jimin.engines.policy import library, programmes


def numbers(asked: str) -> list[tuple[str, str]]:
    return [(h.text.key, h.article.number) for h in library.search(asked) if h.article]


def test_words_are_found_character_for_character_and_all_of_them() -> None:
    assert ("DB57", "第十三条") in numbers("基础养老金")
    assert numbers("基础养老金 奖学金") == [("DB57", "第十三条")]
    assert numbers("没有这样的话") == [] == numbers("  ")
    assert numbers("１．５倍") == numbers("1.5倍") != []
    (hit,) = [h for h in library.search("计划生育 奖学金") if h.text.key == "DB57"]
    assert hit.found == "计划生育" and hit.before.endswith("、")


def test_a_text_whose_title_has_the_words_comes_first_even_when_its_words_are_missing() -> None:
    found = library.search("残疾人生活补贴")
    assert (found[0].text.key, found[0].article) == ("GF52", None)


def test_an_article_leads_to_its_formulas_parameters_and_tests() -> None:
    found = library.standing_on(programmes.all_texts()["DB57"], "第十三条")
    assert {u.name for u in found.of("parameter")} == {"income.work_cost_share", "income.rigid_limit"}
    assert "own_income" in {u.name for u in found.of("formula")}
    assert "农村二人户，母亲二级残疾，儿子三级智力残疾在打工，按差额发放" in {t.title for t in found.tests}


def test_a_formula_leads_back_to_its_article_parameters_and_users() -> None:
    (formula,) = programmes.DOMAINS["assistance"].rules.formulas["income_line"]
    assert library.cited(formula) == ["SA649 第十条"]
    assert library.links("assistance")[formula].parameters == ("dibao.standard",)
    assert "dibao_full_amount" in {f.name for f in library.users_of_formula("assistance", "income_line")}
    assert formula in library.users_of_parameter("assistance", "dibao.standard")
    assert "return law.dibao.standard * h.family_size" in library.source(formula)


@pytest.mark.parametrize("name", ["assistance"])
def test_every_formula_of_a_rule_set_is_reached_on_some_day(name: str) -> None:
    every = {f for versions in programmes.DOMAINS[name].rules.formulas.values() for f in versions}
    assert every == set(library.links(name))
