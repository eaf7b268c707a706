"""Word .docx → one line per paragraph, with the automatic numbers that Word shows but does not store as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from jimin.domains.planning.reading.characters import clean, squeeze
from jimin.domains.planning.reading.extract import Line, Source, refuse
from jimin.domains.planning.reading.word_numbers import Numbering

_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_RATIO = 200
_MAX_PARTS = 5000
_SKIPPED = {qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), qn("w:pPr"), qn("w:rPr"), qn("w:footnotePr")}


def read_word(data: bytes) -> Source:
    """Paragraphs and table rows in order; Refused for other zip files, bombs and damaged packages."""
    _check_package(data)
    try:
        document = Document(io.BytesIO(data))
        numbering = Numbering(document)
        texts = list(_rows(document.element.body, numbering))
    except (KeyError, ValueError, TypeError, AttributeError, OSError, LxmlError) as error:
        raise _damaged() from error
    except (zipfile.BadZipFile, EOFError, RecursionError, NotImplementedError, RuntimeError) as error:
        raise _damaged() from error
    lines: list[Line] = []
    for text in texts:
        for part in text.split("\n"):
            lines.append(Line(len(lines) + 1, part, None, whole=True))
    return Source(tuple(lines), "Word")


def _damaged() -> Exception:
    return refuse("Word 文件", "已损坏或不完整，打不开", "完整的 .docx", "重新下载，或用 WPS、Word 打开修复后另存")


def _check_package(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _damaged() from error
    names = {info.filename for info in infos}
    unpacked = sum(info.file_size for info in infos)
    if unpacked > _MAX_UNPACKED or len(infos) > _MAX_PARTS or unpacked > _MAX_RATIO * max(len(data), 4096):
        raise refuse(
            "Word 文件",
            "解压后异常地大，可能是压缩炸弹",
            "普通的 Word 文件",
            "不要打开来历不明的文件，向发文单位取得原件",
        )
    if any(info.flag_bits & 1 for info in infos):
        raise refuse("压缩包", "加了密码", "没有密码的 .docx", "用密码打开后另存为 .docx，再导入")
    if "word/document.xml" not in names:
        kind = (
            "OFD 版式文件" if "OFD.xml" in names else "Excel 文件" if "xl/workbook.xml" in names else "压缩包或其他文件"
        )
        raise refuse("文件", f"是{kind}", "文本、Word（.docx）或有文字层的 PDF", "导入要点正文的 Word 或文字版 PDF")


def _rows(parent: Any, numbering: Numbering) -> Iterator[str]:
    for child in parent:
        if child.tag == qn("w:p"):
            yield _paragraph(child, numbering)
        elif child.tag == qn("w:tbl"):
            yield from _table(child, numbering)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"), qn("w:smartTag")):
            yield from _rows(child, numbering)


def _table(table: Any, numbering: Numbering) -> Iterator[str]:
    """A cell with paragraphs of its own gives them; a row of short cells is one line, its number first (1．)."""
    for row in table.iter(qn("w:tr")):
        cells = [[text for text in _rows(cell, numbering) if text.strip()] for cell in row.findall(qn("w:tc"))]
        if any(len(cell) > 1 for cell in cells):
            for cell in cells:
                yield from cell
            continue
        texts = [cell[0].strip() for cell in cells if cell]
        if len(texts) > 1 and texts[0].isdigit():
            texts = [f"{texts[0]}．{texts[1]}", *texts[2:]]
        if texts:
            yield "\u3000".join(texts)


def _paragraph(paragraph: Any, numbering: Numbering) -> str:
    text = clean("".join(_texts(paragraph)))
    number = numbering.label(paragraph) if squeeze(text).strip() else ""
    return number + text


def _texts(node: Any) -> Iterator[str]:
    for child in node:
        if child.tag in _SKIPPED or child.tag.endswith("}Fallback"):
            continue
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in (qn("w:tab"), qn("w:ptab")):
            yield " "
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield "\n" if child.get(qn("w:type")) != "page" else ""
        else:
            yield from _texts(child)
