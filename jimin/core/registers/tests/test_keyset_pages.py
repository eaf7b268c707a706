"""Walking by pages, in any order, gives exactly the rows of the whole list; a forged position is refused in words."""

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimin.core.events.models import OutboxEvent
from jimin.core.registers.keyset import Order

SORTS = ["", "id", "-id", "name", "-name", "day", "-day", "delivered", "-delivered"]


def ids(page):
    return [r.record.pk for r in page.rows]


def walk(register, actor, sort, step, start=""):
    """The pages from one end to the other."""
    pages, position = [], start
    while True:
        page = register.page(actor, {"sort": sort, **({step: position} if position else {})})
        assert not page.problems
        pages.append(page)
        position = page.next_cursor if step == "after" else page.prev_cursor
        if not position:
            return pages
        assert len(pages) < 50


@pytest.mark.parametrize("sort", SORTS)
def test_walking_forwards_and_back_meets_every_row_once_in_the_order_of_the_whole_list(register, cast, events, sort):
    reading = register.read(cast.department, {"sort": sort})
    whole = [e.pk for e in reading.order.sorted(reading.rows)]
    assert len(whole) == 40
    forwards = walk(register, cast.department, sort, "after")
    assert [i for p in forwards for i in ids(p)] == whole
    assert not forwards[0].prev_cursor
    backwards = walk(register, cast.department, sort, "before", forwards[-1].prev_cursor)
    assert [i for p in reversed(backwards) for i in ids(p)] == whole[: -len(forwards[-1].rows)]
    assert backwards[0].next_cursor


@pytest.mark.parametrize("sort", ["delivered", "-delivered"])
def test_empty_values_come_last_in_both_directions(register, cast, events, sort):
    values = [r.record.delivered_at for p in walk(register, cast.department, sort, "after") for r in p.rows]
    filled = [v for v in values if v]
    assert values == filled + [None] * (40 - len(filled))
    assert filled == sorted(filled, reverse=sort.startswith("-"))


def test_a_new_row_while_somebody_pages_neither_repeats_nor_skips_the_others(register, cast, events):
    first = register.page(cast.department, {})
    before = [e.pk for e in events]
    OutboxEvent.objects.create(name="late", subject="a:1", day=first.rows[0].record.day)
    rest = walk(register, cast.department, "", "after", first.next_cursor)
    assert ids(first) + [i for p in rest for i in ids(p)][: 40 - 7 + 1] != []
    seen = ids(first) + [i for p in rest for i in ids(p)]
    assert [i for i in seen if i in before] == before


@pytest.mark.parametrize("forged", ["x", "", "WyJpZCIsIDFd", "a:b:c"])
def test_a_forged_position_is_said_and_the_first_page_is_shown(register, cast, events, forged):
    page = register.page(cast.department, {"after": forged})
    if forged:
        assert "失效" in page.problems[0].message
    assert ids(page) == [e.pk for e in events[:7]]


def test_a_position_of_another_order_or_another_list_is_not_taken(register, cast, events):
    other = register.page(cast.department, {"sort": "name"}).next_cursor
    assert register.page(cast.department, {"after": other}).problems
    elsewhere = Order.of(OutboxEvent.objects.all(), ["-day", "id"]).position("tests.other", events[0])
    assert register.page(cast.department, {"after": elsewhere}).problems
    signed = signing.dumps(["-day,id", "no date", 1], salt="jimin.registers.position.tests.events")
    assert register.page(cast.department, {"after": signed}).problems


def test_one_direction_without_empty_values_is_one_row_comparison(register, cast, events):
    order = Order.of(OutboxEvent.objects.all(), ["-day", "-id"])
    sql = str(order.beyond(OutboxEvent.objects.all(), [events[0].day, events[0].pk], False).query)
    assert "ROW(" in sql
    assert " OR " not in sql


def test_the_count_stops_at_the_cap(register, cast, events, monkeypatch):
    monkeypatch.setattr("jimin.core.registers.base.COUNT_TO", 20)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = register.page(cast.department, {})
    assert page.counted == "20+"
    assert any("LIMIT 21" in q["sql"] for q in queries)
    assert not any("OFFSET" in q["sql"] for q in queries)


def test_fewer_rows_than_the_cap_are_counted_exactly(register, cast, events):
    assert register.page(cast.department, {}).counted == "40"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    names=st.lists(st.sampled_from(["day", "-day", "delivered_at", "-delivered_at", "name", "-name", "county"]), max_size=4,
                   unique_by=lambda n: n.lstrip("-")),
    at=st.integers(0, 39),
    backwards=st.booleans(),
)  # fmt: skip
def test_the_rows_beyond_any_row_in_any_order_are_those_that_stand_after_it(events, names, at, backwards):
    order = Order.of(OutboxEvent.objects.all(), names)
    whole = list(order.sorted(OutboxEvent.objects.all()))
    values = order.read("t", order.position("t", whole[at]))
    found = list(order.sorted(order.beyond(OutboxEvent.objects.all(), values, backwards), backwards))
    assert found == (whole[:at][::-1] if backwards else whole[at + 1 :])
