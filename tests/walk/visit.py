"""One page opened in the browser, looked at from every side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError

FOLDER = Path(__file__).parent
LOOK = (FOLDER / "look.js").read_text("utf-8")
KEYBOARD = (FOLDER / "keyboard.js").read_text("utf-8")
INLINE = {
    "an inline style": re.compile(r"<[a-z][^<>]*\sstyle\s*=|<style\b", re.I),
    "an inline handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", re.I),
    "another host": re.compile(r"<(?:script|link|img|iframe|form|use)\b[^>]*\s(?:src|href|action)=[\"'](?:https?:)?//", re.I),
}  # fmt: skip
AXE = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
OWN = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")  # the browser's own
LEAST = 44  # px, of what a finger must hit
STEP = 40  # presses of Tab from the top of a page
COUNTERS = """(() => {
  window.did = 0;
  window.print = () => { window.did++; };
  const write = () => { window.did++; return Promise.resolve(); };
  Object.defineProperty(navigator, 'clipboard', {value: {writeText: write}});
})()"""


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, for whom."""

    check: str
    what: str
    path: str
    who: str
    width: int
    language: str

    def __str__(self) -> str:
        return f"{self.check} · {self.path} ({self.who}, {self.width}, {self.language}): {self.what}"


class Visitor:
    """One person's browser at several widths; collects what the browser complains about meanwhile."""

    def __init__(
        self, context: BrowserContext, site: str, who: str, language: str, widths: Iterable[int], scripts: bool = True
    ) -> None:
        self.context, self.site, self.who, self.language = context, site, who, language
        self.widths = list(widths)
        self.scripts = scripts
        self.faults: list[Fault] = []
        self.path = ""
        context.route("**/live/**", _quiet)
        context.add_init_script(COUNTERS)
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self._add("console", m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self._add("console", str(e)))
        self.page.on("request", self._ask)
        self.page.on("response", self._answer)

    def _add(self, check: str, what: str, width: int = 0) -> None:
        fault = Fault(check, " ".join(what.split())[:300], self.path, self.who, width, self.language)
        if fault not in self.faults:
            self.faults.append(fault)

    def _ask(self, request: Request) -> None:
        if not request.url.startswith((self.site, *OWN)):
            self._add("another host", request.url)

    def _answer(self, response: Response) -> None:
        if response.status >= 400 and response.url != self.page.url:
            self._add("missing", f"{response.url}: {response.status}")

    def open(self, path: str) -> bool:
        """Open an address at the widest width; False when it does not answer with a page."""
        self.path = path
        self._size(max(self.widths))
        try:
            answer = self.page.goto(self.site + path)
        except PlaywrightError as error:
            self._add("does not open", error.message.splitlines()[0])
            return False
        if answer is None or answer.status != 200:
            self._add("does not open", f"answers {answer.status if answer else 'nothing'}")
            return False
        if "text/html" not in answer.headers.get("content-type", ""):
            return False
        html = answer.text()
        for check, pattern in INLINE.items():
            if found := pattern.search(html):
                self._add(check, html[found.start() : found.start() + 140])
        return True

    def _size(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 844 if width < 761 else 900})

    def look(self, axe: str = "both") -> dict[str, Any]:
        """Look at the open page at every width, widest first; what it says and counts comes back.

        `axe`: at "both" ends of the widths, on the phone as at the desk; or at the "widest" only; or "none".
        """
        said: dict[str, Any] = {}
        for n, width in enumerate(sorted(self.widths, reverse=True)):
            self._size(width)
            seen = self.page.evaluate(LOOK, {"phone": width < 761, "first": n == 0, "least": LEAST})
            said = said or seen
            for check, what in seen["faults"]:
                self._add(check, what, width)
            if axe != "none" and (n == 0 or axe == "both" and width < 761):
                self.axe(width)
        return said

    def axe(self, width: int) -> None:
        """Everything axe finds at this width; it is a script itself, so nothing where scripts are off."""
        if not self.scripts:
            return
        for found in Axe().run(self.page, options=AXE).response["violations"]:
            self._add("axe", f"{found['id']}: {[node['html'][:120] for node in found['nodes'][:3]]}", width)

    def keyboard(self) -> None:
        """Tab goes from the skip link on, is never lost, shows its ring everywhere; Escape closes what is open."""
        if not self.scripts:
            return
        self._size(max(self.widths))
        self.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        self.page.keyboard.press("Tab")
        for check, what in self.page.evaluate(KEYBOARD):
            self._add(check, what, max(self.widths))
        self._tab()
        for width in (max(self.widths), min(self.widths)):
            self._size(width)
            self._open_and_escape(width)

    def _tab(self) -> None:
        self.page.evaluate("document.querySelector('.skip, a, button').focus()")
        stops = 0
        for _press in range(STEP):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement === document.body"):
                break
            stops += 1
        if stops < 2:
            self._add("focus", f"Tab is lost after {stops} stops", max(self.widths))

    def _open_and_escape(self, width: int) -> None:
        for at in range(self.page.locator("details.drop > summary").count()):
            summary = self.page.locator("details.drop > summary").nth(at)
            if not summary.is_visible():
                continue
            summary.click()
            over = self.page.locator("details.drop").nth(at).locator(".over")
            box = over.bounding_box()
            if box is None or box["x"] < 0 or box["x"] + box["width"] > width:
                self._add("cut off", f"what opens from “{summary.inner_text()}” leaves the screen: {box}", width)
            self.page.keyboard.press("Escape")
            if over.is_visible():
                self._add("focus", f"Escape does not close “{summary.inner_text()}”", width)

    def press_buttons(self) -> None:
        """Every button that sends no form does something: the page changes, prints, copies or speaks."""
        self._size(max(self.widths))
        buttons = self.page.locator("button[type=button]")
        for at in range(min(buttons.count(), 8)):
            button = buttons.nth(at)
            if not button.is_visible():
                continue
            self.page.evaluate(
                """() => { window.did = 0; new MutationObserver(() => { window.did++; })
                .observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true}); }"""
            )
            name = button.inner_text()
            button.click()
            self.page.wait_for_timeout(150)
            if not self.page.evaluate("window.did"):
                self._add("dead button", f"“{name}” changes nothing", max(self.widths))

    def shoot(self, folder: Path) -> None:
        """A picture of the open page at each width."""
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w]+", "-", f"{self.who} {self.language} {self.path}").strip("-")[:90]
        for width in self.widths:
            self._size(width)
            self.page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)

    def here(self) -> str:
        """The path and query of the open page."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


def _quiet(route: Any) -> None:
    """The process of live messages is not walked: its stream opens and says nothing."""
    route.fulfill(status=200, content_type="text/event-stream", body="retry: 600000\n\n")


def grouped(faults: Iterable[Fault]) -> Iterator[str]:
    """One line a kind of fault: what, how often, where first."""
    same: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        same.setdefault((fault.check, re.sub(r"[0-9a-f-]{36}", "*", fault.what)), []).append(fault)
    for (check, what), found in sorted(same.items()):
        one = found[0]
        times = f" ×{len(found)}" if len(found) > 1 else ""
        yield f"{check}{times}: {what}\n    {one.path} ({one.who}, {one.width or 'any'} px, {one.language})"
