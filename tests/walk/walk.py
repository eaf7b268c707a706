"""Which pages are walked: the menu first, then a bounded set of what its pages lead to."""

from __future__ import annotations

import os
import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error as PlaywrightError

from tests.walk import sums
from tests.walk.allowed import EMPTY
from tests.walk.visit import Fault, Visitor
from tests.walk.words import Words

SHOTS = os.environ.get("JIMIN_WALK_SHOTS", "")  # a folder for pictures of every page
SAMPLES = 2  # pages of one kind that are looked at below the menu
PATIENCE = 180_000  # ms, for a file of a whole register
FILES = 6  # files asked for, of one person
NOT_WALKED = re.compile(r"signout|language|prefer|robots|worker|live|register_save|register_drop|register_act")
A_FILE = re.compile(r"export|preview|file|_pdf|_docx|openapi")

#: The links of a page that are followed: [why, selector].
CHOSEN = """() => {
  const found = [], take = (why, links, most) => { links.filter((e) => e && e.href && e.checkVisibility()).slice(0, most).forEach((e) => found.push([why, e.href])); };
  const all = (s, r = document) => [...r.querySelectorAll(s)];
  take("button", all("main a.btn"), 12);
  all("main table tbody, main ul.list, main ul.turns").forEach((rows) => take("first row", [rows.querySelector("a[href]")], 1));
  take("tab", all("main .seg a, main nav[aria-label] a.btn"), 6);
  take("figure", all("[data-figure]").map((e) => e.closest("a[href]") || e.querySelector("a[href]")), 8);
  take("pager", all(".pager a[rel=next]"), 1);
  take("tile", all("main .tile").slice(0, 1), 1);
  take("aside", all("main .panel > header a, main .panel > footer a"), 6);
  all("main .drop .over a, main a[href*=export], main a[href*='/files/']").forEach((e) => found.push(["file", e.href]));
  return found;
}"""


@dataclass
class Walked:
    """What a walk came to."""

    pages: int = 0
    looks: int = 0
    figures: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)


