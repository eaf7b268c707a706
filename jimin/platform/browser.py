"""A headless browser and a running site for tests (loaded by the root conftest.py).

`site` serves the test database over HTTP; `phone` and `desk` are pages at the two widths every screen
is looked at. Finding the browser is shared with `make test`, which installs one where it may.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def find() -> str | None:
    """The path of a Chromium or Chrome: JIMIN_CHROMIUM, else one on PATH, else Playwright's own, else None."""
    chosen = os.environ.get("JIMIN_CHROMIUM")
    if chosen:
        return chosen
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless browser for the process."""
    from playwright.sync_api import sync_playwright

    path = find()
    if path is None:
        pytest.exit("没有浏览器：装 chromium，或用 JIMIN_CHROMIUM=/路径 指明一个，或用 make test（它会自己装）", 2)
    # Playwright's synchronous interface keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def site(live_server: Any) -> str:
    """The address of the running site, on this process's test database (the test commits; a fresh clone follows)."""
    return str(live_server.url)


def _page(browser: Browser, viewport: dict[str, int], **more: Any) -> Iterator[Page]:
    context = browser.new_context(viewport=viewport, locale="zh-CN", timezone_id="Asia/Shanghai", **more)  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page 390 × 844, with touch."""
    yield from _page(browser, PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A page 1366 × 900."""
    yield from _page(browser, DESK)


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest) -> Page:
    """The test runs twice: at phone and at desk width."""
    found: Page = request.getfixturevalue(request.param)
    return found
