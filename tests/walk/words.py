"""What a page says, judged: a word of the other language, a code, a raw date, a value nobody formatted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db import transaction

from jimin.core.access.scope import Scope, set_scope
from tests.test_english_pages import HAN, NUMBER, data

MASKED = re.compile(r"[\u3400-\u9fff]\*+[\u3400-\u9fff]?")  # 王*兰: a name of which the middle is hidden
ALONE = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?![\u3400-\u9fff])")  # 村, the title of a denominator
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")

#: Latin words a Chinese page may use, and why.
ALLOWED_LATIN = {
    "PDF": "the name of a file format",
    "Excel": "the name of a program",
    "Word": "the name of a program",
    "WPS": "the name of a program",
    "CSV": "the name of a file format",
    "API": "what Chinese administrators call it",
    "AB": "AB 角, the official term for a deputy",
    "English": "the language's own name on the switch to it",
    "TOTP": "the name of a standard",
    "WCAG": "the name of a standard",
    "AA": "a grade of that standard",
    "Cookie": "the technical word, in brackets after plain ones",
    "zhangsan": "a user name as an example",
    "wgl": "initials as an example of what to type",
    "XXXX-XXXX-XXXX": "the form of a code to type",
    "xlsx": "the ending of a file name",
    "docx": "the ending of a file name",
    "csv": "the ending of a file name",
    "pdf": "the ending of a file name",
    "txt": "the ending of a file name",
    "Word、PDF": "file formats",
    "Ctrl": "a key",
    "MB": "a unit",
    "KB": "a unit",
}

#: What no page shows to people, in either language.
RAW = {
    "a value nobody formatted": re.compile(
        r"\bNone\b(?! )|\bnan\b|\bNaN\b|\bundefined\b|\bnull\b|\[object |Decimal\(|datetime\.|<[A-Z]\w+:|\bQuerySet\b"
    ),
    "a template's own code": re.compile(r"\{\{|\}\}|\{%|%\}|%\(\w+\)|%[sd]\b|&(?:amp|lt|gt|quot|nbsp|#\d+);"),
    "a raw date": re.compile(r"(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-\d\d)?(?![\d-])"),
    "a raw time": re.compile(r"\dT\d\d:\d\d"),
    "a code": re.compile(
        r"\b[a-z]+_[a-z_]+\b|\b[a-z]{2,}\.(?!txt|pdf|docx?|xlsx?|csv|png|jpe?g|html?|com|gov|cn)[a-z_]{2,}\b"
        r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}"
    ),
}


class Words:
    """Judges texts in one language; `known` are the Chinese texts of the records, which are data in any language."""

    def __init__(self, language: str, known: Iterable[str] = ()) -> None:
        self.language = language
        self.known = set(known)
        self.longest = max(map(len, self.known), default=0)
        self.judged: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def faults(self, said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """(check, what) for each text that is wrong; each text once."""
        for text, kind in sorted({(t, k) for t, k in said}):
            if (text, kind) not in self.judged:
                self.judged[text, kind] = list(self._judge(text, kind))
            yield from self.judged[text, kind]

    def _judge(self, text: str, kind: str) -> Iterator[tuple[str, str]]:
        if kind == "code":
            return
        for check, pattern in RAW.items():
            if found := pattern.search(text):
                yield check, f"“{found[0]}” in “{text[:90]}”"
        marked_chinese = kind.startswith("zh")
        if self.language == "zh-hans" and not kind.startswith("en"):
            strange = [w for w in LATIN.findall(text) if w not in ALLOWED_LATIN]
            if strange:
                yield "an English word on a Chinese page", f"“{' '.join(strange[:5])}” in “{text[:90]}”"
        elif self.language == "en" and not marked_chinese and HAN.search(text):
            rest = self.without_data(text)
            if HAN.search(rest):
                yield "a Chinese word on an English page", f"“{rest.strip()[:60]}” in “{text[:90]}”"

    def without_data(self, text: str) -> str:
        """What is left of a text when every text of the records is taken out, longest first."""
        if text in self.known:
            return ""
        text = MASKED.sub("", NUMBER.sub("", text))
        text = ALONE.sub(lambda found: "" if found[0] in self.known else found[0], text)
        left, at = [], 0
        while at < len(text):
            end = next((e for e in range(min(len(text), at + self.longest), at + 1, -1) if text[at:e] in self.known), 0)
            if not end:
                left.append(text[at])
            at = end or at + 1
        return "".join(left)


def texts_of_the_records() -> list[str]:
    """Every Chinese text of the database, the people's too, and of the pack's map."""
    with transaction.atomic():
        set_scope(Scope("province", ()))
        return data()
