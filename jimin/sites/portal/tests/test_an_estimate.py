"""The estimate: what is asked and what is not, what is never said, and that nothing stays."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import date
from functools import lru_cache

import pytest
from django.test import Client
from django.utils import translation

from jimin.domains.assistance.api import ASSISTANCE, GROUNDS, PROGRAMMES, QUESTIONS, SCREENS, programmes
from jimin.engines.policy import parameters, questions, typed
from jimin.engines.policy import programmes as declared
from jimin.engines.policy.law import InForce
from jimin.engines.policy.units import Unit
from jimin.sites.portal.estimate import answers as kept
from jimin.sites.portal.estimate import interview, result, views
from jimin.sites.portal.estimate.answers import Answers, decoded

DAY = date(2023, 10, 10)


@lru_cache(maxsize=2)
def law(verified: bool) -> InForce:
    """The rules with the numbers that the YAML tests suppose."""
    file = ASSISTANCE.folder / declared.TESTS / declared.SUPPOSED
    made = parameters.extend(declared.national("assistance"), file, declared.all_texts())
    for path, parameter in made.items.items() if verified else ():
        made = made.with_values(path, [replace(v, verified=True) for v in parameter.values])
    return declared.in_force("assistance", DAY, made)


def wang() -> Answers:
    """王桂兰 alone, who has answered everything that a screen asks, `none` for what is not there."""
    made = Answers("220122", "农村", trail=["place", "town", "people"])
    made.house = {"applicant_local": True}
    made.people[0]["born"] = date(1956, 3, 2)
    return made


TYPED = {"savings": "8,600", "investments": "0", "vehicles": "0", "homes": "1", "business_capital": "0", "transfers_in": "２０２元", "basic_pension": "一百一十八"}  # fmt: skip
CHOSEN = {"on_dibao": "False", "emergency": "无", "unaffordable": "False", "hardship_now": "False", "on_heating_list": interview.UNSURE, "tekun_property_within": "False", "lost_abilities": "0"}  # fmt: skip
TICKED = ["transfers_in", "basic_pension"]


def answer(made: Answers, law: InForce) -> list[str]:
    """Answers screen after screen; returns the screens."""
    seen: list[str] = []
    while found := interview.steps(law, made):
        step = found[0]
        assert step.code not in seen, "no screen is asked twice"
        seen.append(step.code)
        posted = {interview.field(n, m): [(TYPED | CHOSEN).get(n, "0")] for n, m in step.facts}
        names = [n for n, _m in step.facts]
        posted["tick"] = [t for t in TICKED if t in names] or [interview.NONE]
        assert interview.take(made, step, posted, DAY) == {}
    return seen


def test_every_fact_programme_and_ground_has_everyday_words() -> None:
    assert list(questions.faults(ASSISTANCE.rules, QUESTIONS, SCREENS)) == []
    assert {p.name for p in programmes()} == set(PROGRAMMES)
    for day in declared.days(ASSISTANCE):
        for variable in declared.in_force("assistance", day).variables.values():
            assert {g.words for g in variable.grounds} <= {*GROUNDS, "不是申请人本人"}


def test_one_person_is_asked_only_what_decides_and_gets_an_amount_with_its_articles() -> None:
    made = wang()
    seen = answer(made, law(True))
    assert seen[:3] == ["state:0", "income:0", "details:0"] and "vehicle" not in seen and "taper" not in seen
    dibao = next(o for o in result.outcomes(law(True), made) if o.plain is PROGRAMMES["assistance.dibao"])
    assert (dibao.status, dibao.amount.words, made.household().members[0].facts["transfers_in"]) == ("ok", "239", 32000)
    assert any("第九条" in s.words for r in dibao.reasons for s in r.sources)


def test_what_is_not_known_is_never_a_no_and_says_what_would_settle_it() -> None:
    found = result.outcomes(law(True), Answers())
    dibao = next(o for o in found if o.plain is PROGRAMMES["assistance.dibao"])
    assert {o.status for o in found} == {"none"} and "户口在哪个县" in dibao.facts
    assert any("机动车" in f for f in dibao.facts)


def test_an_amount_from_unverified_numbers_is_not_shown() -> None:
    made = wang()
    answer(made, law(False))
    yes = [o for o in result.outcomes(law(False), made) if o.status == "ok"]
    assert yes and all(o.amount.words == "" and o.unverified for o in yes)


def test_where_nobody_has_set_a_standard_income_is_not_asked_for() -> None:
    made = wang()
    asked = answer(made, declared.in_force("assistance", DAY))
    assert "income:0" not in asked
    dibao = next(
        o
        for o in result.outcomes(declared.in_force("assistance", DAY), made)
        if o.plain is PROGRAMMES["assistance.dibao"]
    )
    assert dibao.status == "none" and dibao.waits_for_numbers


@pytest.mark.parametrize(
    ("text", "fen"), [("７２００", 720000), ("7,200 元", 720000), ("七千二", 720000), ("1.2万", 1200000), ("7200/年", 60000), ("", None)]
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, fen: int | None) -> None:
    assert typed.amount(Unit.MONEY, text) == fen


@pytest.mark.parametrize("text", ["1948-5-20", "１９４８年５月２０日", "一九四八年五月二十日", "19480520"])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert typed.day(text, DAY) == date(1948, 5, 20)


@pytest.mark.parametrize("text", ["<script>", "600-800", "-5", "9" * 40, "1e9", "一一二二三万"])
def test_what_is_no_amount_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(typed.NotRead, match=r"请|不能"):
        typed.amount(Unit.MONEY, text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 50_000, '{"p":[{"born":"x","wage":1e999,"no":1}],"d":"1","h":[]}']
)
def test_answers_that_are_not_ours_do_no_harm(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept.divisions, "all_of", lambda level: [])
    made = decoded(text)
    assert made is None or made.people == [{"relation": "本人"}]


def test_twenty_people_are_reckoned_in_time() -> None:
    made = wang()
    answer(made, law(True))
    made.people += [dict(made.people[0], relation="其他") for _ in range(19)]
    made.ticked += [set() for _ in range(19)]
    start = time.perf_counter()
    assert result.outcomes(law(True), made)
    assert time.perf_counter() - start < 1.0


def test_the_form_carries_the_answers_and_nothing_is_kept(db, caplog, monkeypatch) -> None:
    monkeypatch.setattr(views, "_seen", views.OrderedDict())
    monkeypatch.setattr(views.interview, "steps", lambda *_: 1 / 0)
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.INFO):
        broken = client.post("/estimate/", {"a": wang().encoded(), "go": "next"})
    assert broken.status_code == 500 and "1956" not in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(result, "in_force", lambda day: law(True))
    wrong = client.post("/estimate/", {"a": wang().encoded(), "screen": "people", "born.0": "<b>前天"})
    assert (
        wrong.status_code == 422
        and "&lt;b&gt;前天" in wrong.content.decode()
        and "请填年、月、日" in wrong.content.decode()
    )
    shown = client.post("/estimate/", {"a": wang().encoded(), "screen": "people", "go": "result"})
    assert shown.status_code == 200 and "不管结果怎样，您都可以去申请" in shown.content.decode()
    assert not client.cookies and shown["Cache-Control"].startswith("private")
    with translation.override("en"):
        english = client.post(
            "/estimate/", {"a": wang().encoded(), "screen": "people", "language": "en", "born.0": "1956-3-2"}
        )
    assert "Who is in your family?" in english.content.decode() and set(client.cookies) == {"django_language"}


def test_an_address_may_not_post_without_end(db, monkeypatch) -> None:
    monkeypatch.setattr(views, "MOST_A_MINUTE", 1)
    monkeypatch.setattr(views, "_seen", views.OrderedDict())
    assert [Client().post("/estimate/").status_code for _ in range(2)] == [200, 429]
