"""Small pieces of WordprocessingML that python-docx has no words for. Text goes in as text nodes only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from .model import Align
from .text import clean

Element: TypeAlias = Any  # lxml has no types
LATIN = "Times New Roman"


def element(tag: str, /, *children: Element, **attributes: str | int) -> Element:
    """An element of the namespace w (or `prefix:name`) with attributes of the same namespace."""
    made: Element = OxmlElement(tag if ":" in tag else f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def fonts(east: str) -> Element:
    """w:rFonts: `east` for Chinese, Times New Roman for the rest; no theme font left to override them."""
    return element("rFonts", ascii=LATIN, hAnsi=LATIN, cs=LATIN, eastAsia=east)


def run(words: str, *, east: str = "", bold: bool = False, half_points: int = 0, color: str = "") -> Element:
    """A run of literal text; line feeds become line breaks."""
    made = element("r")
    properties = [fonts(east)] if east else []
    if bold:
        properties.append(element("b"))
    if color:
        properties.append(element("color", val=color))
    if half_points:
        properties += [element("sz", val=half_points), element("szCs", val=half_points)]
    if properties:
        made.append(element("rPr", *properties))
    for index, line in enumerate(clean(words).split("\n")):
        if index:
            made.append(element("br"))
        piece = element("t")
        piece.text = line
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(piece)
    return made


def field(instruction: str, *, half_points: int) -> Element:
    """A field that Word fills in, for example PAGE."""
    return element("fldSimple", run("1", east="宋体", half_points=half_points), instr=instruction)


def borders(name: str, edges: Mapping[str, tuple[str, int, str]], *, space: int = 0) -> Element:
    """w:pBdr or w:tblBorders: edge → (kind, eighths of a point, colour)."""
    return element(name, *(element(edge, val=v, sz=size, space=space, color=c) for edge, (v, size, c) in edges.items()))


GRID = borders(
    "tblBorders", dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), ("single", 4, "44514D"))
)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    align: Sequence[Align],
    *,
    twips: int,
    style: str,
    total: bool = False,
    ruled: bool = True,
) -> Element:
    """A table `twips` wide with a repeated header and rows that do not split; `header` may be empty."""
    widths = [max(1, round(share * twips)) for share in shares]
    made = element(
        "tbl",
        element(
            "tblPr",
            element("tblW", w=sum(widths), type="dxa"),
            element("jc", val="center"),
            *([deepcopy(GRID)] if ruled else []),
            element("tblLayout", type="fixed"),
            element("tblCellMar", element("left", w=90, type="dxa"), element("right", w=90, type="dxa")),
        ),
        element("tblGrid", *(element("gridCol", w=w) for w in widths)),
    )
    if header:
        made.append(_row(header, widths, ["center"] * len(widths), style, head=True, heavy=True))
    for index, row in enumerate(rows):
        made.append(_row(row, widths, align, style, heavy=total and index == len(rows) - 1))
    return made


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    align: Sequence[Align],
    style: str,
    *,
    head: bool = False,
    heavy: bool = False,
) -> Element:
    properties = element("trPr", element("cantSplit"))
    if head:
        properties.append(element("tblHeader"))
    made = element("tr", properties)
    for words, w, side in zip(cells, widths, align, strict=True):
        made.append(cell(words, w, side, style, shaded=head, heavy=heavy))
    return made


def cell(words: str, w: int, side: Align, style: str, *, shaded: bool = False, heavy: bool = False) -> Element:
    """One table cell with one paragraph."""
    properties = element("tcPr", element("tcW", w=w, type="dxa"))
    if shaded:
        properties.append(element("shd", val="clear", color="auto", fill="EDF1EE"))
    properties.append(element("vAlign", val="center"))
    place = element("pPr", element("pStyle", val=style))
    if side != "left":
        place.append(element("jc", val=side))
    return element("tc", properties, element("p", place, run(words, east="黑体" if heavy else "")))


def fixed_zip(data: bytes) -> bytes:
    """The same archive with every time set to 1980, so that equal contents give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            entry = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            new.writestr(entry, old.read(info))
    return out.getvalue()
