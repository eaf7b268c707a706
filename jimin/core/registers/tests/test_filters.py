"""A condition narrows the list or is refused in words with what is allowed; it never widens it."""

import pytest

from jimin.core.actions.errors import Forbidden
from jimin.core.registers.tests.conftest import CHANGCHUN, DEHUI, NONGAN


def shown(register, actor, **params):
    page = register.page(actor, params)
    assert not page.problems, page.problems
    return page.count


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 40),
        ({"name": "event 1"}, 8),
        ({"kind": "a:1"}, 20),
        ({"day_from": "2023-09-10"}, 4),
        ({"day_to": "2023-09-01"}, 4),
        ({"day_from": "2023-09-02", "day_to": "2023-09-03"}, 8),
        ({"month": "2023-09"}, 4),
        ({"place": NONGAN}, 20),
        ({"place": CHANGCHUN}, 40),
        ({"sent": "1"}, 14),
        ({"sent": "0"}, 26),
        ({"q": "event a:1"}, 20),
        ({"q": "nothing"}, 0),
        ({"name": "  ", "kind": ""}, 40),
        ({"kind": "a:1", "place": DEHUI}, 0),
    ],
)
def test_each_filter_narrows_the_list(register, cast, events, params, count):
    assert shown(register, cast.department, **params) == count


@pytest.mark.parametrize(
    ("params", "field", "said"),
    [
        ({"kind": "c"}, "kind", "可选：甲、乙"),
        ({"day_from": "九月"}, "day_from", "2023-09-27"),
        ({"day_from": "2023-09-05", "day_to": "2023-09-01"}, "day_from", "对调"),
        ({"month": "2023-13"}, "month", "2023-09"),
        ({"place": "999"}, "place", "管辖范围"),
        ({"sent": "maybe"}, "sent", "是、否"),
        ({"sort": "subject"}, "", "不能按"),
        ({"contry": NONGAN}, "", "不认识的条件"),
        ({"q": "x" * 101}, "q", "最多"),
        ({"name": "a\0b"}, "name", "无法识别"),
    ],
)
def test_a_wrong_condition_shows_no_row_and_says_what_is_allowed(register, cast, events, params, field, said):
    page = register.page(cast.department, params)
    assert page.rows == []
    assert page.count == 0
    assert page.problems[0].field == field
    assert said in page.problems[0].message


def test_each_sees_the_own_scope_and_only_its_places_to_choose_from(register, cast, events):
    assert shown(register, cast.county) == 20
    assert shown(register, cast.city) == 40
    place = next(s for s in register.read(cast.county, {}).filters if s.filter.name == "place")
    assert [o.value for o in place.options] == [NONGAN]
    assert register.page(cast.county, {"place": DEHUI}).rows == []
    assert "管辖范围" in register.page(cast.county, {"place": DEHUI}).problems[0].message


def test_the_department_chooses_among_prefectures_with_their_counties_below_them(register, cast, events):
    place = next(s for s in register.read(cast.department, {}).filters if s.filter.name == "place")
    ours = [(o.label, o.group) for o in place.options if o.value in (CHANGCHUN, NONGAN, DEHUI)]
    assert ours == [("长春市", ""), ("农安县", "长春市"), ("德惠市", "长春市")]


def test_a_role_without_the_permission_cannot_open_the_list(register, cast):
    with pytest.raises(Forbidden, match="审计员"):
        register.page(cast.auditor, {})


def test_the_conditions_are_said_in_words(register, cast, events):
    reading = register.read(cast.department, {"kind": "a:1", "month": "2023-09", "q": "event", "place": NONGAN})
    assert reading.said == [("查找", "event"), ("类别", "甲"), ("月份", "2023年9月"), ("地区", "农安县")]
    assert reading.address(q="") == f"?kind=a%3A1&month=2023-09&place={NONGAN}"
