"""The portal on a narrow phone, a phone and a desk, in every size of text: accessible, whole, and without script."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from jimin.core import clock
from jimin.engines.documents import verification
from jimin.engines.documents.tests import samples
from jimin.platform.browser import DESK, PHONE
from jimin.sites.kept import forget
from jimin.sites.portal.tests.conftest import DAY, WORDS, build

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
WAYS = {
    "narrow": (NARROW, {}), "phone": (PHONE, {}), "desk": (DESK, {}), "phone dark": (PHONE, {"theme": "dark"}),
    "elder": (PHONE, {"look": "elder"}), "largest, narrow": (NARROW, {"look": "xl"}), "elder at a desk": (DESK, {"look": "elder"}),
}  # fmt: skip
PAGES = (
    "/",
    "/estimate/",
    "/plan/",
    "/plan/for/elder/",
    "/plan/2/",
    "/about/",
    "/verify",
    "/verify?code=12",
    "/verify/{code}",
)
SAID = """window.said = []; window.SpeechSynthesisUtterance = function (t) { this.text = t; };
  Object.defineProperty(window, 'speechSynthesis', {value: {cancel() {}, speak(u) { window.said.push(u.text); }}});"""


@pytest.fixture
def town(site, settings, pack):
    """The running portal with a plan in force and an issued document."""
    settings.JIMIN_BUSINESS_DAY, settings.JIMIN_DEMO = DAY, True
    world = build()
    account = next(iter(world.accounts.values())).account
    with clock.on_day(DAY):
        made = verification.issue(
            samples.notice(), unit=world.units["t.office"], account=account, public_summary={"任务数": 46}
        )
    yield SimpleNamespace(site=site, code=made.record.code, pdf=made.pdf)
    forget()


@pytest.fixture
def opened(browser, town):
    contexts = []

    def open_page(address, viewport=PHONE, cookies=None, init="", **more):
        context = browser.new_context(viewport=viewport, locale="zh-CN", service_workers="block", **more)
        contexts.append(context)
        context.add_cookies([{"name": f"jimin_{k}", "value": v, "url": town.site} for k, v in (cookies or {}).items()])
        context.set_default_timeout(10_000)
        page = context.new_page()
        if init:
            page.add_init_script(init)
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if "Content Security" in m.text else None)
        page.on("pageerror", lambda e: page.complaints.append(str(e)))
        page.goto(town.site + address.format(code=town.code))
        return page

    yield open_page
    for context in contexts:
        context.close()


SMALL = """least => [...document.querySelectorAll('.btn, select, input:not([type=hidden]), .tabs a, .list a, summary')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < least).map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_and_nothing_sticks_out(opened, town, way):
    page = opened("/about/", *WAYS[way])
    cookies = WAYS[way][1]
    for address in PAGES:
        page.goto(town.site + address.format(code=town.code))
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, address
        assert page.locator("h1").count() == 1, address
        assert page.complaints == [], address
        assert page.evaluate(SMALL, 60 if "look" in cookies else 44) == [], address


def test_without_script_everything_can_be_read_and_a_code_checked(opened, town):
    page = opened("/", java_script_enabled=False)
    page.get_by_role("link", name="家里有老人").click()
    expect(page.get_by_text(WORDS)).to_be_visible(timeout=30_000)
    page.get_by_text("原文怎么写的").first.click()
    expect(page.locator("blockquote").first).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="核对文书").click()
    page.get_by_role("textbox", name="核验码").fill(town.code.lower())
    page.get_by_role("button", name="核对这个码").click()
    expect(page.get_by_text("是真的，现在有效")).to_be_visible(timeout=30_000)
    assert page.locator("[data-print]:visible, [data-say]:visible").count() == 0


def test_the_elder_edition_is_chosen_on_the_first_screen_and_stays(opened):
    page = opened("/", java_script_enabled=False)
    page.get_by_role("button", name="长辈版").click()
    page.get_by_role("link", name="今年的事", exact=True).click()
    assert "elder" in page.locator("html").get_attribute("class")


def test_a_file_is_checked_with_two_touches(opened, town):
    page = opened("/verify")
    page.get_by_label("文书的文件").set_input_files(
        {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": town.pdf}
    )
    page.get_by_role("button", name="上传文件核对").click()
    expect(page.get_by_text("一字不差")).to_be_visible(timeout=30_000)


def test_a_point_is_read_aloud_title_first_then_its_plain_words(opened):
    page = opened("/plan/2/", init=SAID)
    page.get_by_role("button", name="念给我听").click()
    assert page.evaluate("window.said") == ["农村养老", WORDS]


def test_a_point_on_paper_shows_its_original_and_the_counties_without_controls(opened):
    page = opened("/plan/2/", DESK)
    page.emulate_media(media="print")
    assert page.locator(".btn:visible, .tabs:visible").count() == 0
    expect(page.locator("blockquote")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("row", name="农安县")).to_be_visible(timeout=30_000)
