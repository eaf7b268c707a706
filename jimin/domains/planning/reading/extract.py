"""Bytes → lines. The format is told by the content, never by the file's name."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from jimin.domains.planning.reading.characters import clean, han_share
from jimin.domains.planning.reading.model import Problem, Refused

MAX_BYTES = 50 * 1024 * 1024
MAX_CHARACTERS = 2_000_000
_MIN_HAN_SHARE = 0.2
_RESAVE = "用 WPS 或 Word 打开后另存为 .docx，或导出为文字版 PDF，再导入"


@dataclass(frozen=True)
class Line:
    """One line as it stands: its number, its page (None when the file has no pages), `whole` when it is a paragraph."""

    no: int
    text: str
    page: int | None = None
    whole: bool = False


@dataclass(frozen=True)
class Source:
    """The lines of a file, its format for messages, and what was dropped while reading."""

    lines: tuple[Line, ...]
    format: str
    warnings: tuple[str, ...] = ()


def refuse(place: str, found: str, expected: str, next_step: str) -> Refused:
    """A refusal with a single reason."""
    return Refused([Problem(place, found, expected, next_step)])


def extract(data: bytes) -> Source:
    """Lines of a text, .docx or PDF file; Refused for every other kind, and for a damaged or too large file."""
    if len(data) > MAX_BYTES:
        raise refuse("文件", f"大小 {len(data) // 1024 // 1024} MB", "不超过 50 MB", "只导入要点正文，去掉图片后重试")
    if not data.strip(b"\x00 \t\r\n"):
        raise refuse("文件", "是空的", "要点正文", "重新选择文件")
    head = data[:1024]
    if b"%PDF-" in head:
        from jimin.domains.planning.reading.pdf import read_pdf

        source = read_pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        from jimin.domains.planning.reading.word import read_word

        source = read_word(data)
    else:
        _refuse_other_kinds(data)
        source = _read_text(data)
    if sum(len(line.text) for line in source.lines) > MAX_CHARACTERS:
        raise refuse("文件", "正文超过 200 万字", "一份年度要点", "只导入要点正文")
    text = "".join(line.text for line in source.lines)
    if han_share(text) < _MIN_HAN_SHARE:
        raise refuse("文件", "几乎没有汉字，读不出中文正文", "中文的工作要点", "检查是否选错文件，或文件编码已损坏")
    return source


def _refuse_other_kinds(data: bytes) -> None:
    kinds: tuple[tuple[bytes, str, str], ...] = (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "是旧版 Word（.doc）、WPS（.wps）或加了密码的文件", _RESAVE),
        (b"{\\rtf", "是 RTF 文件", _RESAVE),
        (b"\x89PNG", "是图片", "取得原件的 Word 或文字版 PDF，或先做文字识别并校对"),
        (b"\xff\xd8\xff", "是图片", "取得原件的 Word 或文字版 PDF，或先做文字识别并校对"),
        (b"GIF8", "是图片", "取得原件的 Word 或文字版 PDF"),
        (b"II*\x00", "是扫描图片", "取得原件的 Word 或文字版 PDF，或先做文字识别并校对"),
        (b"MM\x00*", "是扫描图片", "取得原件的 Word 或文字版 PDF，或先做文字识别并校对"),
        (b"Rar!", "是压缩包", "解压后导入其中的要点正文"),
        (b"7z\xbc\xaf", "是压缩包", "解压后导入其中的要点正文"),
        (b"\x1f\x8b", "是压缩包", "解压后导入其中的要点正文"),
    )
    for magic, found, next_step in kinds:
        if data.startswith(magic):
            raise refuse("文件", found, "文本、Word（.docx）或有文字层的 PDF", next_step)
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html)", data[:200], re.IGNORECASE):
        raise refuse(
            "文件", "是网页或 XML 文件", "文本、Word（.docx）或有文字层的 PDF", "在浏览器中复制正文，存为文本后导入"
        )


def _read_text(data: bytes) -> Source:
    text, encoding = _decode(data)
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise refuse(f"第 {line} 行", "有无法识别的字（�）", "完整的汉字", "向发文单位取得未损坏的文件")
    warnings = []
    if "\x00" in text:
        warnings.append(f"文件中有 {text.count(chr(0))} 个空字符，已忽略")
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    text = text.replace("\x85", "\n").replace("\x0b", "\n")
    lines: list[Line] = []
    number = 0
    pages = text.split("\f")
    for page_no, page in enumerate(pages, start=1):
        for row in page.split("\n"):
            number += 1
            lines.append(Line(number, row, page_no if len(pages) > 1 else None))
    return Source(tuple(lines), f"文本（{encoding}）", tuple(warnings))


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data[3:], "utf-8", "UTF-8"), "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16", "UTF-16"), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", errors="replace")
    if lenient.count("\ufffd") <= 2 + len(lenient) // 50 and han_share(lenient) >= _MIN_HAN_SHARE:
        # Nearly all of it is good UTF-8: a damaged file, not another encoding.
        return _strict(data, "utf-8", "UTF-8"), "UTF-8"
    return _strict(data, "gb18030", "UTF-8、UTF-16 或 GB 18030"), "GB 18030"


def _strict(data: bytes, codec: str, name: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(codec, errors="ignore")
        line = before.count("\n") + 1
        near = before[-20:].replace("\n", "").strip()
        raise refuse(
            f"第 {line} 行（第 {error.start} 字节，“{near}”之后）",
            "有不能按编码读出的字节，文件已损坏或被截断",
            f"完整的 {name} 文本",
            "向发文单位取得未损坏的文件",
        ) from error
