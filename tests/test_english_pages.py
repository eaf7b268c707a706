"""In an English session nothing of the interface is Chinese: what is left is data (names, titles, the plan's words)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import Resolver404, resolve

from jimin.core import clock
from jimin.core.access import permissions
from jimin.core.audit.looks import KINDS
from jimin.domains.planning.tests import board_factory as factory
from jimin.engines.policy import library, programmes, units

HAN = re.compile(r"[\u3400-\u9fff]")
NAMED = re.compile(r'"name"\s*:\s*"([^"]+)"')
NUMBER = re.compile(r"\w+〔\d{4}〕\d+号")  # of a document
EMPTY = {"br", "hr", "img", "input", "link", "meta", "use", "path", "circle", "rect", "line", "col", "wbr", "polygon"}
SPOKEN = ("aria-label", "alt", "data-h", "label", "placeholder", "title")
SKIPPED = re.compile(r"signout|export|file|language|prefer")  # what changes the session or is no page
STARTS = ("/console/", "/", "/plan/", "/verify", "/about/")
SAMPLES = 3  # pages looked at under each address pattern


class Words(HTMLParser):
    """What a page says outside elements marked as Chinese, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        chinese = self._chinese() or (values.get("lang") or "").startswith("zh")
        if not chinese:
            self.said += [v for name in SPOKEN if (v := values.get(name))]
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]).partition("#")[0])
        if tag not in EMPTY:
            self.open.append((tag, chinese))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        depth = len(self.open)
        self.handle_starttag(tag, attrs)
        del self.open[depth:]

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._chinese() and not (self.open and self.open[-1][0] in ("script", "style")):
            self.said.append(" ".join(data.split()))

    def _chinese(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def data() -> list[str]:
    """The Chinese texts of all records and of the pack's map, longest first. What has a choice has a word: it is none."""
    # Other tests of this process declare actions of their own, which an auditor may pick from.
    found = {str(kind.title) for kind in KINDS.values() if kind.name.startswith("test")}
    found.update(law())
    for path in Path(settings.PACK).rglob("*.geojson"):
        found.update(NAMED.findall(path.read_text("utf-8")))
    for model in apps.get_models():
        kinds = models.CharField | models.TextField | models.JSONField
        fields = [f for f in model._meta.fields if isinstance(f, kinds) and not f.choices and f.name != "route"]
        for row in model._base_manager.values_list(*(f.name for f in fields)) if fields else ():
            found.update(text for value in row for text in _texts(value))
    return sorted((t for t in found if HAN.search(t)), key=len, reverse=True)


def law() -> Iterator[str]:
    """The law's own words, which stay Chinese: texts, rules as they are written, parameters, tests, amounts as they say them."""
    for text in programmes.all_texts().values():
        yield from (text.name, text.title, text.number, text.issuer, text.copy)
        yield from (said for a in text.articles.values() for said in (a.number, *_texts(a.words)))
    for domain in programmes.DOMAINS.values():
        facts = [*domain.rules.persons.values(), *domain.rules.households.values()]
        yield from (domain.title, *(said for f in facts for said in (f.title, f.note)))
        for formula, used in library.links(domain.name).items():
            yield from (formula.title, formula.note, " ".join(library.source(formula).split()))
            yield from (said for g in used.grounds for said in (g.words, g.cite.article))
            yield formula.cite.article
        for parameter in programmes.national(domain.name).items.values():
            yield from (parameter.title, parameter.note, *(v.note for v in parameter.values))
            yield from (place for v in parameter.values for place in v.cite.article.split("、"))
        yield from (test.title for test in library.rule_tests(domain.name))
    yield from (p.title for p in programmes.PROGRAMMES.values())
    yield from (*units.WORDS.values(), "元", "城镇", "农村")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line.strip() for line in [value, *value.splitlines()])
    elif isinstance(value, dict):
        yield from (text for part in value.values() for text in _texts(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _texts(part))


def without_data(text: str, known: list[str]) -> str:
    text = NUMBER.sub("", text)
    for value in known:
        if value in text:
            text = text.replace(value, "")
            if not HAN.search(text):
                break
    return text


def walk(client: Client) -> Iterator[tuple[str, Words]]:
    """Every kind of page that links lead to from the first pages, a few of each kind."""
    todo, seen = list(STARTS), dict[str, int]()
    done: set[str] = set()
    while todo:
        address = todo.pop(0)
        try:
            found = resolve(address.partition("?")[0])
        except Resolver404:
            continue
        kind = f"{found.view_name} {found.kwargs.get('name', '')} {found.kwargs.get('code', '')}"
        if address in done or SKIPPED.search(found.view_name) or seen.get(kind, 0) >= SAMPLES:
            continue
        done.add(address)
        seen[kind] = seen.get(kind, 0) + 1
        response = client.get(address, follow=True)
        if response.headers["Content-Type"].startswith("text/html"):
            words = Words(response.content.decode())
            todo += [urljoin(address, link) for link in words.links if not link.startswith(("http", "mailto", "tel"))]
            yield address, words


def furnished() -> factory.World:
    """The small province with half a year of figures."""
    made = factory.build()
    for month, total in zip(range(2, 10), (0, 40, 90, 140, 190, 240, 290, 340), strict=True):
        made.report("beds", "220122", date(2023, month, 1), str(total))
    made.centres("220122", 2, date(2023, 3, 1))
    made.refresh()
    return made


@pytest.fixture
def world(db: None, settings: Any) -> Iterator[factory.World]:
    settings.JIMIN_BUSINESS_DAY = date(2023, 10, 10)
    with clock.on_day(date(2023, 10, 10)):
        yield furnished()


@pytest.mark.parametrize("name", ["office", "chief", "clerk", "leader", "city", "county", "auditor"])
def test_an_english_session_shows_no_chinese_words_of_the_interface(
    world: factory.World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What other tests declared for themselves (tests.events …) is no part of the product.
    own = {n: p for n, p in permissions._TABLE.items() if not n.startswith("test")}
    monkeypatch.setattr(permissions, "_TABLE", own)
    client = Client()
    client.force_login(world.accounts[name].account, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    known = data()
    left: dict[str, str] = {}
    pages = 0
    for address, words in walk(client):
        pages += 1
        for text in words.said:
            if HAN.search(text) and HAN.search(rest := without_data(text, known)):
                left.setdefault(rest, address)
    assert pages > 15
    assert left == {}


def test_a_chinese_word_outside_the_data_is_found() -> None:
    words = Words('<html lang="en"><h1>督办单 <b lang="zh-Hans">养老床位</b></h1><img alt="图"><p>农安县局</p></html>')
    assert words.said == ["督办单", "图", "农安县局"]
    assert [t for t in words.said if HAN.search(without_data(t, ["农安县局"]))] == ["督办单", "图"]
