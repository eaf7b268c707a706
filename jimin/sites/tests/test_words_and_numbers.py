"""Numbers, dates and words as the pages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from jimin.core import clock
from jimin.sites.templatetags import jimin_ui as ui


@pytest.fixture(autouse=True)
def in_2023():
    with clock.on_day(date(2023, 10, 10)), translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7998, "7,998"),
        (Decimal("3412.55"), "3,412.55"),
        (-650, "−650"),
        (0, "0"),
        (None, "—"),
        ("", "—"),
        ("七千", "—"),
    ],
)
def test_a_number_has_commas_and_a_true_minus_and_nothing_is_a_dash_not_a_zero(value, text):
    assert ui.number(value) == text


def test_a_unit_stays_on_the_line_of_its_number_and_a_percent_sign_closes_up():
    assert ui.quantity(910, "元") == "910\u00a0元"
    assert ui.quantity("14.7", "%") == "14.7%"
    assert ui.quantity(None, "个") == "—"


def test_money_is_kept_in_fen_and_shown_in_yuan():
    assert (ui.yuan(91000), ui.yuan(91000, "short"), ui.yuan(341255, "short")) == ("910.00", "910", "3,412.55")


def test_shares_lose_their_idle_zeros():
    assert (ui.percent("0.147"), ui.percent("0.2"), ui.bp(1470), ui.bp(10000)) == ("14.7%", "20%", "14.7%", "100%")


def test_a_change_carries_its_sign():
    assert (ui.signed(412), ui.signed(-166), ui.signed(0)) == ("+412", "−166", "0")


def test_a_date_of_this_year_is_said_without_the_year():
    assert ui.day(date(2023, 10, 13)) == "10月13日（周五）"
    assert ui.day(date(2025, 10, 13)) == "2025年10月13日（周一）"
    assert ui.day(date(2023, 10, 13), "full") == "2023年10月13日"


def test_a_time_is_told_in_shanghai():
    assert ui.moment(datetime(2023, 10, 13, 17, 5, tzinfo=UTC)) == "10月14日 01:05"
    assert ui.day(datetime(2023, 10, 13, 17, 5, tzinfo=UTC), "short") == "10月14日"


def test_an_english_page_has_english_dates():
    with translation.override("en"):
        assert ui.day(date(2023, 10, 13)) == "Fri 13 Oct"
        assert ui.month(date(2023, 9, 1)) == "Sep 2023"


def test_working_days_left_are_said_in_words():
    assert (ui.workdays(3), ui.workdays(0), ui.workdays(-2)) == ("3 个工作日", "今天", "逾期 2 个工作日")


@pytest.mark.parametrize("typed", ["吉民发[2023]5号", "吉民发（2023）5号", "吉民发【2023】5号", "吉民发〔2023〕5号"])
def test_a_document_number_gets_its_six_cornered_brackets(typed):
    assert ui.docno(typed) == "吉民发〔2023〕5号"


def test_other_brackets_in_a_document_number_are_left_alone():
    assert ui.docno("市（州）报送表") == "市（州）报送表"


def test_every_status_has_a_word_and_a_shape():
    assert [ui.status_word(s) for s in ("ok", "slow", "late", "none")] == ["按期", "偏慢", "落后", "未定量"]
    assert ui.shape("info") == "cur"
    assert ui.shape("no such status") == "none"


def test_a_clock_marks_today_and_turns_red_when_it_is_over():
    assert ui.day_cells(5, 3) == ["u", "u", "t", "", ""]
    assert ui.day_cells(5, 6) == ["o"] * 5
    assert ui.day_cells(365, 3) == []


def test_marks_tie_phrases_to_rows():
    assert (ui.circled(1), ui.circled("20"), ui.circled(21)) == ("①", "⑳", "(21)")
