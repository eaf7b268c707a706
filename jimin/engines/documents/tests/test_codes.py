from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jimin.engines.documents.codes import ALPHABET, LENGTH, _check, grouped, near, new_code, normalise

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


@given(CODES, st.integers(0, LENGTH - 2))
def test_two_exchanged_neighbours_are_found_again(code: str, place: int) -> None:
    plain = code.replace("-", "")
    wrong = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    assert near(wrong) == [] if wrong == plain else code in near(wrong)


@given(CODES, st.sampled_from(["8B", "B8", "5S", "S5", "2Z", "Z2", "0D", "6G"]))
def test_a_character_that_looks_alike_is_found_again(code: str, pair: str) -> None:
    wrong = code.replace(pair[0], pair[1], 1)
    assert near(wrong) == [] if wrong == code else code in near(wrong)


def test_nothing_is_proposed_for_another_length() -> None:
    assert near("7K3M") == near("") == near("7" * 400) == []
