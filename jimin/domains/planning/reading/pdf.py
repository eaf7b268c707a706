"""PDF with a text layer → lines; a scan, a password or a damaged file is refused."""

from __future__ import annotations

import io
import logging
import time

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from jimin.domains.planning.reading.characters import clean
from jimin.domains.planning.reading.extract import Line, Source, refuse

_MAX_PAGES = 500
_MAX_SECONDS = 60.0

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes) -> Source:
    """Lines of each page in reading order; Refused for encrypted, scanned, damaged or over-long files."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
        if not locked:
            return _read_pages(reader)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError) as error:
        raise _damaged() from error
    except (RecursionError, MemoryError, OverflowError, AssertionError, NotImplementedError, ArithmeticError) as error:
        # pypdf meets hostile files with many kinds of error; all mean the same to the reader of the message.
        raise _damaged() from error
    raise refuse("PDF 文件", "加了密码", "没有密码的 PDF", "用密码打开后另存为不加密的 PDF，再导入")


def _damaged() -> Exception:
    return refuse("PDF 文件", "已损坏或不完整，打不开", "完整的 PDF", "重新下载，或向发文单位取得原件")


def _read_pages(reader: PdfReader) -> Source:
    started = time.monotonic()
    pages = reader.pages
    if len(pages) > _MAX_PAGES:
        raise refuse("PDF 文件", f"有 {len(pages)} 页", f"不超过 {_MAX_PAGES} 页", "只导入要点正文")
    lines: list[Line] = []
    scanned: list[int] = []
    for page_no, page in enumerate(pages, start=1):
        if time.monotonic() - started > _MAX_SECONDS:
            raise refuse(f"PDF 第 {page_no} 页", "读得太久", "一分钟内能读完的文件", "另存为 Word 或文本后导入")
        text = clean(page.extract_text() or "")
        if not text.strip() and _has_image(page):
            scanned.append(page_no)
        for row in text.split("\n"):
            lines.append(Line(len(lines) + 1, row, page_no))
    if scanned or not any(line.text.strip() for line in lines):
        where = "、".join(str(no) for no in scanned[:10]) or "各"
        raise refuse(
            f"PDF 第 {where} 页",
            "是扫描件，没有文字层",
            "有文字层的 PDF",
            "取得原件的 Word 或文字版 PDF，或先做文字识别并校对",
        )
    return Source(tuple(lines), "PDF")


def _has_image(page: PageObject) -> bool:
    resources = page.get("/Resources")
    resources = resources.get_object() if resources is not None else None
    return resources is not None and "/XObject" in resources
