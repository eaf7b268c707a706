"""Numbers that open a paragraph: 第一章, 第三条, 一、, （十二）, 3., （3）, ①, Ⅳ、."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.numerals import HAN_NUMERAL, from_han, from_roman, to_han, to_roman

_HAN = f"[{HAN_NUMERAL}]{{1,6}}"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第({_HAN}|\d{{1,3}})(?:章|部分|编|篇)[、：.]?")),
    ("article", re.compile(rf"第({_HAN}|\d{{1,3}})条[、：]?")),
    ("han_paren", re.compile(rf"（({_HAN})）[、.]?")),
    ("han", re.compile(rf"({_HAN})(?:、|\.(?!\d))")),
    ("arab_paren", re.compile(r"（?(\d{1,3})）[、.]?")),
    ("arab", re.compile(r"(\d{1,3})(?:、|\.(?!\d))")),
    ("roman", re.compile(r"([IVXL]{1,6})[、.]")),
)
_SHOWN = {
    "part": "第{}章", "article": "第{}条", "han_paren": "（{}）", "han": "{}、",
    "arab_paren": "（{}）", "arab": "{}.", "roman": "{}、", "circle": "{}",
}  # fmt: skip
# One sign that holds a whole number: ① ⑴ ⒈ ㈠ Ⅰ, as (first code, last code, first number, style).
_SIGNS = (
    (0x2460, 0x2473, 1, "circle"), (0x3251, 0x325F, 21, "circle"), (0x32B1, 0x32BF, 36, "circle"),
    (0x2474, 0x2487, 1, "arab_paren"), (0x2488, 0x249B, 1, "arab"), (0x3220, 0x3229, 1, "han_paren"),
    (0x2776, 0x277F, 1, "circle"), (0x2160, 0x216B, 1, "roman"),
)  # fmt: skip


@dataclass(frozen=True)
class Marker:
    """A number at the head of a paragraph: its style, value, text as printed and length."""

    style: str
    number: int
    label: str
    length: int


def marker_of(text: str) -> Marker | None:
    """The marker that opens this (squeezed) text, None when it opens with none."""
    if not text:
        return None
    sign = _sign(text)
    if sign is not None:
        return sign
    folded = fold(text[:16])
    for style, pattern in _PATTERNS:
        match = pattern.match(folded)
        if match is None:
            continue
        number = _value(style, match.group(1))
        if number is not None and 0 < number < 1000:
            return Marker(style, number, text[: match.end()], match.end())
    return None


def shown(style: str, number: int) -> str:
    """How a number of this style is printed: ("han_paren", 12) → （十二）."""
    if style in ("part", "article", "han_paren", "han"):
        return _SHOWN[style].format(to_han(number))
    return _SHOWN[style].format(to_roman(number) if style == "roman" else number)


def _sign(text: str) -> Marker | None:
    code = ord(text[0])
    for first, last, number, style in _SIGNS:
        if first <= code <= last:
            length = 2 if len(text) > 1 and style == "roman" and fold(text[1]) in "、." else 1
            return Marker(style, number + code - first, text[:length], length)
    return None


def _value(style: str, text: str) -> int | None:
    if style == "roman":
        return from_roman(text)
    return int(text) if text.isdecimal() else from_han(text)
