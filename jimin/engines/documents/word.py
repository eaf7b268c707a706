"""Documents as Word (.docx) for Word and WPS. The same document gives the same bytes.

The fonts named are those that Chinese Windows, WPS and 麒麟 have (仿宋, 黑体, 楷体, 宋体); none is embedded.
"""

from __future__ import annotations

import io
from functools import singledispatchmethod
from typing import Any

import docx
import segno
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.section import Section
from docx.shared import Emu, Length, Mm
from docx.text.paragraph import Paragraph as WordParagraph

from . import charts, text, wordstyle
from .model import Document, Figure, Heading, Imprint, KeyValues, Note, PageBreak, Paragraph, Signature, Table
from .ooxml import borders, element, field, fixed_zip, run, table
from .pdf import stamp, table_room

_RED = "C8102E"
_GREY = "5A6763"
_EM = 316  # twips of one character of the grid: 156 mm / 28


def to_docx(document: Document) -> bytes:
    """`document` as a Word file on A4, in 公文 form.

    Raises: DocumentError or typst.TypstError if a picture cannot be drawn.
    """
    return _Writer(document).write()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.word: WordDocument = docx.Document()
        self.section = self.word.sections[0]

    def write(self) -> bytes:
        self._properties()
        wordstyle.apply(self.word, compact=self.document.kind == "台账")
        self._page(self.section, self.document.landscape)
        self._head_and_foot()
        self._opening()
        for block in self.document.blocks:
            self.block(block)
        self._closing()
        out = io.BytesIO()
        self.word.save(out)
        return fixed_zip(out.getvalue())

    # --- the page ---

    def _properties(self) -> None:
        core = self.word.core_properties
        core.title, core.author = (
            text.clean(self.document.title).replace("\n", "")[:255],
            text.clean(self.document.issuer)[:255],
        )
        core.last_modified_by, core.revision, core.comments = core.author, 1, ""
        core.language = "zh-CN"
        core.created = core.modified = stamp(self.document).replace(tzinfo=None)

    def _page(self, section: Section, landscape: bool) -> None:
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        size = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        section.page_width, section.page_height = size
        sides = (28, 26, 37, 35) if landscape else (37, 35, 28, 26)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, sides)
        section.header_distance, section.footer_distance = Mm(15), Mm(15 if landscape else 22)
        wordstyle.grid(section, compact=self.document.kind == "台账")

    @property
    def _twips(self) -> int:
        s = self.section
        return int((s.page_width or 0) - (s.left_margin or 0) - (s.right_margin or 0)) // 635

    def _head_and_foot(self) -> None:
        if self.document.mark:
            self._fill(
                self.section.header.paragraphs[0],
                "right",
                run(self.document.mark, east="黑体", half_points=18, color=_RED),
            )
        if self.document.kind == "公文":
            self.word.settings.odd_and_even_pages_header_footer = True
            if self.document.mark:
                even = self.section.even_page_header.paragraphs[0]
                self._fill(even, "right", run(self.document.mark, east="黑体", half_points=18, color=_RED))
            self._foot(self.section.even_page_footer.paragraphs[0], "left")
            self._foot(self.section.footer.paragraphs[0], "right")
        else:
            self._foot(self.section.footer.paragraphs[0], "center")

    def _foot(self, paragraph: WordParagraph, side: str) -> None:
        code = f"核验码 {self.document.imprint.code}" if self.document.imprint else ""
        small = run(code, east="黑体", half_points=16, color=_GREY)
        number = [
            run("— ", east="宋体", half_points=28),
            field("PAGE", half_points=28),
            run(" —", east="宋体", half_points=28),
        ]
        tab = element("r", element("tab"))
        place = paragraph._p.get_or_add_pPr()
        stop = {"center": self._twips // 2, "right": self._twips - _EM, "left": self._twips}[side]
        place.append(
            element(
                "tabs",
                element("tab", val="clear", pos=4320),
                element("tab", val="clear", pos=8640),
                element("tab", val="center" if side == "center" else "right", pos=stop),
            )
        )
        if side == "left":
            place.append(element("ind", left=_EM, firstLine=0, firstLineChars=0))
        paragraph._p.extend([*number, tab, small] if side == "left" else [small, tab, *number])

    @staticmethod
    def _fill(paragraph: WordParagraph, side: str, *pieces: Any) -> None:
        place = paragraph._p.get_or_add_pPr()
        place.append(element("jc", val=side))
        paragraph._p.extend(pieces)

    def _add(self, style: str, *pieces: Any) -> WordParagraph:
        paragraph = self.word.add_paragraph(style=style)
        paragraph._p.extend(pieces)
        return paragraph

    # --- before and after the text ---

    def _opening(self) -> None:
        d = self.document
        if d.kind == "公文":
            masthead = d.masthead or d.issuer + "文件"
            size = min(48.0, 430.0 / max(text.width(masthead), 1))
            self._add("发文机关标志", run(masthead, half_points=int(size * 2)))
            self._add("发文字号", run(d.number))
        for line in text.balanced(d.title, 20 if not d.landscape else 30)[:-1]:
            self._add("Title", run(line)).paragraph_format.space_after = 0
        self._add("Title", run(text.balanced(d.title, 20 if not d.landscape else 30)[-1]))
        for words in (d.subtitle, d.number if d.kind != "公文" else ""):
            if words:
                self._add("居中", run(words))
        if d.recipients:
            self._add("顶格", run(text.fullwidth_colon(d.recipients)))

    def _closing(self) -> None:
        d = self.document
        if d.attachments:
            self._add("Normal")
        many = len(d.attachments) > 1
        for index, name in enumerate(d.attachments):
            entry = f"{index + 1}.{name}" if many else name
            line = self._add("附件说明", run(("附件：" if index == 0 else "") + entry))
            indent = {"left": 5 * _EM, "hanging": 3 * _EM} if index == 0 else {"left": 5 * _EM, "firstLine": 0}
            line._p.get_or_add_pPr().append(element("ind", **indent))
        if d.signs and not self._signed_beside:
            self.block(Signature(d.issuer, d.date))
        if d.remark:
            self._add("Normal", run(f"（{d.remark}）"))
        if d.imprint:
            self._imprint(d.imprint)
        self._printed()

    def _printed(self) -> None:
        """版记: 抄送, and who printed it when."""
        d = self.document
        copies = "抄送：" + "，".join(d.copies_to) + "。" if d.copies_to else ""
        when = f"{text.chinese_date(d.printed_on)}印发" if d.printed_on else ""
        if copies:
            self._ruled([run(copies)], last=not d.printed_by)
        if d.printed_by:
            self._ruled([run(d.printed_by), element("r", element("tab")), run(when)], last=True)

    def _ruled(self, pieces: list[Any], *, last: bool) -> None:
        edges = {"top": ("single", 8, "000000")} | ({"bottom": ("single", 8, "000000")} if last else {})
        place = self._add("版记", *pieces)._p.get_or_add_pPr()
        place.append(borders("pBdr", edges, space=1))
        place.append(element("tabs", element("tab", val="right", pos=self._twips - _EM)))

    @property
    def _signed_beside(self) -> bool:
        """Whether the code stands beside the signature: no 版记 below, and a name that fits."""
        d = self.document
        below = d.copies_to or d.printed_by
        return bool(d.imprint and d.signs and d.date and not below) and text.width(d.issuer) <= 12

    def _imprint(self, imprint: Imprint) -> None:
        out = io.BytesIO()
        segno.make(imprint.url, error="m", micro=False).save(out, kind="png", border=0, scale=8)
        self._add("注释")
        signed = self._signed_beside
        cells, shares = (["", imprint.line, ""], [0.16, 0.4, 0.44]) if signed else (["", imprint.line], [0.16, 0.84])
        made = table((), [cells], shares, ["left"] * len(cells), twips=self._twips, style="核验", ruled=False)
        self._place(made)
        if signed:
            last = made.findall(".//{*}tc")[-1]
            last.remove(last.find("{*}p"))
            for words in (self.document.issuer, text.chinese_date(self.document.date)):
                line = self._add("落款", run(words))._p
                line.get_or_add_pPr().append(element("jc", val="center"))
                last.append(line)
        picture = self.word.add_paragraph(style="核验")
        self._picture(picture, out.getvalue(), Mm(19), f"二维码：{imprint.url}")
        empty = made.find(".//{*}p")
        empty.getparent().replace(empty, picture._p)
        self._add("注释")

    @staticmethod
    def _picture(paragraph: WordParagraph, png: bytes, width: Length, alt: str) -> None:
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=width)
        shape._inline.docPr.set("descr", text.clean(alt))
        for side in "TBLR":
            shape._inline.set(f"dist{side}", "0")  # left out, LibreOffice keeps 9 pt at each side

    # --- blocks ---

    @singledispatchmethod
    def block(self, block: Any) -> None:
        raise TypeError(f"{type(block).__name__} 不是文书的组成部分")

    @block.register
    def _(self, block: Heading) -> None:
        self._add(f"Heading {block.level}", run(block.text))

    @block.register
    def _(self, block: Paragraph) -> None:
        style = "引文" if block.quote else ("Normal" if block.indent and block.align == "left" else "顶格")
        pieces = [run(r.text, east="宋体" if r.quote else "", bold=r.bold) for r in block.pieces()]
        made = self._add(style, *pieces)
        if block.align != "left":
            made._p.get_or_add_pPr().append(element("jc", val=block.align))

    @block.register
    def _(self, block: Table) -> None:
        turned = block.landscape and not self.document.landscape
        if turned:
            self._turn(True)
        cells = [[text.cell_text(c) for c in row] for row in block.rows]
        shares = text.shares(block, cells, table_room(self.document, block))
        if block.caption:
            self._add("Caption", run(block.caption))
        self._place(
            table(
                block.header,
                cells,
                shares,
                text.aligns(block, cells),
                twips=self._twips,
                style=wordstyle.CELL,
                total=block.total,
            )
        )
        self._add("注释", run(block.note))
        if turned:
            self._turn(False)

    def _turn(self, landscape: bool) -> None:
        self.section = self.word.add_section(WD_SECTION.NEW_PAGE)
        self._page(self.section, landscape)

    def _place(self, made: Any) -> None:
        self.word.element.body.insert_element_before(made, "w:sectPr")

    @block.register
    def _(self, block: KeyValues) -> None:
        rows = [[k, text.cell_text(v)] for k, v in block.items]
        key = min(12.0, max((text.width(text.clean(k)) for k, _ in block.items), default=4) + 2) * 12 * 20 / self._twips
        made = table((), rows, [key, 1 - key], ["center", "left"], twips=self._twips, style=wordstyle.CELL)
        for properties in made.iterfind(".//{*}tr/{*}tc[1]/{*}tcPr"):
            properties.insert(1, element("shd", val="clear", color="auto", fill="EDF1EE"))
        self._place(made)
        self._add("注释")

    @block.register
    def _(self, block: Figure) -> None:
        png = charts.to_png(block.image) if isinstance(block.image, str) else block.image
        holder = self.word.add_paragraph(style="图")
        self._picture(holder, png, Emu(int(self._twips * 635 * block.width)), block.alt)
        if block.caption:
            self._add("图题", run(block.caption))

    @block.register
    def _(self, block: Note) -> None:
        self._add("注释", run(block.text))

    @block.register
    def _(self, block: PageBreak) -> None:
        self._add("顶格", element("r", element("br", type="page")))

    @block.register
    def _(self, block: Signature) -> None:
        """The wider of name and date stands four characters from the edge, the other is centred on it."""
        day = text.chinese_date(block.day)
        name, date = text.width(text.clean(block.signer)), text.width(day)
        room = max(0.0, 4 - max(0.0, (name - date) / 2)) if day else 2.0
        self._add("Normal")
        for words, own, other in ((block.signer, name, date), (day, date, name)):
            if words:
                line = self._add("落款", run(words))
                right = round((room + max(0.0, (other - own) / 2)) * _EM)
                line._p.get_or_add_pPr().append(element("ind", right=right, firstLine=0, firstLineChars=0))
