"""Paragraphs → chapters and points. The numbering scheme is told from the document itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.layout import Paragraph
from jimin.domains.planning.reading.markers import Marker, marker_of
from jimin.domains.planning.reading.sentences import END_MARKS

_CLOSING = re.compile(
    r"^(?:附件|附表|附：|抄送|主送|（?此件|（?联系人|印发机关|(?:\d{4}|[〇零一二三四五六七八九]{4})年\d{1,2}月\d{1,2}日)"
)
_MOST = 0.6
_MANY_POINTS = 0.5
_TITLE_LENGTH = 45


@dataclass
class Part:
    """A numbered part while it is being put together: its marker, its paragraphs, its line."""

    marker: Marker
    paragraphs: list[Paragraph]
    parts: list[Part] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.paragraphs[0].line

    @property
    def head(self) -> str:
        """The text of the opening paragraph without its number."""
        return self.paragraphs[0].text[self.marker.length :].strip()


@dataclass(frozen=True)
class Outline:
    """What stands before, the chapters with their points (or points alone), and the two styles of numbers."""

    front: tuple[Paragraph, ...]
    chapters: tuple[Part, ...]
    points: tuple[Part, ...]
    chapter_style: str | None
    point_style: str | None
    closing: tuple[Paragraph, ...]

    @property
    def runs_through(self) -> bool:
        """Whether points are numbered through all chapters (else each chapter starts at 1)."""
        firsts = [chapter.parts[0].marker.number for chapter in self.chapters[1:] if chapter.parts]
        return not firsts or sum(first == 1 for first in firsts) * 2 < len(firsts)


def outline(paragraphs: tuple[Paragraph, ...]) -> Outline:
    """The chapters and points of these paragraphs; numbers are not checked here."""
    paragraphs = _split_inline(paragraphs)
    chapter_style, point_style = _styles(paragraphs)
    wanted = [style for style in (chapter_style, point_style) if style]
    first = next((i for i, p in enumerate(paragraphs) if p.marker and p.marker.style in wanted), len(paragraphs))
    front, body, closing = paragraphs[:first], list(paragraphs[first:]), []
    for index, paragraph in enumerate(body):
        if index and _CLOSING.match(fold(paragraph.text)) and not _wanted_later(body[index:], wanted):
            closing, body = body[index:], body[:index]
            break
    chapters: list[Part] = []
    points: list[Part] = []
    current: Part | None = None
    for paragraph in body:
        marker = paragraph.marker
        if marker and marker.style == chapter_style:
            current = Part(marker, [paragraph])
            chapters.append(current)
        elif marker and marker.style == point_style:
            current = Part(marker, [paragraph])
            points.append(current)
            if chapters:
                chapters[-1].parts.append(current)
        elif current is not None:
            current.paragraphs.append(paragraph)
    return Outline(front, tuple(chapters), tuple(points), chapter_style, point_style, tuple(closing))


def _wanted_later(rest: list[Paragraph], wanted: list[str]) -> bool:
    return any(paragraph.marker and paragraph.marker.style == wanted[-1] for paragraph in rest)


def _styles(paragraphs: tuple[Paragraph, ...]) -> tuple[str | None, str | None]:
    """(style of chapters or None, style of points or None): by order of first use, then by who holds whom."""
    used: dict[str, list[int]] = {}
    for paragraph in paragraphs:
        if paragraph.marker:
            used.setdefault(paragraph.marker.style, []).append(paragraph.marker.number)
    # A style counts when it begins at 1, or is used often: its first number may be what is missing.
    order = [style for style, numbers in used.items() if 1 in numbers or len(numbers) >= 3] or list(used)
    if not order:
        return None, None
    if len(order) == 1:
        return None, order[0]
    top, second = order[0], order[1]
    if len(order) > 2 and _runs_on(paragraphs, order[2], (top, second)):
        return top, order[2]
    if _holders(paragraphs, top, second) >= _MOST:
        return top, second
    return None, top


def _holders(paragraphs: tuple[Paragraph, ...], top: str, second: str) -> float:
    """Share of the parts of style `top` with at least one part of style `second` in them."""
    held: list[bool] = []
    for paragraph in paragraphs:
        if paragraph.marker and paragraph.marker.style == top:
            held.append(False)
        elif paragraph.marker and paragraph.marker.style == second and held:
            held[-1] = True
    return sum(held) / len(held) if held else 0.0


def _runs_on(paragraphs: tuple[Paragraph, ...], style: str, above: tuple[str, ...]) -> bool:
    """Whether numbers of this style go on over the parts above instead of starting again in each."""
    firsts: list[int] = []
    fresh = True
    count = 0
    for paragraph in paragraphs:
        if paragraph.marker and paragraph.marker.style in above:
            fresh = True
        elif paragraph.marker and paragraph.marker.style == style:
            count += 1
            if fresh:
                firsts.append(paragraph.marker.number)
            fresh = False
    return count >= 5 and len(firsts) >= 3 and sum(first != 1 for first in firsts[1:]) >= _MOST * len(firsts[1:])


def _split_inline(paragraphs: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """Points that lost their own line: a paragraph is cut at “。（十三）” when the number follows the one before."""
    out: list[Paragraph] = []
    last: dict[str, int] = {}
    for paragraph in paragraphs:
        rest = paragraph
        while True:
            if rest.marker:
                last[rest.marker.style] = rest.marker.number
            cut = _inline_marker(rest, last)
            if cut is None:
                break
            out.append(Paragraph(rest.text[:cut], rest.line, rest.marker))
            rest = Paragraph(rest.text[cut:], rest.line, marker_of(rest.text[cut:]))
        out.append(rest)
    return tuple(out)


_INLINE = re.compile(
    r"(?<=[。！？])[ ]?(?=（[一二三四五六七八九十百]{1,5}）|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,5}[章条])"
)


def _inline_marker(paragraph: Paragraph, last: dict[str, int]) -> int | None:
    for match in _INLINE.finditer(fold(paragraph.text)):
        marker = marker_of(paragraph.text[match.end() : match.end() + 16])
        if marker and marker.style in last and marker.number == last[marker.style] + 1:
            return match.end()
        if marker and marker.style == "han_paren" and marker.number == 1 and "han" in last:
            return match.end()
    return None


def title_of(part: Part) -> tuple[str, int]:
    """(title, its length in the point's text): the opening line or sentence when it is short, else its first clause."""
    text = part.head
    if len(part.paragraphs) > 1 and len(text) <= _TITLE_LENGTH and text and text[-1] not in "；，":
        return text.rstrip("。：:；. "), len(text)
    folded = fold(text)
    end = next((i for i, char in enumerate(folded) if char in END_MARKS), len(folded))
    if end <= _TITLE_LENGTH:
        return text[:end], min(end + 1, len(text))
    clause = re.split("[，；：。]", folded, maxsplit=1)[0]
    return text[: min(len(clause), _TITLE_LENGTH)], 0


def full_text(part: Part) -> str:
    """One clean paragraph: the opening without its number, then what follows, a space where a heading has no mark."""
    text = part.head
    for index, paragraph in enumerate(part.paragraphs[1:]):
        apart = (index == 0 or paragraph.marker is not None) and text and text[-1] not in "。！？；：”》），、"
        text += (" " if apart else "") + paragraph.text
    return text
