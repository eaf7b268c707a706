from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jimin.engines.documents.codes import ALPHABET, _check, grouped, new_code, normalise

CODES = st.lists(st.integers(0, 31), min_size=11, max_size=11).map(
    lambda v: grouped("".join(ALPHABET[i] for i in [*v, _check(v)]))
)


@given(CODES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(code: str, place: int, other: str) -> None:
    plain = code.replace("-", "")
    wrong = plain[:place] + other + plain[place + 1 :]
    assert (normalise(wrong) == code) == (wrong == plain)
    assert normalise(wrong) is None or wrong == plain


@given(CODES, st.integers(0, 11), st.integers(0, 11))
def test_every_exchange_of_two_characters_is_noticed(code: str, one: int, two: int) -> None:
    letters = list(code.replace("-", ""))
    letters[one], letters[two] = letters[two], letters[one]
    swapped = "".join(letters)
    assert normalise(swapped) is None or swapped == code.replace("-", "")


def test_lower_case_other_dashes_full_width_and_lookalikes_are_read() -> None:
    code = next(c for c in iter(new_code, "") if {"0", "1", "V"} <= set(c))
    for typed in (
        code.lower(),
        code.replace("-", "—"),
        code.replace("-", "  "),
        f" {code}\n",
        code.replace("0", "O").replace("1", "l").replace("V", "u"),
        code.replace("0", "o").replace("1", "I"),
        "".join(chr(ord(c) + 0xFEE0) for c in code),
    ):
        assert normalise(typed) == code, typed


def test_what_cannot_be_a_code_is_no_code() -> None:
    for typed in ("", "7K3M", "核验码", "0" * 13, "!" * 12, "𠮷" * 12):
        assert normalise(typed) is None


def test_codes_are_grouped_in_fours_and_differ() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(len(c) == 14 and c[4] == c[9] == "-" and normalise(c) == c for c in codes)
