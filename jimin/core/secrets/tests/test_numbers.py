"""Numbers are read as people copy them, and a wrong one is refused with the reason."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.secrets import numbers
from jimin.core.secrets.numbers import USCC_ALPHABET, BadNumber

DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))


def make_id(area: int, birth: date, serial: int) -> str:
    first = f"{area:06d}{birth:%Y%m%d}{serial:03d}"
    return first + numbers.id_check(first)


ids = st.builds(make_id, st.integers(110000, 659999), DAYS, st.integers(0, 999))


@given(ids)
def test_every_well_formed_id_is_read_with_its_birth_and_sex(number):
    said = numbers.citizen(number)
    assert said.number == number
    assert said.birth.strftime("%Y%m%d") == number[6:14]
    assert said.female == (number[16] in "02468")


@given(ids, st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(BadNumber):
        numbers.citizen(wrong)


@given(ids, st.integers(0, 16))
def test_two_neighbouring_digits_exchanged_are_always_noticed(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(BadNumber):
            numbers.citizen(swapped)


@given(st.integers(110000, 659999), st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_an_old_15_digit_id_is_the_same_person_as_its_18_digit_one(area, birth, serial):
    old = f"{area:06d}{birth:%y%m%d}{serial:03d}"
    assert numbers.id_number(old) == make_id(area, birth, serial)


@given(ids)
def test_spaces_full_width_digits_and_a_small_x_do_not_matter(number):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number.lower())
    assert numbers.id_number(f" {wide[:6]} {wide[6:14]}-{wide[14:]} ") == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "18 位"),
        ("22012219560814042", "现为 17 位"),
        ("22012219561314042X", "不是一个日期"),
        ("220122195602300420", "不是一个日期"),
        ("220122175608140420", "不可能"),
        ("2201221956081404AX", "其他字符"),
    ],
)
def test_a_wrong_id_is_refused_with_the_reason_and_without_the_number(text, reason):
    with pytest.raises(BadNumber, match=reason) as error:
        numbers.citizen(text)
    assert not text or text not in str(error.value)


def test_a_birth_in_the_future_is_refused():
    tomorrow = date(2023, 10, 10) + timedelta(days=1)
    with pytest.raises(BadNumber, match="不可能"):
        numbers.citizen(make_id(220122, tomorrow, 1), today=date(2023, 10, 10))


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91350100m000100y43"])
def test_a_real_credit_code_is_accepted(code):
    # The example of the standard's own annex.
    assert numbers.uscc(code) == "91350100M000100Y43"


@given(
    st.text(USCC_ALPHABET, min_size=2, max_size=2),
    st.integers(110000, 659999),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
    st.integers(0, 16),
    st.sampled_from(USCC_ALPHABET),
)
def test_one_wrong_character_in_a_credit_code_is_always_noticed(head, area, body, place, other):
    first = f"{head}{area}{body}"
    code = first + numbers.uscc_check(first)
    assert numbers.uscc(code) == code
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(BadNumber):
            numbers.uscc(wrong)


def test_a_letter_that_the_standard_leaves_out_is_named():
    with pytest.raises(BadNumber, match="不用 I、O"):
        numbers.uscc("91350100MIO0100Y43")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("(0431)88888888", "043188888888"),
        ("0431-8888888", "04318888888"),
    ],
)
def test_phones_are_read_as_written(text, number):
    assert numbers.phone(text) == number


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "88888888", "电话没有"])
def test_what_is_no_phone_is_refused(text):
    with pytest.raises(BadNumber, match="11 位手机号"):
        numbers.phone(text)


@given(st.text("0123456789", min_size=15, max_size=18), st.integers(0, 14), st.integers(1, 9))
def test_one_mistyped_digit_of_a_bank_card_is_always_noticed(first, place, shift):
    card = next(first + d for d in "0123456789" if numbers.luhn(first + d))
    assert numbers.bank_card(card) == card
    with pytest.raises(BadNumber):
        numbers.bank_card(card[:place] + str((int(card[place]) + shift) % 10) + card[place + 1 :])


def test_masks_keep_what_a_clerk_needs_to_tell_two_apart():
    assert numbers.KINDS["id"].mask("220122195608140423") == "220122********0423"
    assert numbers.KINDS["phone"].mask("13800138000") == "138****8000"
    assert numbers.mask_name("王桂兰") == "王*兰"
    assert numbers.mask_name("李明") == "李*"


@given(st.sampled_from(sorted(numbers.KINDS)), st.text("0123456789", min_size=1, max_size=19))
def test_a_mask_always_hides_something_and_keeps_the_length(kind, text):
    masked = numbers.KINDS[kind].mask(text)
    assert len(masked) == len(text)
    assert masked.count("*") >= max(1, len(text) // 4)
