"""The paragraph styles of a Word document, after GB/T 9704-2012: 3号仿宋, 28 characters by 22 lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.section import Section
from docx.styles.style import ParagraphStyle

from .ooxml import Element, borders, element, fonts

CELL = "TableCell"
_PITCH = 579  # twips: 225 mm / 22 lines
_TIGHT = -5  # twentieths of a point between characters of 3号, so that 28 fill the 156 mm of a line
_RED = "C8102E"


@dataclass(frozen=True, slots=True)
class _Style:
    """`line`: exact twips, 0 for as high as needed. `before`, `after`: twips. `first`: indent in hundredths of a character."""

    name: str
    east: str
    points: float
    line: int = _PITCH
    before: int = 0
    after: int = 0
    first: int = 0
    side: str = "both"
    bold: bool = False
    color: str = "000000"
    next_too: bool = False
    outline: int | None = None
    edges: tuple[tuple[str, tuple[str, int, str]], ...] = ()
    space: int = 0
    left: int = 0


def _styles(compact: bool) -> Sequence[_Style]:
    body, pitch, cell = (12, 400, 9.5) if compact else (16, _PITCH, 11)
    return (
        _Style("Normal", "仿宋", body, pitch, first=200),
        _Style("Title", "宋体", 22, 660, after=160 if compact else _PITCH // 2, side="center", bold=True, before=120),
        _Style("Heading 1", "黑体", body, pitch, first=200, next_too=True, outline=0),
        _Style("Heading 2", "楷体", body, pitch, first=200, next_too=True, outline=1),
        _Style("Heading 3", "仿宋", body, pitch, first=200, bold=True, next_too=True, outline=2),
        _Style("Heading 4", "仿宋", body, pitch, first=200, next_too=True, outline=3),
        _Style("Caption", "黑体", cell + 1, 0, before=160, after=80, side="center", next_too=True),
        _Style("发文机关标志", "宋体", 48, 0, before=1984, side="center", bold=True, color=_RED),
        _Style("发文字号", "仿宋", 16, before=_PITCH, after=_PITCH, side="center", color="000000",
               edges=(("bottom", ("single", 12, _RED)),), space=11),
        _Style("居中", "楷体", body, pitch, side="center"),
        _Style("顶格", "仿宋", body, pitch),
        _Style("引文", "宋体", body, pitch, before=80, after=80, left=320, edges=(("left", ("double", 6, _RED)),), space=8),
        _Style("附件说明", "仿宋", body, pitch),
        _Style("落款", "仿宋", body, pitch, side="right"),
        _Style("注释", "宋体", cell - 1, 0, before=60, after=120, color="44514D", side="left"),
        _Style("图", "仿宋", body, 0, before=160, side="center", next_too=True),
        _Style("图题", "黑体", cell, 0, before=40, after=160, side="center"),
        _Style("核验", "黑体", 9, 0, side="left", next_too=True),
        _Style("版记", "仿宋", 14, 480, side="left", next_too=True),
        _Style(CELL, "宋体", cell, 0, before=30, after=30, side="left"),
    )  # fmt: skip


def apply(word: WordDocument, *, compact: bool) -> None:
    """Set every style of `word`, in place of the template's own."""
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(defaults):
        defaults.remove(child)
    defaults.extend([fonts("仿宋"), element("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")])
    known = {s.name for s in word.styles}
    for style in _styles(compact):
        if style.name not in known:
            made = word.styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = word.styles["Normal"]
        _set(word.styles[style.name], style)
    for name in ("Header", "Footer"):
        _set(word.styles[name], _Style(name, "宋体", 9, 0, side="left"))


def _set(target: ParagraphStyle, style: _Style) -> None:
    root = target.element
    for tag in ("w:pPr", "w:rPr"):
        for old in root.findall(qn(tag)):
            root.remove(old)
    root.append(element("pPr", *_paragraph(style)))
    root.append(element("rPr", *_letters(style)))


def _paragraph(style: _Style) -> list[Element]:
    """The paragraph's properties, in the order that the schema asks for."""
    parts: list[Element] = []
    if style.next_too:
        parts += [element("keepNext"), element("keepLines")]
    parts.append(element("widowControl"))
    if style.edges:
        parts.append(borders("pBdr", dict(style.edges), space=style.space))
    parts += [element(name, val=0) for name in ("autoSpaceDE", "autoSpaceDN", "snapToGrid")]
    exact: dict[str, str | int] = (
        {"line": style.line, "lineRule": "exact"} if style.line else {"line": 240, "lineRule": "auto"}
    )
    parts.append(element("spacing", before=style.before, after=style.after, **exact))
    first = {"firstLineChars": style.first, "firstLine": style.first * 316 // 100}
    parts.append(element("ind", left=style.left, **first))
    parts.append(element("jc", val=style.side))
    if style.outline is not None:
        parts.append(element("outlineLvl", val=style.outline))
    return parts


def _letters(style: _Style) -> list[Element]:
    half = round(style.points * 2)
    bold = [element("b", val=int(style.bold)), element("bCs", val=int(style.bold))]
    return [
        fonts(style.east), *bold, element("i", val=0), element("color", val=style.color), element("spacing", val=_TIGHT if style.points == 16 else 0),
        element("kern", val=0), element("sz", val=half), element("szCs", val=half),
    ]  # fmt: skip


def grid(section: Section, *, compact: bool) -> None:
    """版心: 22 lines a page (w:docGrid). A grid of characters is left out: LibreOffice spreads the text over it."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(element("docGrid", type="lines", linePitch=400 if compact else _PITCH))
