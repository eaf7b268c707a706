"""Characters: what is dropped, what is one space, and a same-length fold so that offsets hold in the original."""

from __future__ import annotations

import re
import unicodedata

# Invisible or harmful: controls (but tab, line feed, form feed), zero-width, bidi marks, soft hyphen, byte-order mark.
_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")

_FOLD: dict[str, str] = {}
for _code in range(0xFF01, 0xFF5F):
    _FOLD[chr(_code)] = chr(_code - 0xFEE0)
_FOLD.update(
    {
        ",": "，", "﹐": "，", "､": "、", "﹑": "、", ";": "；", "﹔": "；", ":": "：", "﹕": "：", "｡": "。",
        "!": "！", "?": "？", "(": "（", ")": "）", "﹙": "（", "﹚": "）", "〈": "《", "〉": "》", "﹤": "《",
        "［": "〔", "］": "〕", "[": "〔", "]": "〕", "【": "〔", "】": "〕", "﹝": "〔", "﹞": "〕",
        "—": "-", "–": "-", "‐": "-", "‑": "-", "−": "-", "―": "-", "~": "-", "〜": "-", "﹪": "%",
        "「": "“", "」": "”", "『": "“", "』": "”", "〝": "“", "〞": "”", "＂": '"', "○": "〇", "Ｏ": "O",
        "﹒": ".", "両": "两",
    }
)  # fmt: skip
# A full-width bracket folds by way of the ASCII one back to itself.
_TABLE = str.maketrans({key: _FOLD.get(value, value) for key, value in _FOLD.items()})
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")


def clean(text: str) -> str:
    """Drop invisible characters; line and page breaks stay."""
    return _DROPPED.sub("", text)


def squeeze(text: str) -> str:
    """One line without its spaces, but for one between two Latin words or two numbers."""
    out: list[str] = []
    pieces = [piece for piece in _SPACES.split(text) if piece]
    for piece in pieces:
        if out and _is_latin(out[-1][-1]) and _is_latin(piece[0]):
            out.append(" ")
        out.append(piece)
    return "".join(out)


def glue(left: str, right: str) -> str:
    """Join two parts of a broken line: a space only between two Latin words (a split number closes up)."""
    if left and right and left[-1].isascii() and right[0].isascii() and left[-1].isalpha() and right[0].isalpha():
        return left + " " + right
    return left + right


def fold(text: str) -> str:
    """Same length, one form: ASCII digits, letters and %, full-width ，。；：（）, “” for straight quotes, - for dashes."""
    folded = _THOUSANDS.sub(",", text.translate(_TABLE))
    if '"' not in folded:
        return folded
    parts = folded.split('"')
    out = [parts[0]]
    for index, part in enumerate(parts[1:]):
        out.append("“" if index % 2 == 0 else "”")
        out.append(part)
    return "".join(out)


def width(text: str) -> int:
    """Cells on a fixed-width page: 2 for a Chinese character or mark, 1 for a Latin one."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def han_share(text: str) -> float:
    """Share of Chinese characters among all that are no space (0 to 1)."""
    seen = [char for char in text if not char.isspace()]
    if not seen:
        return 0.0
    return sum(1 for char in seen if "\u3400" <= char <= "\u9fff" or char >= "\U00020000") / len(seen)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
