"""Test documents: the real plan, other plans written for these tests, and ways to pack a text as a file."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import typst
import yaml
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from jimin.domains.planning.reading import PlanText, read_plan
from jimin.domains.planning.reading.numerals import to_han

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in (HERE / "data").glob("*.yaml")))


def seed_bytes() -> bytes:
    """The real plan, as it came: broken lines, a blank line between each."""
    (path,) = (HERE.parents[4] / "packs" / "22" / "plan").glob("*.txt")
    return path.read_bytes()


@cache
def seed_plan() -> PlanText:
    """The real plan, read once."""
    return read_plan(seed_bytes(), "要点.txt")


def expected_seed() -> Any:
    """What a person found in the real plan."""
    return yaml.safe_load((HERE / "expected_seed.yaml").read_text(encoding="utf-8"))


def load(name: str) -> tuple[str, dict[str, Any]]:
    """(text with its numbers written out, what a person expects) of another plan."""
    case = yaml.safe_load((HERE / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
    return "\n".join(label + text for label, text in numbered(case["text"])), case["expected"]


def raw_text(name: str) -> str:
    """The text as stored, with {H1} and {H2} where Word numbers by itself."""
    return str(yaml.safe_load((HERE / "data" / f"{name}.yaml").read_text(encoding="utf-8"))["text"])


def numbered(text: str) -> list[tuple[str, str]]:
    """(number, rest) of each line, {H1} as 一、 and {H2} as （一）."""
    first = second = 0
    out = []
    for line in text.splitlines():
        if line.startswith("{H1}"):
            first += 1
            out.append((to_han(first) + "、", line[4:]))
        elif line.startswith("{H2}"):
            second += 1
            out.append((f"（{to_han(second)}）", line[4:]))
        else:
            out.append(("", line))
    return out


def wrap(text: str, cells: int, indent: str = "  ", blank: bool = False) -> str:
    """Break every paragraph after so many characters, words and numbers too."""
    rows: list[str] = []
    for paragraph in text.splitlines():
        line = indent + paragraph.strip()
        if not paragraph.strip():
            continue
        while line:
            rows.append(line[:cells])
            line = line[cells:]
            if blank:
                rows.append("")
    return "\n".join(rows) + "\n"


def as_docx(text: str) -> bytes:
    """A Word file; lines that open with {H1} or {H2} are numbered by Word and hold no number as text."""
    document = Document()
    _add_numbering(document)
    for line in text.splitlines():
        level = {"{H1}": 0, "{H2}": 1}.get(line[:4])
        paragraph = document.add_paragraph(line if level is None else line[4:])
        if level is not None:
            properties = paragraph._p.get_or_add_pPr()
            number = OxmlElement("w:numPr")
            for tag, value in (("w:ilvl", level), ("w:numId", 77)):
                element = OxmlElement(tag)
                element.set(qn("w:val"), str(value))
                number.append(element)
            properties.append(number)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_numbering(document: Any) -> None:
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        f'{restart}<w:lvlText w:val="{shape}"/></w:lvl>'
        for level, shape, restart in ((0, "%1、", ""), (1, "（%2）", '<w:lvlRestart w:val="0"/>'))
    )
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def as_pdf(text: str, header: str = "") -> bytes:
    """A PDF with a text layer, page numbers, and a head on every page."""
    import mplfonts

    fonts = Path(mplfonts.__file__).parent / "fonts"
    body = "\n\n".join(typst_escape(line.strip()) for line in text.splitlines() if line.strip())
    source = (
        '#set page(width: 148mm, height: 105mm, margin: 15mm, numbering: "— 1 —", '
        f'header: [{typst_escape(header)}])\n#set text(font: "Source Han Serif SC", size: 10pt, lang: "zh")\n'
        f"#set par(first-line-indent: (amount: 2em, all: true))\n{body}\n"
    )
    result = typst.compile(source.encode("utf-8"), font_paths=[str(fonts)])
    assert isinstance(result, bytes)
    return result


def typst_escape(text: str) -> str:
    """Text for typst markup: no sign of it counts as markup."""
    return "".join("\\" + char if char in '\\#*_`$<>@[]~-=+/"' + "'" else char for char in text).replace("1.", "1\\.")
