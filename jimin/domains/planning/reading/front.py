"""The head of the document: number, title, issuer, date of issue, year, preamble."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.layout import Paragraph
from jimin.domains.planning.reading.numerals import from_han

_DOCUMENT_NO = re.compile(r"([\u4e00-\u9fff]{1,12})〔(\d{4})〕第?(\d{1,5})号")
_PLAN_WORDS = (
    "工作要点",
    "要点",
    "工作计划",
    "工作安排",
    "重点任务",
    "重点工作",
    "实施计划",
    "行动计划",
    "实施方案",
    "工作方案",
    "任务清单",
)
_ISSUED_BY = re.compile(r"^([\u4e00-\u9fff]{2,30}?)(?:办公室)?关于(?:印发|公布|发布)")
_HAN_DIGITS = "〇零一二三四五六七八九"
_DATE = re.compile(
    rf"(\d{{4}}|[{_HAN_DIGITS}]{{4}})年([\d一二三四五六七八九十]{{1,3}})月([\d一二三四五六七八九十]{{1,3}})日"
)
_YEAR = re.compile(rf"(\d{{4}}|[{_HAN_DIGITS}]{{4}})年")
_ORGANISATION = re.compile(r"^[\u4e00-\u9fff（）]{2,24}(?:部|厅|局|委员会|委|办公室|政府|中心|署|会)$")


@dataclass(frozen=True)
class Front:
    """What the head says; `year` is None when no year is written anywhere."""

    document_no: str
    title: str
    issuer: str
    issued_on: date | None
    year: int | None
    preamble: str


def read_front(front: tuple[Paragraph, ...], closing: tuple[Paragraph, ...], body: str) -> Front:
    """The head of a plan from the paragraphs before the first number, those after the last, and the text between."""
    paragraphs = [paragraph.text for paragraph in front]
    texts = [fold(text) for text in paragraphs]
    ends = [fold(paragraph.text) for paragraph in closing]
    at = _title_index(texts)
    title = paragraphs[at] if at is not None else (paragraphs[0] if paragraphs else "")
    issued_on = _issue_date(texts + ends)
    preamble = _preamble(paragraphs, texts, at)
    return Front(
        _document_no(paragraphs, texts),
        title,
        _issuer(texts + ends),
        issued_on,
        _year(fold(title), issued_on, "".join(texts) + body),
        preamble,
    )


def _title_index(texts: list[str]) -> int | None:
    """The last short paragraph without end mark that names a plan; the notice's own title only if there is no other."""
    found = [
        index
        for index, text in enumerate(texts)
        if len(text) <= 60 and text[-1] not in "。；：，" and any(word in text for word in _PLAN_WORDS)
    ]
    own = [index for index in found if "关于印发" not in texts[index]]
    best = own or found
    return best[-1] if best else None


def _preamble(paragraphs: list[str], texts: list[str], at: int | None) -> str:
    after = paragraphs[at + 1 :] if at is not None else paragraphs
    folded = texts[at + 1 :] if at is not None else texts
    kept = [
        text
        for text, plain in zip(after, folded, strict=True)
        if len(text) > 20 and not _DOCUMENT_NO.fullmatch(plain) and not _DATE.fullmatch(plain)
    ]
    return "\n".join(kept)


def _document_no(paragraphs: list[str], texts: list[str]) -> str:
    for original, text in zip(paragraphs, texts, strict=True):
        match = _DOCUMENT_NO.search(text)
        if match and len(text) <= 40:
            return original[match.start() : match.end()]
    return ""


def _issuer(texts: list[str]) -> str:
    for text in texts:
        match = _ISSUED_BY.match(text)
        if match:
            return match.group(1)
    for index, text in enumerate(texts):
        if _DATE.fullmatch(text) and index and _ORGANISATION.match(texts[index - 1]):
            return texts[index - 1]
    for text in texts:
        match = re.match(rf"^([\u4e00-\u9fff]{{2,20}}?(?:部|厅|局|委员会|委|联合会|协会))(?:{_YEAR.pattern})", text)
        if match:
            return match.group(1)
    return next((text for text in texts if _ORGANISATION.match(text)), "")


def _issue_date(texts: list[str]) -> date | None:
    """A date that stands alone (a signature or a line under the title)."""
    for text in texts:
        match = _DATE.fullmatch(text.strip("（）")) or (
            _DATE.search(text) if len(text) <= 30 and "日" in text else None
        )
        if match:
            found = _date(match)
            if found is not None:
                return found
    return None


def _date(match: re.Match[str]) -> date | None:
    year, month, day = (number(part) for part in match.groups())
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def number(text: str) -> int | None:
    """A number in ASCII or Chinese digits."""
    return int(text) if text.isdecimal() else from_han(text)


def _year(title: str, issued_on: date | None, text: str) -> int | None:
    match = _YEAR.search(title)
    if match:
        return number(match.group(1))
    if issued_on is not None:
        return issued_on.year if issued_on.month < 12 else issued_on.year + 1
    years = Counter(
        found for found in (number(m.group(1)) for m in _YEAR.finditer(text)) if found and 1949 < found < 2100
    )
    return years.most_common(1)[0][0] if years else None
