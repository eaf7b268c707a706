"""Where the Chinese fonts are, and which characters they lack.

The fonts come with the package mplfonts (Noto, SIL Open Font Licence); they are read where the package lies and
copied nowhere. No font of the machine is used, so a document looks the same everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from .model import Document, DocumentError
from .text import GETA, cell_text, clean

SERIF = "Noto Serif CJK SC"
SANS = "Noto Sans CJK SC"
_PAGES = Path(__file__).with_name("pages")
_FILES = ("NotoSerifCJKsc-Regular.otf", "NotoSansCJKsc-Regular.otf")


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character that the fonts do not have: printed as 〓 in the PDF, left as it is in Word."""

    char: str
    times: int

    def __str__(self) -> str:
        return f"U+{ord(self.char):04X}（{self.times} 处）"


@cache
def folder() -> Path:
    """The folder of the installed fonts."""
    spec = find_spec("mplfonts")
    if spec is None or not spec.submodule_search_locations:
        raise DocumentError("没有找到字体包 mplfonts；请按 requirements.lock 重新安装依赖。")
    found = Path(spec.submodule_search_locations[0]) / "fonts"
    lacking = [name for name in _FILES if not (found / name).is_file()]
    if lacking:
        raise DocumentError(f"字体包 mplfonts 里没有 {'、'.join(lacking)}；请重新安装 mplfonts。")
    return found


@cache
def book() -> typst.Fonts:
    """The fonts as typst reads them, once a process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder())])


def compiled(page: str, data: str, **options: Any) -> bytes:
    """A page of the folder pages/ with its data, by typst. Only that folder can be read, and only our fonts.

    Raises: typst.TypstError, for example if a picture in the data is broken.
    """
    compiler = typst.Compiler(
        str(_PAGES / page),
        root=str(_PAGES),
        font_paths=book(),
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )
    made = compiler.compile(**options)
    if not isinstance(made, bytes):
        raise DocumentError(f"{page} 排出的不是一份文件；请检查图片尺寸。")
    return made


@cache
def _covered() -> frozenset[int]:
    """The code points that both fonts have: a piece of text may be set in either."""
    return frozenset.intersection(*(frozenset(TTFont(folder() / name, lazy=True).getBestCmap()) for name in _FILES))


def _lacks(char: str) -> bool:
    point = ord(char)
    selector = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
    return char != "\n" and not selector and point not in _covered()


def printable(text: str) -> str:
    """`text` as the PDF prints it: cleaned, and 〓 for each character that the fonts lack."""
    text = clean(text)
    if text.isascii():
        return text
    return "".join(GETA if _lacks(c) else c for c in text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for f in fields(value):
            yield from _texts(getattr(value, f.name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def missing_glyphs(document: Document) -> tuple[MissingGlyph, ...]:
    """The characters of `document` that the PDF cannot print, in order of their code points."""
    counts = Counter(c for text in _texts(document) for c in cell_text(text) if not c.isascii() and _lacks(c))
    return tuple(MissingGlyph(c, counts[c]) for c in sorted(counts))
