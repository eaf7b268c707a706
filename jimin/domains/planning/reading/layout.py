"""Lines → paragraphs: page furniture is dropped, broken lines are joined, headings stay by themselves."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from jimin.domains.planning.reading.characters import fold, glue, squeeze, width
from jimin.domains.planning.reading.extract import Line, Source
from jimin.domains.planning.reading.markers import Marker, marker_of

_ENDS = "。！？；：”》）"
_PAGE_NUMBER = re.compile(
    r"^(?:-+ ?\d{1,4} ?-+|第 ?\d{1,4} ?页(?: ?[，/]? ?共 ?\d{1,4} ?页)?|\d{1,4} ?/ ?\d{1,4}|· ?\d{1,4} ?·|Page \d+.*)$"
)
_CONTENTS = re.compile(r"(?:[.．·…]{3,}|\s{2,})\s*\d{1,3}$|^目录$")
_BARE = re.compile(r"^\d{1,3}$")
_SHORT = 0.75
_FULL = 0.85
_BROKEN_SHARE = 0.1


@dataclass(frozen=True)
class Paragraph:
    """A clean paragraph, the number of its first line, and the marker it starts with."""

    text: str
    line: int
    marker: Marker | None


@dataclass(frozen=True)
class _Row:
    line: Line
    text: str
    indent: int
    marker: Marker | None


def paragraphs(source: Source) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """Paragraphs in order, and what was left out (page numbers, running heads) as warnings."""
    rows, dropped = _without_furniture(source)
    if not rows:
        return (), dropped
    wrap = _wrap_width(rows)
    out: list[Paragraph] = []
    parts: list[_Row] = []
    for row in rows:
        if parts and _starts(parts, row, wrap):
            out.append(_join(parts))
            parts = []
        parts.append(row)
    out.append(_join(parts))
    return tuple(out), dropped


def _join(parts: list[_Row]) -> Paragraph:
    text = ""
    for row in parts:
        text = glue(text, row.text)
    return Paragraph(text, parts[0].line.no, parts[0].marker)


def _without_furniture(source: Source) -> tuple[list[_Row], tuple[str, ...]]:
    rows: list[_Row] = []
    for line in source.lines:
        text = squeeze(line.text)
        if text:
            indent = width(line.text[: len(line.text) - len(line.text.lstrip(" \t\u3000\u00a0"))])
            rows.append(_Row(line, text, indent, marker_of(text)))
    heads = _running_heads(rows)
    bare = _bare_page_numbers(rows)
    kept, numbers, contents = [], 0, 0
    for row in rows:
        folded = fold(row.text)
        if _PAGE_NUMBER.match(folded) or row.line.no in bare:
            numbers += 1
        elif _CONTENTS.search(squeeze(folded)) or _CONTENTS.search(row.line.text.strip()):
            contents += 1
        elif row.text not in heads:
            kept.append(row)
    warnings = []
    if numbers:
        warnings.append(f"略去页码 {numbers} 处")
    if contents:
        warnings.append(f"略去目录 {contents} 行")
    warnings += [f"略去每页重复的页眉或页脚“{head[:30]}”" for head in sorted(heads)]
    return kept, tuple(warnings)


def _running_heads(rows: list[_Row]) -> set[str]:
    """Texts that stand at the edge of at least three pages; without pages, identical short lines (4 to 40 characters)."""
    edges: Counter[str] = Counter()
    pages: dict[int, list[_Row]] = {}
    for row in rows:
        if row.line.page is not None:
            pages.setdefault(row.line.page, []).append(row)
    if pages:
        for page in pages.values():
            edges.update({page[0].text, page[-1].text})
    elif not any(row.line.whole for row in rows):
        edges.update(row.text for row in rows if 4 <= len(row.text) <= 40 and row.text[-1] not in _ENDS)
    return {text for text, seen in edges.items() if seen >= 3 and marker_of(text) is None}


def _bare_page_numbers(rows: list[_Row]) -> set[int]:
    """Line numbers of bare numbers that count the pages: they rise by one, several lines apart."""
    found = [(index, row) for index, row in enumerate(rows) if _BARE.match(fold(row.text))]
    out: set[int] = set()
    for (at, row), (later, following) in zip(found, found[1:], strict=False):
        if int(fold(following.text)) == int(fold(row.text)) + 1 and later - at > 5:
            out |= {row.line.no, following.line.no}
    return out


def _wrap_width(rows: list[_Row]) -> tuple[int, int] | None:
    """Where lines were broken, in cells and in characters; None when each line is a paragraph already."""
    loose = [row for row in rows if not row.line.whole and width(row.text) >= 16]
    if len(loose) < 4:
        return None
    cells = _near_top([width(row.text) + row.indent for row in loose])
    characters = _near_top([len(row.text) + row.indent // 2 for row in loose])
    # A broken line is full and ends in mid-sentence; a heading is short, a paragraph ends with a mark.
    broken = [row for row in loose if row.text[-1] not in _ENDS and _fullness(row, (cells, characters)) >= _FULL]
    return (cells, characters) if len(broken) >= max(2, _BROKEN_SHARE * len(loose)) else None


def _near_top(sizes: list[int]) -> int:
    return sorted(sizes)[int(len(sizes) * 0.97)]


def _fullness(row: _Row, wrap: tuple[int, int]) -> float:
    """How far this line reaches to where lines are broken (1.0); digits are narrow, so by cells or by characters."""
    return max((width(row.text) + row.indent) / wrap[0], (len(row.text) + row.indent // 2) / wrap[1])


def _starts(parts: list[_Row], row: _Row, wrap: tuple[int, int] | None) -> bool:
    """Whether this row begins a new paragraph after `parts`."""
    before = parts[-1]
    if row.line.whole or before.line.whole or wrap is None:
        return True
    full = _fullness(before, wrap) >= _SHORT
    ended = before.text[-1] in _ENDS
    indented = row.indent >= 2 and row.indent > (before.indent if len(parts) > 1 else 0)
    if row.marker is not None:
        # “二、\n三级” and “按第\n（三）项” go on; a real number stands after an end, a short line, or indented.
        return ended or not full or indented or _could_follow(before, row)
    if not full:
        return True
    return ended and indented


def _could_follow(before: _Row, row: _Row) -> bool:
    return before.text[-1] not in "、，第按及和" and row.marker is not None and row.marker.style != "arab_paren"
