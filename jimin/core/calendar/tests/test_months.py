from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.calendar.api import Month

MONTHS = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


def test_a_month_knows_its_first_and_last_day_and_its_neighbours():
    month = Month.parse("2024-02")
    assert (month.start, month.end) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (month.previous(), month.next()) == (Month(2024, 1), Month(2024, 3))
    assert Month(2023, 12).next() == Month(2024, 1)
    assert Month.of(date(2023, 9, 30)) == Month(2023, 9)
    assert date(2024, 2, 29) in month
    assert date(2024, 3, 1) not in month


def test_the_label_is_what_people_say():
    assert Month(2023, 9).label == "2023年9月"
    assert str(Month(2023, 9)) == "2023-09"


@pytest.mark.parametrize("text", ["2023-13", "2023-00", "2023-9", "2023年9月", "", "２０２３-09", "2023-09-01"])
def test_text_that_is_no_month_is_refused_with_the_form(text):
    with pytest.raises(ValueError, match="2023-09"):
        Month.parse(text)


@given(MONTHS, st.integers(-600, 600))
def test_going_and_coming_back_is_the_same_month(month, n):
    assert month.plus(n) - month == n
    assert month.plus(n).plus(-n) == month
    assert Month.parse(str(month)) == month


@given(MONTHS, st.integers(0, 40))
def test_months_follow_without_a_gap(month, n):
    row = list(month.until(month.plus(n)))
    assert len(row) == n + 1
    assert all((b.start - a.end).days == 1 for a, b in zip(row, row[1:], strict=False))
    assert row == sorted(row)
