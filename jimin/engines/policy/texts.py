"""The register of regulations: texts with their articles, when each is in force, and where the copy is from.

A text that nobody has (a province's own 办法) is an empty slot: it has a title and no articles, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jimin.engines.policy import yamlfile
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Cite

KEYS = {"title", "number", "issuer", "since", "until", "copy", "articles"}
#: 第八条第一款第一项 stands in 第八条; 一（三） is its own article.
HEAD = re.compile(r"第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十])?")


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its number and its words, paragraphs apart by line breaks."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text: what it is, by whom, from when until when, whence this copy, and its articles."""

    key: str
    title: str
    number: str
    issuer: str
    since: date | None
    until: date | None
    copy: str
    articles: Mapping[str, Article]

    @property
    def is_empty(self) -> bool:
        """Nobody has the words of this text."""
        return not self.articles

    @property
    def name(self) -> str:
        return f"《{self.title}》" + (f"（{self.number}）" if self.number else "")

    def article(self, place: str) -> Article | None:
        """The article in which a place stands: "第八条第一款第一项" → 第八条."""
        found = HEAD.match(place)
        return self.articles.get(found.group() if found else place)


def read(folders: Iterable[Path]) -> dict[str, Text]:
    """Every text of the folders, by key (the file's name). Raises RuleError."""
    found: dict[str, Text] = {}
    for folder in folders:
        for file in sorted(Path(folder).glob("*.yaml")):
            if file.stem in found:
                raise RuleError(f"法规 {file.stem} 有两份", where=file.name)
            found[file.stem] = _text(file)
    return found


def _text(file: Path) -> Text:
    raw = yamlfile.read(file)
    raw.only(KEYS)
    articles: dict[str, Article] = {}
    for each in raw.get("articles") or []:
        article = Article(each.need("article", str, "第一条"), each.need("text", str, "条文"))
        if article.number in articles:
            raise RuleError(f"{article.number}有两条", where=each.where)
        articles[article.number] = article
    return Text(
        file.stem,
        raw.need("title", str, "名称"),
        raw.get("number") or "",
        raw.get("issuer") or "",
        raw.get("since"),
        raw.get("until"),
        raw.need("copy", str, "这份文本从哪里来"),
        articles,
    )


def places(cite: Cite) -> Iterator[str]:
    """The places of a citation: 第五条第一项、第八条第二项 is two."""
    yield from (p.strip() for p in cite.article.split("、"))


def check(cite: Cite, texts: Mapping[str, Text]) -> str:
    """What is wrong with a citation, or nothing. A text without words cannot be checked, and is no fault."""
    text = texts.get(cite.text)
    if text is None:
        return f"法规登记里没有 {cite.text}（现有：{'、'.join(sorted(texts))}）"
    if text.is_empty:
        return ""
    wrong = [p for p in places(cite) if text.article(p) is None]
    return f"{text.name}里没有“{wrong[0]}”" if wrong else ""
