"""Word's automatic numbering: numPr of a paragraph or its style → the number that is shown (一、, （一）, 1.)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from jimin.domains.planning.reading.numerals import to_han, to_roman

_MAX_STYLE_DEPTH = 20


@dataclass(frozen=True)
class _Level:
    format: str
    text: str
    start: int
    restarts: bool = True


class Numbering:
    """Counts through one document; label() must be called once for each paragraph, in order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._overrides: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()
        self._styles: dict[str, Any] = {}
        for style in document.styles.element.findall(qn("w:style")):
            self._styles[style.get(qn("w:styleId"), "")] = style
        root = _numbering_root(document)
        if root is not None:
            self._read(root)

    def label(self, paragraph: Any) -> str:
        """The shown number of this paragraph, or an empty string when it has none."""
        num_id, level = self._number_of(paragraph)
        abstract = self._abstract_of.get(num_id or "")
        if num_id in (None, "0") or abstract is None:
            return ""
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if num_id not in self._started:
            self._started.add(str(num_id))
            for at, start in self._overrides.get(str(num_id), {}).items():
                counts[at] = start - 1
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [at for at in counts if at > level and (at not in levels or levels[at].restarts)]:
            del counts[deeper]

        def shown(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            definition = levels.get(at)
            if definition is None:
                return ""
            return _show(counts.get(at, definition.start), definition.format)

        if levels[level].format in ("bullet", "none"):
            return ""
        return re.sub(r"%(\d)", shown, levels[level].text)

    def _read(self, root: Any) -> None:
        for abstract in root.findall(qn("w:abstractNum")):
            key = abstract.get(qn("w:abstractNumId"))
            self._levels[key] = {_at(level): _level(level) for level in abstract.findall(qn("w:lvl"))}
        for num in root.findall(qn("w:num")):
            num_id = num.get(qn("w:numId"))
            link = num.find(qn("w:abstractNumId"))
            if link is not None:
                self._abstract_of[num_id] = link.get(qn("w:val"))
            for override in num.findall(qn("w:lvlOverride")):
                start = override.find(qn("w:startOverride"))
                if start is not None:
                    self._overrides.setdefault(num_id, {})[_at(override)] = _number(start, 1)

    def _number_of(self, paragraph: Any) -> tuple[str | None, int]:
        properties = paragraph.find(qn("w:pPr"))
        num_id, level = _num_pr(properties)
        style_id = None
        if properties is not None and properties.find(qn("w:pStyle")) is not None:
            style_id = properties.find(qn("w:pStyle")).get(qn("w:val"))
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._styles.get(style_id or "")
            if style is None or (num_id is not None and level is not None):
                break
            styled_id, styled_level = _num_pr(style.find(qn("w:pPr")))
            num_id = num_id if num_id is not None else styled_id
            level = level if level is not None else styled_level
            parent = style.find(qn("w:basedOn"))
            style_id = parent.get(qn("w:val")) if parent is not None else None
        return num_id, level or 0


def _numbering_root(document: Any) -> Any | None:
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering") and not relation.is_external:
            return relation.target_part.element
    return None


def _num_pr(properties: Any | None) -> tuple[str | None, int | None]:
    found = properties.find(qn("w:numPr")) if properties is not None else None
    if found is None:
        return None, None
    num_id, level = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
    return (num_id.get(qn("w:val")) if num_id is not None else None, _number(level, 0) if level is not None else None)


def _at(element: Any) -> int:
    return int(element.get(qn("w:ilvl"), "0"))


def _number(element: Any | None, default: int) -> int:
    return int(element.get(qn("w:val"), default)) if element is not None else default


def _level(element: Any) -> _Level:
    shape, text = element.find(qn("w:numFmt")), element.find(qn("w:lvlText"))
    return _Level(
        shape.get(qn("w:val")) if shape is not None else "decimal",
        text.get(qn("w:val"), "") if text is not None else "",
        _number(element.find(qn("w:start")), 1),
        _number(element.find(qn("w:lvlRestart")), 1) != 0,
    )


def _show(number: int, shape: str) -> str:
    if shape in (
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "ideographDigital", "japaneseDigitalTenThousand", "koreanDigital2",
    ):  # fmt: skip
        return to_han(number)
    if shape in ("upperRoman", "lowerRoman"):
        return to_roman(number)
    if shape in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return str(number)
