"""figures.py: values, years, projection and lights, with their boundaries."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.engines.indicators.figures import Light, Part, light, projected, rounded, settings, to_date, value
from jimin.engines.indicators.models import Comparator, Over, Shape

D = Decimal
AMOUNTS = st.decimals(0, 10**6, places=2)
SLOW = settings()["slow_from"]
MONTHS = st.dictionaries(
    st.dates(date(2021, 1, 1), date(2024, 12, 1)).map(lambda d: d.replace(day=1)),
    st.integers(0, 1000).map(lambda n: Part(D(n), D(n + 1), 1)),
)


def test_a_share_without_a_denominator_has_no_value():
    assert value(Part(D(5), D(0)), Shape.SHARE) is None
    assert value(Part(D(5), None), Shape.RATIO) is None
    assert value(None, Shape.COUNT) is None


@given(AMOUNTS, st.decimals("0.01", 10**6, places=2))
def test_a_share_is_in_percent_and_a_ratio_a_quotient(n, d):
    assert value(Part(n, d), Shape.SHARE) == n * 100 / d
    assert value(Part(n, d), Shape.RATIO) == n / d


@given(MONTHS, st.dates(date(2021, 1, 1), date(2024, 12, 1)))
def test_a_years_sum_holds_the_months_of_that_year_until_then_and_no_other(months, day):
    period = day.replace(day=1)
    part = to_date(months, period, Over.FLOW)
    inside = [p for m, p in months.items() if m.year == period.year and m <= period]
    assert (part is None) == (not inside)
    if part is not None:
        assert part.numerator == sum(p.numerator for p in inside)
        assert part.rows == len(inside)


@given(MONTHS, st.dates(date(2021, 1, 1), date(2024, 12, 1)))
def test_what_stood_in_december_stands_until_the_next_figure(months, day):
    period = day.replace(day=1)
    before = [m for m in months if m <= period]
    assert to_date(months, period, Over.STOCK) == (months[max(before)] if before else None)


def test_one_month_is_not_enough_to_project():
    assert projected([None, D(3), None], 5) is None


@given(st.integers(-50, 50), st.integers(0, 1000), st.integers(2, 12), st.integers(0, 12))
def test_an_even_line_is_carried_straight_on(step, start, known, left):
    line = [D(start + step * i) for i in range(known)]
    assert projected(line, left) == line[-1] + step * left


def test_a_missing_month_between_two_is_bridged():
    assert projected([D(10), None, D(20)], 2) == D(30)


def test_months_before_the_window_do_not_bend_the_line():
    window = int(settings()["trend_months"])
    assert projected([D(0), D(1000), *(D(1000 + 5 * i) for i in range(1, window + 1))], 1) == 1000 + 5 * (window + 1)


@given(AMOUNTS.filter(bool))
def test_at_least_reaching_the_goal_exactly_is_in_time(goal):
    assert light(goal, None, goal, Comparator.AT_LEAST, due=True) == Light.OK
    assert light(D(0), goal, goal, Comparator.AT_LEAST, due=False) == Light.OK


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(D(100), Light.OK), (D("99.99"), Light.SLOW), (100 * SLOW, Light.SLOW), (100 * SLOW - D("0.01"), Light.LATE)],
)
def test_at_least_lights_by_the_projection_before_the_deadline(ahead, expected):
    assert light(D(10), ahead, D(100), Comparator.AT_LEAST, due=False) == expected


@pytest.mark.parametrize(("now", "expected"), [(D(100), Light.OK), (D(96), Light.SLOW), (D(94), Light.LATE)])
def test_after_the_deadline_the_figure_counts_and_not_the_projection(now, expected):
    assert light(now, D(1000), D(100), Comparator.AT_LEAST, due=True) == expected


@pytest.mark.parametrize(
    ("now", "ahead", "expected"),
    [(D(5), D(5), Light.OK), (D(5), D("5.1"), Light.SLOW), (D(5), D(6), Light.LATE), (D(6), D(4), Light.SLOW)],
)
def test_at_most_is_in_time_only_below_the_line_now_and_ahead(now, ahead, expected):
    assert light(now, ahead, D(5), Comparator.AT_MOST, due=False) == expected


@given(AMOUNTS.filter(bool), AMOUNTS)
def test_equal_after_the_deadline_is_equal_or_late(goal, now):
    expected = Light.OK if now == goal else Light.LATE
    assert light(now, None, goal, Comparator.EQUAL, due=True) == expected


def test_without_a_figure_there_is_no_light():
    assert light(None, None, D(1), Comparator.AT_LEAST, due=True) == Light.NONE


@given(AMOUNTS)
def test_rounding_is_half_up(n):
    assert abs(rounded(n, Shape.COUNT) - n) <= D("0.5")
    assert rounded(D("0.25"), Shape.SHARE) == D("0.3")
