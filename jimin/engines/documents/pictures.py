"""A page of a PDF that somebody handed in, as a picture: a browser shows it beside a form and runs nothing of it.

typst reads binary pictures from disk alone, so the paper lies in a folder of its own (the process's, closed to others) while
it is drawn. That is for public papers; one about a person is not drawn here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import typst

from .model import DocumentError

PPI = 110.0
PAGE = """#set page(width: 210mm, height: auto, margin: 0pt)
#image("paper.pdf", page: {number}, width: 210mm)
"""


def page_of(pdf: bytes, number: int = 1) -> bytes:
    """Page `number` (from 1) as PNG. Raises DocumentError when there is no such page or the file cannot be drawn."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.typ"
        (Path(folder) / "paper.pdf").write_bytes(pdf)
        page.write_text(PAGE.format(number=number), encoding="utf-8")
        try:
            made = typst.Compiler(str(page), root=folder, ignore_system_fonts=True).compile(format="png", ppi=PPI)
        except typst.TypstError as error:
            raise DocumentError(f"第 {number} 页画不出来；请下载文件查看。") from error
    if not isinstance(made, bytes):
        raise DocumentError(f"第 {number} 页画不出来；请下载文件查看。")
    return made
