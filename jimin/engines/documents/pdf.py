"""Documents as PDF (typst). The same document gives the same bytes."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, time
from functools import singledispatch
from typing import Any

import segno

from . import text
from .fonts import compiled, missing_glyphs, printable
from .model import Document, Figure, Heading, Imprint, KeyValues, Note, PageBreak, Paragraph, Signature, Table

_STANDARDS = ["a-2u"]  # for the archive; it also refuses a character without a glyph, our second guard
_TAGGED_CELLS = 20_000  # the tags for readers of screens make a file of more cells ten times as large
_ROOM = {False: 28.0, True: 41.5}  # the page's width upright and turned, in characters of 3号


def to_pdf(document: Document) -> bytes:
    """`document` as a PDF/A-2u on A4, in 公文 form, tagged for screen readers unless it has very many cells.

    Raises: DocumentError if the fonts are not installed; typst.TypstError if a picture is not a valid SVG or PNG.
    """
    cells = sum(len(b.rows) * len(b.header) for b in document.blocks if isinstance(b, Table))
    return compiled(
        "document.typ",
        json.dumps(payload(document), ensure_ascii=False),
        format="pdf",
        timestamp=stamp(document),
        pdf_standards=_STANDARDS,
        pdf_tags=cells <= _TAGGED_CELLS,
    )


def stamp(document: Document) -> datetime:
    """The time written into the file: noon of the document's day, so that making it again changes nothing."""
    day = document.date
    return datetime.combine(day, time(4), UTC) if day else datetime(2000, 1, 1, 4, tzinfo=UTC)


def payload(document: Document) -> dict[str, Any]:
    """What the template reads: strings, numbers and lists only."""
    masthead = document.masthead or document.issuer + "文件"
    missing, made = missing_glyphs(document), stamp(document)
    return {
        "kind": document.kind,
        "title": printable(document.title).replace("\n", ""),
        "title-lines": [
            printable(line) for line in text.balanced(document.title, 20 if not document.landscape else 30)
        ],
        "author": printable(document.issuer),
        "day": [made.year, made.month, made.day],
        "landscape": document.landscape,
        "mark": printable(document.mark),
        "masthead": printable(masthead),
        "masthead-size": round(min(48.0, 430.0 / max(text.width(masthead), 1)), 2),
        "head-room": 0 if document.landscape else 35,  # mm, GB/T 9704-2012 7.2.4
        "number": printable(document.number),
        "subtitle": printable(document.subtitle),
        "recipients": printable(text.fullwidth_colon(document.recipients)),
        "blocks": [_block(b, document) for b in document.blocks],
        "attachments": [printable(a) for a in document.attachments],
        "signature": _block(Signature(document.issuer, document.date), document) if document.signs else None,
        "remark": printable(f"（{document.remark}）") if document.remark else "",
        "missing": f"注：〓 代字库中没有的字：{'、'.join(map(str, missing))}。" if missing else "",
        "copies": printable("抄送：" + "，".join(document.copies_to) + "。") if document.copies_to else "",
        "printed": [
            printable(document.printed_by),
            f"{text.chinese_date(document.printed_on)}印发" if document.printed_on else "",
        ],
        "imprint": _imprint(document.imprint) if document.imprint else None,
    }


def _imprint(imprint: Imprint) -> dict[str, str]:
    out = io.BytesIO()
    segno.make(imprint.url, error="m", micro=False).save(
        out, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None
    )
    return {
        "qr": out.getvalue().decode(),
        "alt": f"二维码：{imprint.url}",
        "line": printable(imprint.line),
        "foot": f"核验码 {imprint.code}",
    }


@singledispatch
def _block(block: Any, document: Document) -> dict[str, Any]:
    raise TypeError(f"{type(block).__name__} 不是文书的组成部分")


@_block.register
def _(block: Heading, document: Document) -> dict[str, Any]:
    return {"t": "heading", "level": block.level, "text": printable(block.text)}


@_block.register
def _(block: Paragraph, document: Document) -> dict[str, Any]:
    runs = [{"text": printable(r.text), "bold": r.bold} for r in block.pieces()]
    return {"t": "paragraph", "runs": runs, "quote": block.quote, "align": block.align, "indent": block.indent}


@_block.register
def _(block: Table, document: Document) -> dict[str, Any]:
    cells = [[printable(text.cell_text(c)) for c in row] for row in block.rows]
    return {
        "t": "table",
        "header": [printable(h) for h in block.header],
        "rows": cells,
        "align": text.aligns(block, cells),
        "shares": text.shares(block, cells, table_room(document, block)),
        "caption": printable(block.caption),
        "note": printable(block.note),
        "total": block.total,
        "landscape": block.landscape,
    }


def table_room(document: Document, table: Table) -> float:
    """The page's width in characters of the table's type (11 pt; in a 台账 9.5 pt)."""
    return _ROOM[document.landscape or table.landscape] * 15.79 / (9.5 if document.kind == "台账" else 11)


@_block.register
def _(block: KeyValues, document: Document) -> dict[str, Any]:
    items = [[printable(k), printable(text.cell_text(v))] for k, v in block.items]
    return {"t": "keyvalues", "items": items, "key": min(12.0, max((text.width(k) for k, _ in items), default=4) + 2)}


@_block.register
def _(block: Figure, document: Document) -> dict[str, Any]:
    svg = isinstance(block.image, str)
    return {
        "t": "figure",
        "data": block.image if isinstance(block.image, str) else list(block.image),
        "format": "svg" if svg else "png",
        "alt": printable(block.alt),
        "caption": printable(block.caption),
        "width": block.width,
    }


@_block.register
def _(block: Note, document: Document) -> dict[str, Any]:
    return {"t": "note", "text": printable(block.text)}


@_block.register
def _(block: PageBreak, document: Document) -> dict[str, Any]:
    return {"t": "pagebreak"}


@_block.register
def _(block: Signature, document: Document) -> dict[str, Any]:
    return {"t": "signature", "signer": printable(block.signer), "day": text.chinese_date(block.day)}
