"""The people of a story: each in a browser of their own, signed in by typing; every page they see is looked at.

A page is looked at once for each person: axe finds nothing, nothing runs over the edge, one heading says where one
is. All the while the browser's complaints, requests to other hosts and answers of 5xx are collected.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from jimin.platform.browser import DESK, PHONE

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFUSED = "Failed to load resource: the server responded with a status of 4"  # the browser's word on a refusal
EDGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

LOOKED: Counter[tuple[bool, str]] = Counter()  # how often axe ran on a kind of page, on the phone and at the desk


def _no_news(route: Any) -> None:
    """The live process is not part of this story: its stream opens and says nothing."""
    route.fulfill(status=200, content_type="text/event-stream", body="retry: 600000\n\n")


class Person:
    """One person of the cast at one width."""

    def __init__(self, browser: Browser, site: str, username: str, password: str, phone: bool) -> None:
        self.site, self.username, self.phone = site, username, phone
        wide: dict[str, Any] = (
            {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {"viewport": DESK}
        )
        self.context: BrowserContext = browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block", **wide
        )
        self.context.set_default_timeout(40_000)
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self.context.route("**/live/**", _no_news)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._ask)
        self.page.on("response", self._answer)
        self._sign_in(password)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _ask(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.faults.append(f"{self.page.url}: asks {request.url}")

    def _answer(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url}: {response.status}")

    def _sign_in(self, password: str) -> None:
        self.go("/console/")
        self.fill("账号", self.username)
        self.fill("密码", password)
        self.press("登录")
        assert urlsplit(self.page.url).path == "/console/", f"{self.username} does not arrive: {self.page.url}"

    # -- going -------------------------------------------------------------------------------------
    def go(self, path: str, times: int | None = None) -> None:
        """Open an address of the site."""
        answer = self.page.goto(self.site + path)
        if answer is None or answer.status != 200:
            self.faults.append(f"{self.username} at {path}: {answer.status if answer else 'no answer'}")
        self.look(times)

    def follow(self, name: str | re.Pattern[str], inside: Locator | None = None, exact: bool = False) -> None:
        """Click a link."""
        link = (inside or self.page.locator("main")).get_by_role("link", name=name, exact=exact).first
        with self.page.expect_navigation():
            link.click()
        self.look()

    def menu(self, name: str) -> None:
        """Choose a page of the menu; on a phone it is opened first."""
        opener = self.page.get_by_role("link", name="菜单", exact=True)
        if opener.is_visible():
            opener.click()
        entry = self.page.locator("#menu").get_by_role("link", name=re.compile(rf"^{name}"))
        with self.page.expect_navigation(url=lambda url: "#menu" not in url):
            entry.first.click()
        self.look()

    def press(self, name: str | re.Pattern[str], inside: Locator | None = None) -> None:
        """Press a button that sends a form."""
        exact = isinstance(name, str)
        button = (inside or self.page.locator("main")).get_by_role("button", name=name, exact=exact).first
        with self.page.expect_navigation():
            button.click()
        self.look()

    # -- filling -----------------------------------------------------------------------------------
    def field(self, label: str) -> Locator:
        """The first field whose label holds these words (a form or a table may be named by them too)."""
        return self.page.get_by_label(label).and_(self.page.locator("input, select, textarea")).first

    def fill(self, label: str, text: str) -> None:
        self.field(label).fill(text)

    def choose(self, label: str, option: str) -> None:
        self.field(label).select_option(label=option)

    def attach(self, label: str, *files: Path) -> None:
        self.field(label).set_input_files([str(f) for f in files])

    # -- reading -----------------------------------------------------------------------------------
    @property
    def here(self) -> str:
        """The path of the page that is open."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """The words of the page."""
        return self.page.locator("main").inner_text()

    def must_read(self, *words: str) -> None:
        """The page says each of these."""
        said = self.text
        for word in words:
            assert word in said, f"{self.username} at {self.page.url}: no “{word}” in\n{said[:700]}"

    def status(self, path: str) -> int:
        """What the site answers to a GET, outside the page."""
        return self.context.request.get(self.site + path).status

    def send(self, path: str, **data: str) -> int:
        """What the site answers to a POST that no page of this person's offers."""
        token = next(c["value"] for c in self.context.cookies() if c["name"] == "csrftoken")
        head = {"X-CSRFToken": token, "Referer": self.site + path}
        return self.context.request.post(self.site + path, form={**data}, headers=head, max_redirects=0).status

    def download(self, name: str | re.Pattern[str]) -> bytes:
        """The file behind a link."""
        href = self.page.locator("main").get_by_role("link", name=name).first.get_attribute("href")
        answer = self.context.request.get(self.site + str(href))
        assert answer.status == 200, f"{href}: {answer.status}"
        return answer.body()

    # -- looking -----------------------------------------------------------------------------------
    def look(self, times: int | None = None) -> None:
        """Look at the page that is open, once for each kind of page.

        `times`: axe is left out when people at this width looked at such a page that often already.
        """
        self.page.wait_for_load_state("load")
        kind = UUID.sub("*", urlsplit(self.page.url).path)
        if kind in self.seen:
            return
        self.seen.add(kind)
        where = f"{self.username} at {kind}"
        if times is None or LOOKED[self.phone, kind] < times:
            LOOKED[self.phone, kind] += 1
            for fault in Axe().run(self.page).response["violations"]:
                self.faults.append(f"{where}: {fault['id']} {[n['html'][:200] for n in fault['nodes'][:4]]}")
        if (over := self.page.evaluate(EDGE)) > 0:
            self.faults.append(f"{where}: runs over the edge by {over} px")
        if (heads := self.page.locator("h1").count()) != 1:
            self.faults.append(f"{where}: {heads} h1")

    def close(self) -> None:
        self.context.close()


class People:
    """The cast by username; each signs in when first called."""

    ON_THE_PHONE = ("zhou.ting", "na.jingban", "na.guzhang", "na.fenguan", "helong.zhen", "cbs.jingban", "cbs.fenguan")

    def __init__(self, browser: Browser, site: str, password: str) -> None:
        self.browser, self.site, self.password = browser, site, password
        self.known: dict[str, Person] = {}

    def __getitem__(self, username: str) -> Person:
        if username not in self.known:
            phone = username in self.ON_THE_PHONE
            self.known[username] = Person(self.browser, self.site, username, self.password, phone)
        return self.known[username]

    @property
    def faults(self) -> list[str]:
        return [fault for person in self.known.values() for fault in person.faults]

    def close(self) -> None:
        for person in self.known.values():
            person.close()