class Walk:
    """One person in one language, from their menu into the pages it leads to."""

    def __init__(self, visitor: Visitor, words: Words, depth: int = 2, kinds: Counter[str] | None = None) -> None:
        self.visitor, self.words, self.depth = visitor, words, depth
        self.done: set[str] = set()
        self.kinds: Counter[str] = Counter() if kinds is None else kinds
        self.files = 0
        self.result = Walked()
        self.counted: dict[str, sums.Looked | None] = {}

    def go(self, starts: list[str]) -> Walked:
        """Walk from these addresses; the menu's entries count as starts too."""
        began = time.monotonic()
        todo = deque((path, 0) for path in starts)
        while todo:
            path, depth = todo.popleft()
            for further in self._page(path, depth):
                todo.append((further, depth + (further not in self._menu)))
        self.result.seconds = time.monotonic() - began
        self.result.faults = self.visitor.faults
        return self.result

    _menu: frozenset[str] = frozenset()

    def _page(self, path: str, depth: int) -> Iterator[str]:
        """Look at one page; gives what to walk next."""
        kind = self.kind(path)
        if kind is None:
            self.visitor.path = path
            self.visitor._add("dead link", "no page has this address")
            return
        if path in self.done or NOT_WALKED.search(kind) or (depth and self.kinds[kind] >= SAMPLES):
            return
        self.done.add(path)
        if A_FILE.search(kind):
            self._file(path)
            return
        self.kinds[kind] += 1
        if not self.visitor.open(path):
            return
        yield from self._look(path, depth, kind)

    def _look(self, path: str, depth: int, kind: str) -> Iterator[str]:
        visitor = self.visitor
        if not self._menu:
            links = visitor.page.evaluate("[...document.querySelectorAll('#menu li a, .tabs a')].map(e => e.href)")
            self._menu = frozenset(filter(None, map(self.path, links)))
            yield from self._menu
        self.result.pages += 1
        self.result.looks += len(visitor.widths)
        if SHOTS and depth < 2:
            visitor.shoot(Path(SHOTS))
        whole = self.depth > 0  # a short walk looks once at a kind with axe and keyboard
        thorough = self.kinds[kind] == 1 or (whole and depth == 0)
        looked = visitor.look("none" if not thorough and not whole else "both" if whole and depth == 0 else "widest")
        self._judge(looked, kind, path)
        chosen = visitor.page.evaluate(CHOSEN) if depth < self.depth else []
        self._forms(path)
        if thorough:
            visitor.keyboard()
        if depth == 0:
            visitor.press_buttons()
        self._figures(looked, path)
        for why, href in chosen:
            target = self.path(href)
            if href.startswith(("tel:", "mailto:")):
                continue
            if target is None:
                visitor._add("another host", href)
            elif depth == 0 or why in ("button", "figure", "file"):
                yield target

    def _judge(self, looked: sums.Looked, kind: str, path: str) -> None:
        for check, what in self.words.faults(map(tuple, looked["said"])):
            self.visitor._add(check, what)
        excused = any(re.search(p, f"{kind} {path}") and re.search(who, self.visitor.who) for p, who, _why in EMPTY)
        if excused or "?" in path:
            self.visitor.faults[:] = [f for f in self.visitor.faults if not (f.check == "empty" and f.path == path)]

    def _forms(self, path: str) -> None:
        """Every form goes to an address that exists."""
        goals = self.visitor.page.evaluate(
            """[...document.querySelectorAll('form, [formaction]')].map(e => e.formAction && e.hasAttribute('formaction') ? e.formAction : e.getAttribute('action') === null ? location.href : e.getAttribute('action'))"""
        )
        for goal in set(goals):
            target = self.path(goal if goal.startswith("http") else self.visitor.site + goal)
            if target is None or self.kind(target) is None:
                self.visitor._add("dead button", f"a form goes to {goal}, where nothing is")

    def _figures(self, looked: sums.Looked, path: str) -> None:
        found = sums.figures(looked)
        self.result.figures += len(found)
        for check, what in sums.faults(looked, found, self._counted):
            self.visitor.path = path
            self.visitor._add(check, what)

    def _counted(self, href: str) -> sums.Looked | None:
        """What a page counts, without looking at the rest of it; each address once."""
        address = href.split("#")[0]
        if address not in self.counted:
            looked: Any = None
            if self.visitor.open(address.removeprefix(self.visitor.site)):
                looked = self.visitor.page.evaluate(LOOK_ONLY)
            self.counted[address] = looked
        return self.counted[address]

    def _file(self, path: str) -> None:
        """A file comes and is not empty."""
        self.files += 1
        if self.files > FILES:
            return
        self.visitor.path = path
        try:
            answer = self.visitor.context.request.get(self.visitor.site + path, timeout=PATIENCE)
        except PlaywrightError as error:
            self.visitor._add("does not open", f"the file does not come: {error.message.splitlines()[0]}")
            return
        if answer.status != 200 or not answer.body():
            self.visitor._add("does not open", f"the file answers {answer.status}")

    def path(self, href: str) -> str | None:
        """The path and query of an address of this site; None for another host."""
        if not href.startswith(self.visitor.site):
            return None
        parts = urlsplit(href)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @staticmethod
    def kind(path: str) -> str | None:
        """The name of the page's kind: its view, and the register or step it shows; None where nothing is."""
        try:
            found = resolve(urlsplit(path).path)
        except Resolver404:
            return None
        return f"{found.view_name} {found.kwargs.get('name', '')}{found.kwargs.get('code', '') if found.kwargs.get('pk') else ''}"


LOOK_ONLY = """() => {
  const sets = {}, next = document.querySelector(".pager a[rel=next]");
  document.querySelectorAll("[data-rows]").forEach((e) => {
    const set = sets[e.dataset.rows] = sets[e.dataset.rows] || {parts: [], more: 0};
    set.parts.push(...[...e.querySelectorAll("[data-part]")].filter((p) => p.closest("[data-rows]") === e).map((p) => p.dataset.part === "" ? "1" : p.dataset.part));
    set.more += Number(e.dataset.more || 0);
  });
  return {sets, next: next ? next.href : ""};
}"""
