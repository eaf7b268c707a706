from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.calendar import api, days

KNOWN = st.dates(date(2005, 1, 1), date(2025, 10, 1))


@pytest.fixture
def pack(settings, tmp_path):
    settings.PACK = tmp_path
    days.extra.cache_clear()
    yield tmp_path / "calendar.yaml"
    days.extra.cache_clear()


def test_the_day_of_receipt_does_not_count_and_the_next_day_is_day_one():
    assert api.add_working_days(date(2023, 3, 6), 1).date == date(2023, 3, 7)
    assert api.add_working_days(date(2023, 3, 3), 1).date == date(2023, 3, 6)  # a Friday


def test_national_day_of_2023_is_jumped_and_the_make_up_days_count():
    due = api.add_working_days(date(2023, 9, 28), 3)
    assert due.date == date(2023, 10, 9)  # 7 and 8 October were worked
    assert due.certain
    assert due.note == ""
    assert api.is_working_day(date(2023, 10, 7))
    assert not api.is_working_day(date(2023, 10, 6))


def test_zero_working_days_is_the_day_itself_and_a_negative_number_is_refused():
    assert api.add_working_days(date(2023, 10, 1), 0).date == date(2023, 10, 1)
    with pytest.raises(ValueError, match="不能是负数"):
        api.add_working_days(date(2023, 10, 1), -1)


def test_a_year_that_is_not_known_counts_weekdays_and_says_so():
    due = api.add_working_days(date(2031, 1, 1), 5)
    assert due.date == date(2031, 1, 8)
    assert not due.certain
    assert "2031" in due.note
    assert not api.is_certain(date(2031, 1, 1))


def test_a_limit_that_reaches_into_an_unknown_year_is_not_certain_though_it_starts_in_a_known_one():
    assert not api.add_working_days(date(2026, 12, 30), 5).certain


def test_a_number_beyond_the_calendar_is_refused_in_words():
    with pytest.raises(ValueError, match="太大"):
        api.add_working_days(date(9999, 12, 1), 500)


@given(KNOWN, st.integers(1, 60))
def test_the_due_date_is_a_working_day_with_n_working_days_between(start, n):
    due = api.add_working_days(start, n)
    assert api.is_working_day(due.date)
    assert api.working_days_between(start, due.date) == n
    assert api.working_days_between(due.date, start) == -n


def test_the_fifth_working_day_of_october_2023_is_after_the_holiday():
    assert api.nth_working_day_of(2023, 10, 5).date == date(2023, 10, 11)
    with pytest.raises(ValueError, match="从 1 数起"):
        api.nth_working_day_of(2023, 10, 0)


def test_a_pack_adds_its_own_holiday_and_completes_a_year(pack):
    pack.write_text(
        "holidays:\n  - {from: 2031-09-03, to: 2031-09-04, name: 州庆, source: 条例}\n"
        "workdays:\n  - {date: 2031-09-06, source: 通知}\ncomplete_years: [2031]\n",
        "utf-8",
    )
    due = api.add_working_days(date(2031, 9, 2), 2)
    assert (due.date, due.certain) == (date(2031, 9, 6), True)  # Friday, then the Saturday that is worked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("holidays:\n  - {from: 2031-09-03}", "没有 source"),
        ("holidays:\n  - {from: 九月三日, source: x}", "请写日期"),
        ("holidays:\n  - {from: 2031-09-03, to: 2031-09-01, source: x}", "早于"),
        ("festivals: []", "只能有这些栏目"),
        ("workdays:\n  - {date: 2031-09-03, source: x}\nholidays:\n  - {from: 2031-09-03, source: x}", "同时列为"),
        ("complete_years: 2031", "年份的列表"),
        ("holidays: [", "YAML"),
    ],
)
def test_a_faulty_pack_calendar_is_refused_with_its_place(pack, text, said):
    pack.write_text(text, "utf-8")
    with pytest.raises(days.CalendarFault, match=said):
        api.is_working_day(date(2031, 9, 3))
