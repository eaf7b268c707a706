"""Names are found by their characters, inside the scope alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.access.scope import working_as
from jimin.core.parties import api
from jimin.core.parties.actions import RegisterHousehold
from jimin.core.parties.names import normal, pieces, wanted
from jimin.core.parties.tests.conftest import VILLAGE

NAMES = st.text("王桂兰李福田小军阿依古丽买提·𠮷", min_size=1, max_size=12)


@given(NAMES, st.data())
def test_every_part_of_a_name_finds_it(name, data):
    text = normal(name)
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert set(wanted(text[start:end])) <= set(pieces(name))


def names(actor, text: str) -> list[str]:
    with working_as(actor):
        return [p.name for p in api.search(actor, text)]


def test_whole_names_come_first_and_parts_are_found(county, wangs):
    RegisterHousehold.perform(county, {"division": VILLAGE, "members": [{"name": "李明霞", "relation": "户主"}]})
    assert names(county, "李明") == ["李明", "李明霞"]
    assert names(county, "桂兰") == ["王桂兰"]
    assert names(county, "李") == ["李福田", "李小军", "李明", "李明霞"]
    assert names(county, "兰桂") == []
    assert names(county, " ") == []


def test_another_scope_finds_nothing(actors, wangs):
    assert names(actors["town"], "王桂兰") == ["王桂兰"]
    assert names(actors["other_town"], "王桂兰") == []
    assert names(actors["other_county"], "王桂兰") == []
    assert names(actors["department"], "王桂兰") == ["王桂兰"]


def test_one_character_over_a_whole_prefecture_is_too_short(actors, wangs):
    for who in ("city", "department"):
        with pytest.raises(api.TooShort, match="两个字"):
            names(actors[who], "李")


def test_a_rare_character_and_a_minority_name_are_found(county):
    data = {
        "division": VILLAGE,
        "members": [{"name": "𠮷田", "relation": "户主"}, {"name": "阿依古丽•买提", "relation": "其他"}],
    }
    RegisterHousehold.perform(county, data)
    assert names(county, "𠮷") == ["𠮷田"]
    assert names(county, "古丽·买") == ["阿依古丽•买提"]
