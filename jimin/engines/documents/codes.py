"""The code at the foot of a document: twelve characters that a person can read out, type and mistype.

Eleven characters are drawn at random from 32 (55 bits), the last is a check character. The alphabet is Crockford's
base 32: I, L and O are read as 1, 1 and 0, and U, which it lacks, as V. The check is a sum over GF(32) with a different
weight at each place, so every single wrong character and every exchange of two is noticed.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_VALUE = {c: i for i, c in enumerate(ALPHABET)}
_CONFUSED = str.maketrans("ILOU", "110V")


def _times_alpha(value: int) -> int:
    """`value` times the generator of GF(32), modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _check(values: list[int]) -> int:
    """The check value: Σ α^(n-i)·v_i by Horner's rule; no two of up to 31 places share a weight."""
    total = 0
    for value in values:
        total = _times_alpha(total ^ value)
    return total


def new_code() -> str:
    """A fresh code in its printed form, for example 7K3M-9QXW-2F4T."""
    values = [secrets.randbelow(32) for _ in range(LENGTH - 1)]
    return grouped("".join(ALPHABET[v] for v in [*values, _check(values)]))


def grouped(code: str) -> str:
    """Twelve characters in groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def plain_of(typed: str) -> str:
    """What a person typed without spaces and hyphens, in capitals, with look-alikes that no code has put right."""
    return re.sub(r"[\s\-‐-―−_·.]", "", unicodedata.normalize("NFKC", typed).upper()).translate(_CONFUSED)


def normalise(typed: str) -> str | None:
    """What a person typed, as the printed form; None if it cannot be a code (length, characters or check)."""
    plain = plain_of(typed)
    if len(plain) != LENGTH or any(c not in _VALUE for c in plain):
        return None
    values = [_VALUE[c] for c in plain]
    return grouped(plain) if _check(values[:-1]) == values[-1] else None


#: Characters that are taken for one another when a code is copied from paper.
_ALIKE = ("8B", "5S", "2Z", "6G", "0DQ", "VYU", "MN", "17", "PR", "CG", "EF", "XK")


def near(typed: str) -> list[str]:
    """The codes that differ from what was typed by one character that looks alike or by two exchanged neighbours.

    Only those whose check character is right; empty when the length is wrong or the code is right already.
    """
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper()).translate(_CONFUSED)
    if len(plain) != LENGTH or normalise(plain) is not None:
        return []
    tries = {
        plain[:i] + other + plain[i + 1 :]
        for i, c in enumerate(plain)
        for group in _ALIKE
        if c in group
        for other in group
        if other != c
    }
    tries |= {plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :] for i in range(LENGTH - 1)}
    return sorted({found for t in tries if (found := normalise(t)) is not None} - {normalise(plain)})
