"""How text, numbers, dates and lengths are written in a document; the same for PDF and Word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from .model import Align, Cell, Table

GETA = "〓"
"""The printers' mark for a character that cannot be set (下驮符号)."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NEWLINES = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")
_NUMBER = re.compile(r"[-−+]?[\d,]+(\.\d+)?\s?[%‰]?|—")


def clean(text: str) -> str:
    """`text` fit to be printed: one kind of line break, no invisible characters.

    Control characters and marks that turn the direction of writing could make a document read other than it is
    stored; each is shown as 〓. Zero-width characters carry no meaning here and are dropped.
    """
    text = _NEWLINES.sub("\n", text).replace("\t", " ").translate(_INVISIBLE)
    return "".join(GETA if _unprintable(c) else c for c in text)


def _unprintable(char: str) -> bool:
    return char != "\n" and (unicodedata.category(char) in ("Cc", "Cf", "Cs") or char in "\ufffe\uffff")


def cell_text(value: Cell) -> str:
    """A cell in print: 12,345 for numbers, “—” for no data, text cleaned."""
    if value is None:
        return "—"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return clean(value)


def chinese_date(day: date | None) -> str:
    """2023年2月1日, or nothing."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def width(text: str) -> float:
    """The length of the longest line of `text` in ems: a Chinese character is 1, a Latin letter or digit 0.56."""
    return max(
        sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.56 for c in line) for line in text.split("\n")
    )


def aligns(table: Table, cells: Sequence[Sequence[str]]) -> list[Align]:
    """The alignment of each column: as given, else right for numbers and left for words."""
    if table.align is not None:
        return list(table.align)
    columns = zip(*cells, strict=True) if cells else [() for _ in table.header]
    return [
        "center" if head in ("序号", "编号") else "right" if _numeric(column) else "left"
        for head, column in zip(table.header, columns, strict=True)
    ]


def _numeric(column: Sequence[str]) -> bool:
    return any(c != "—" for c in column) and all(not c or _NUMBER.fullmatch(c) for c in column)


def shares(table: Table, cells: Sequence[Sequence[str]], room: float) -> list[float]:
    """The share of the page's width for each column (sums to 1); `room` is that width in ems of the table's type.

    Numbers are never broken: their columns keep their length, columns of words share what is left.
    """
    if table.widths is not None:
        return [w / sum(table.widths) for w in table.widths]
    columns = list(zip(*cells, strict=True)) if cells else [() for _ in table.header]
    padding = 1.6
    lengths = [
        max([width(head), *map(width, column)]) + padding for head, column in zip(table.header, columns, strict=True)
    ]
    if sum(lengths) > room:
        firm = [_numeric(c) or n <= room / len(lengths) for c, n in zip(columns, lengths, strict=True)]
        left = room - sum(n for n, f in zip(lengths, firm, strict=True) if f)
        loose = sum(min(n, room) for n, f in zip(lengths, firm, strict=True) if not f)
        if left > 0 and loose > 0:
            lengths = [n if f else left * min(n, room) / loose for n, f in zip(lengths, firm, strict=True)]
    return [n / sum(lengths) for n in lengths]


def balanced(title: str, per_line: int) -> list[str]:
    """A title in lines of about the same length, broken where words end if a sign says so (回行时词意完整，排列对称)."""
    lines: list[str] = []
    for part in clean(title).split("\n"):
        count = -(-int(width(part)) // per_line) if part else 1
        while count > 1:
            at = _break(part, len(part) // count + 1)
            lines.append(part[:at])
            part, count = part[at:], count - 1
        lines.append(part)
    return [line.strip() for line in lines]


def _break(text: str, near: int) -> int:
    """Where to end the first line of `text`: the best place within four characters of `near`."""
    places = range(max(2, near - 4), min(len(text) - 1, near + 4))
    good = [i for i in places if text[i - 1] in "的、，》”）年月度于" or text[i] in "《“（和与及全"]
    allowed = [i for i in places if text[i] not in "，。、；：》”）！？" and text[i - 1] not in "《“（"]
    best = [i for i in good if i in allowed] or allowed or [near]
    return min(best, key=lambda i: abs(i - near))


def fullwidth_colon(recipients: Sequence[str]) -> str:
    """主送机关 in one line, with the colon that ends it."""
    return "，".join(clean(r) for r in recipients) + "：" if recipients else ""
