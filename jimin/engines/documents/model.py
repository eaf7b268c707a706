"""What a document is, before it is PDF or Word.

A document is plain data: the renderers (`pdf.to_pdf`, `word.to_docx`) read it and nothing else. All
text is literal: no markup of any kind is understood in it; a line feed is a line break.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

Kind = Literal["公文", "报告", "台账"]
Align = Literal["left", "center", "right"]
Cell = str | int | Decimal | None
"""A table cell. Numbers get thousands commas; None is printed as “—” (no data), never as zero."""


class DocumentError(ValueError):
    """The document cannot be printed as it is; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph. `quote` is the voice of the plan or the law (宋体), `bold` the author's stress."""

    text: str
    bold: bool = False
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 一、(黑体), 2（一）(楷体), 3 1.（仿宋加粗）, 4（1）. The mark is part of the text (see `numbered`)."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, indented by two characters; `quote` sets it apart with a double rule at its left."""

    runs: Sequence[Run | str]
    quote: bool = False
    align: Align = "left"
    indent: bool = True

    def pieces(self) -> tuple[Run, ...]:
        """The runs with plain strings made into runs."""
        return tuple(r if isinstance(r, Run) else Run(r, quote=self.quote) for r in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header row repeats on each page and whose rows are never split over two pages.

    `widths` are relative; left out, they follow the contents. `total` sets the last row in bold.
    `landscape` puts the table on pages of its own, turned.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    align: Sequence[Align] | None = None
    widths: Sequence[float] | None = None
    caption: str = ""
    note: str = ""
    total: bool = False
    landscape: bool = False

    def __post_init__(self) -> None:
        if not self.header:
            raise DocumentError("表格没有表头；请至少给一列。")
        for name, given in (("align", self.align), ("widths", self.widths)):
            if given is not None and len(given) != len(self.header):
                raise DocumentError(f"表格“{self.caption}”有 {len(self.header)} 列，但 {name} 给了 {len(given)} 个。")
        if self.total and not self.rows:
            raise DocumentError(f"表格“{self.caption}”要有合计行，却一行也没有；请给出合计行。")
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.header):
                raise DocumentError(
                    f"表格“{self.caption}”第 {number} 行有 {len(row)} 格，表头有 {len(self.header)} 列；请补齐。"
                )
            for column, cell in zip(self.header, row, strict=True):
                if isinstance(cell, bool) or not isinstance(cell, str | int | Decimal | None):
                    kind = type(cell).__name__
                    raise DocumentError(
                        f"表格“{self.caption}”第 {number} 行“{column}”是 {kind}；只能是文字、整数、Decimal 或空。"
                    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: an SVG text (see `charts`) or PNG bytes. `alt` says in words what it shows, for those who cannot see it."""

    image: str | bytes
    alt: str
    caption: str = ""
    width: float = 1.0

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise DocumentError(f"图“{self.caption}”没有替代文字；请用一句话说明图上有什么。")
        if isinstance(self.image, bytes) and not self.image.startswith(b"\x89PNG\r\n\x1a\n"):
            raise DocumentError(f"图“{self.caption}”不是 PNG；请给 PNG 字节或 SVG 文字。")


@dataclass(frozen=True, slots=True)
class Note:
    """A note or source line in small type, for example “来源：…”."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Names and their values in two columns, for example the head of a 督办单."""

    items: Sequence[tuple[str, Cell]]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Go on with a new page."""


@dataclass(frozen=True, slots=True)
class Signature:
    """落款: who signs, and the day. Printed at the right, the name centred above the date."""

    signer: str
    day: dt.date | None = None


Block = Heading | Paragraph | Table | Figure | Note | KeyValues | PageBreak | Signature


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the foot of an issued document says: the code, and where it can be checked."""

    code: str
    url: str
    line: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document, whole.

    `kind` 公文 has the red head with `masthead` (left out: the issuer and 文件); 报告 is a report with
    the same page; 台账 is a register in small type. `recipients` is 主送机关, `copies_to` 抄送. With
    `signature` the issuer and the date are signed below the text, unless a block signs already. `mark` is printed on
    each page. Where a list of names is asked, a single one may be given as plain text.
    """

    kind: Kind
    title: str
    blocks: Sequence[Block] = ()
    number: str = ""
    issuer: str = ""
    recipients: Sequence[str] | str = ()
    date: dt.date | None = None
    attachments: Sequence[str] | str = ()
    signature: bool = True
    masthead: str = ""
    subtitle: str = ""
    copies_to: Sequence[str] | str = ()
    printed_by: str = ""
    printed_on: dt.date | None = None
    remark: str = ""
    landscape: bool = False
    mark: str = ""
    imprint: Imprint | None = field(default=None)

    def __post_init__(self) -> None:
        for name in ("recipients", "attachments", "copies_to"):
            if isinstance(given := getattr(self, name), str):  # one name, not a row of characters
                object.__setattr__(self, name, (given,) if given else ())
        if not self.title.strip():
            raise DocumentError("文书没有标题；请给出标题。")
        if self.kind == "公文" and not self.issuer.strip():
            raise DocumentError(f"公文“{self.title}”没有发文机关；请给出发文机关全称。")

    @property
    def signs(self) -> bool:
        """Whether issuer and date are to be signed at the end."""
        return self.signature and bool(self.issuer) and not any(isinstance(b, Signature) for b in self.blocks)


def paragraph(*runs: str | Run) -> Paragraph:
    """A plain paragraph from its pieces."""
    return Paragraph(runs)


def quote(text: str) -> Paragraph:
    """A sentence of the plan or an article of law, word for word."""
    return Paragraph((Run(text, quote=True),), quote=True)


_DIGITS = "〇一二三四五六七八九"


def chinese_number(value: int) -> str:
    """1…99 in Chinese numerals, as headings count: 一, 十, 十一, 二十, 二十一."""
    if not 1 <= value <= 99:
        raise DocumentError(f"标题序号 {value} 超出 1—99；请把文书分成几份。")
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")


def _mark(level: int, value: int) -> str:
    marks = {1: f"{chinese_number(value)}、", 2: f"（{chinese_number(value)}）", 3: f"{value}.", 4: f"（{value}）"}
    if level not in marks:
        raise DocumentError(f"标题层级 {level} 不在 1—4 之内（一、（一）1.（1））。")
    return marks[level]


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with 一、（一）1.（1） put before each heading, counted anew below each higher one."""
    counts = [0, 0, 0, 0]
    done: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            level = block.level
            mark = _mark(level, counts[level - 1] + 1) if 1 <= level <= 4 else _mark(level, 1)
            counts[level - 1] += 1
            counts[level:] = [0] * (4 - level)
            block = replace(block, text=mark + block.text)
        done.append(block)
    return tuple(done)
