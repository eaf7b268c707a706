"""Every component in a real browser: accessible, inside its width, under the strict policy, with and without script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from jimin.platform.browser import DESK, PHONE
from jimin.sites.tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}

VIEWS = {
    "desk": ("/console/kit/", DESK, {}),
    "desk light": ("/console/kit/", DESK, {"theme": "light"}),
    "desk dark": ("/console/kit/", DESK, {"theme": "dark"}),
    "desk on a phone": ("/console/kit/", PHONE, {}),
    "desk on a narrow phone": ("/console/kit/", NARROW, {"theme": "dark"}),
    "portal": ("/kit/", PHONE, {}),
    "portal dark": ("/kit/", PHONE, {"theme": "dark"}),
    "portal narrow": ("/kit/", NARROW, {}),
    "elder": ("/kit/", PHONE, {"look": "elder"}),
    "elder dark": ("/kit/", PHONE, {"look": "elder", "theme": "dark"}),
    "elder largest, narrow": ("/kit/", NARROW, {"look": "xl"}),
    "paper": ("/kit/paper/", DESK, {}),
    "sign-in": ("/console/signin/?expired=1", DESK, {}),
    "sign-in on a phone": ("/console/signin/", NARROW, {}),
    "not found": ("/no/such/page/", PHONE, {}),
    "not found for staff": ("/console/no/such/page/", DESK, {"theme": "dark"}),
    "stale form": ("/console/kit/stale/", PHONE, {}),
    "refused": ("/console/kit/refused/", DESK, {}),
}


@pytest.fixture
def gallery(settings, site):
    settings.ROOT_URLCONF = "jimin.sites.tests.gallery"
    settings.JIMIN_DEMO = True
    return site


class View:
    """A page opened one way, and what the browser complained about."""

    def __init__(self, browser, address, viewport, cookies, site, **more):
        self.context = browser.new_context(viewport=viewport, locale="zh-CN", service_workers="block", **more)
        self.context.add_cookies([{"name": f"jimin_{k}", "value": v, "url": site} for k, v in cookies.items()])
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.goto(site + address)

    def _hear(self, message):
        expected = "Failed to load resource: the server responded with a status of 4"  # the pages of failure themselves
        if message.type == "error" and not message.text.startswith(expected):
            self.complaints.append(message.text)


@pytest.fixture
def opened(browser, gallery):
    views = []

    def open_view(address, viewport=DESK, cookies=None, **more):
        views.append(View(browser, address, viewport, cookies or {}, gallery, **more))
        return views[-1]

    yield open_view
    for view in views:
        view.context.close()


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_nothing_sticks_out_and_the_policy_is_kept(opened, name):
    view = opened(*VIEWS[name])
    found = Axe().run(view.page)
    assert found.violations_count == 0, found.generate_report()
    assert view.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert view.complaints == []
    assert view.page.locator("h1").count() == 1


def test_axe_would_notice_a_fault(opened):
    page = opened("/kit/", PHONE).page
    page.locator(".soft").first.evaluate("e => { e.style.color = '#bbb' }")
    assert Axe().run(page).violations_count == 1


@pytest.mark.parametrize("viewport", [DESK, PHONE, NARROW])
def test_the_open_menus_are_accessible_too(opened, viewport):
    page = opened("/console/kit/", viewport).page
    page.locator(".drop summary").click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible(timeout=30_000)
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden(timeout=30_000)
    if viewport != DESK:
        page.get_by_role("link", name="菜单", exact=True).click()
        assert Axe().run(page).violations_count == 0


def test_one_signs_in_with_the_keyboard_alone_and_chooses_a_post(office, opened):
    page = opened("/console/signin/?next=/console/password/", PHONE).page
    page.keyboard.type("wanglihua")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="现在以哪个岗位工作").wait_for()
    assert Axe().run(page).violations_count == 0
    page.get_by_label("审计员").check()
    page.get_by_role("button", name="以这个岗位进入").click()
    page.get_by_role("heading", name="修改密码").wait_for()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="改成新密码").click()  # the browser itself asks for the required fields
    assert page.locator("input:invalid").count() == 3


RING = """() => {
  const el = document.activeElement, s = getComputedStyle(el);
  if (el === document.body) return null;
  const mark = el.namespaceURI.endsWith('svg') ? getComputedStyle(el.querySelector('path')) : null;
  const box = el.closest('.pick') ? getComputedStyle(el.closest('.pick')) : s;
  const ring = mark ? parseFloat(mark.strokeWidth) >= 2
    : [s, box].some(x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 2);
  el.dataset.been = (+el.dataset.been || 0) + 1;
  return {ring, seen: el.dataset.been > 1, what: el.outerHTML.slice(0, 120)};
}"""


@pytest.mark.parametrize("name", ["desk", "desk dark", "desk on a phone", "portal", "elder", "sign-in"])
def test_every_stop_of_the_tab_key_shows_where_it_is(opened, name):
    page = opened(*VIEWS[name]).page
    page.evaluate("document.querySelector('.skip').focus()")
    stops = 0
    for _ in range(300):
        at = page.evaluate(RING)
        if at is None or at["seen"]:
            break
        assert at["ring"], at["what"]
        stops += 1
        page.keyboard.press("Tab")
    assert stops > 5


@pytest.mark.parametrize("name", ["portal", "elder"])
def test_what_has_the_focus_is_not_hidden_under_the_bottom_tabs(opened, name):
    page = opened(*VIEWS[name]).page
    page.evaluate("document.querySelector('.skip').focus()")
    for _ in range(40):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect();
              const tabs = document.querySelector('.tabs').getBoundingClientRect();
              return !e.closest('.tabs') && e !== document.body && r.top >= tabs.top ? e.outerHTML.slice(0, 100) : null; }"""
        )
        assert hidden is None


@pytest.mark.parametrize(("name", "least"), [("portal", 44), ("elder", 60), ("desk on a phone", 43)])
def test_controls_are_large_enough_for_a_finger(opened, name, least):
    page = opened(*VIEWS[name]).page
    small = page.evaluate(
        """least => [...document.querySelectorAll('.btn, select, input:not([type=hidden]), .pick, .tabs a, .list a, summary')]
          .filter(e => e.offsetParent && !e.closest('.pick input') && !['radio', 'checkbox'].includes(e.type))
          .filter(e => e.getBoundingClientRect().height < least).map(e => e.outerHTML.slice(0, 100))""",
        least,
    )
    assert small == []


def test_main_text_of_the_elder_edition_is_at_least_18_and_of_the_largest_30(opened):
    for look, least in (("elder", 18), ("xl", 24)):
        page = opened("/kit/", PHONE, {"look": look}).page
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
              .map(e => parseFloat(getComputedStyle(e).fontSize))"""
        )
        assert min(sizes) >= min(least, 16)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= {"elder": 24, "xl": 30}[look]


def test_paper_is_black_on_white_without_controls_and_keeps_its_articles(opened):
    page = opened("/console/kit/", DESK, {"theme": "dark"}).page
    page.emulate_media(media="print")
    shown = "e => getComputedStyle(e).display !== 'none'"
    assert not page.locator("#menu").evaluate(shown)
    assert page.locator(".btn:visible, textarea:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("a.art:visible").count() > 0


def test_the_chosen_theme_overrides_the_device_and_without_a_choice_the_device_rules(opened):
    dark, light = "rgb(16, 22, 21)", "rgb(245, 247, 245)"
    background = "getComputedStyle(document.documentElement).backgroundColor"
    for theme, on_a_dark_device, on_a_light_one in (
        ("auto", dark, light),
        ("light", light, light),
        ("dark", dark, dark),
    ):
        for device, expected in (("dark", on_a_dark_device), ("light", on_a_light_one)):
            page = opened("/console/kit/", DESK, {"theme": theme}, color_scheme=device).page
            assert page.evaluate(background) == expected, (theme, device)


def test_without_script_the_menu_opens_and_closes_and_no_dead_button_is_shown(opened):
    page = opened("/console/kit/", PHONE, java_script_enabled=False).page
    expect(page.locator("#menu")).to_be_hidden(timeout=30_000)
    page.get_by_role("link", name="菜单", exact=True).click()
    expect(page.locator("#menu")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="关闭菜单").click()
    expect(page.locator("#menu")).to_be_hidden(timeout=30_000)
    assert page.locator("[data-print]:visible, [data-copy]:visible, [data-say]:visible").count() == 0


def test_without_script_the_elder_edition_can_be_chosen(opened):
    page = opened("/kit/", PHONE, java_script_enabled=False).page
    page.get_by_role("button", name="长辈版").click()
    page.get_by_role("button", name="特大").click()
    assert "xl" in page.locator("html").get_attribute("class")
    page.get_by_role("button", name="换标准版").click()
    assert "elder" not in page.locator("html").get_attribute("class")


def test_escape_closes_the_phone_menu_and_gives_the_focus_back(opened):
    page = opened("/console/kit/", PHONE).page
    page.get_by_role("link", name="菜单", exact=True).click()
    page.wait_for_function("document.activeElement.textContent === '关闭菜单'")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.textContent.includes('菜单') && location.hash === '#m'")
    expect(page.locator("#menu")).to_be_hidden(timeout=30_000)


def test_a_form_is_sent_once_and_may_be_sent_again_when_nothing_came_back(opened):
    page = opened("/console/kit/").page
    page.clock.install()
    page.reload()
    sent = []
    page.route("**/console/kit/", lambda route: (sent.append(1), route.fulfill(status=204)))
    page.evaluate("document.querySelectorAll('form[data-guard] [required]').forEach(e => e.required = false)")
    button = page.get_by_role("button", name="确认：每月 910 元，11 月起发")
    button.click()
    page.wait_for_timeout(200)
    button.click()
    page.wait_for_timeout(200)
    assert len(sent) == 1
    page.clock.fast_forward(9000)
    button.click()
    page.wait_for_timeout(200)
    assert len(sent) == 2


def test_typed_text_is_not_lost_without_a_warning(opened):
    page = opened("/console/kit/").page
    asked = []
    page.on("dialog", lambda d: (asked.append(d.type), d.dismiss()))
    page.locator("form[data-guard] textarea").fill("存款差异已电话核实")
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_the_page_is_read_aloud_in_the_order_it_numbers(browser, gallery):
    context = browser.new_context(locale="zh-CN", viewport=PHONE, service_workers="block")
    page = context.new_page()
    page.add_init_script(
        """window.said = []; window.SpeechSynthesisUtterance = function (t) { this.text = t; };
           Object.defineProperty(window, 'speechSynthesis', {value: {cancel() {}, speak(u) { window.said.push(u.text); }}});"""
    )
    page.goto(gallery + "/kit/")
    page.get_by_role("button", name="念给我听").click()
    said = page.evaluate("window.said")
    assert said[0].startswith("您家可以领低保") or said[1].startswith("您家可以领低保")
    assert "910" in "".join(said) and said[-1].startswith("从 2023年11月")
    expect(page.get_by_role("button", name="停下")).to_be_visible(timeout=30_000)
    context.close()


def test_where_the_browser_cannot_speak_there_is_no_button(browser, gallery):
    context = browser.new_context(locale="zh-CN", viewport=PHONE, service_workers="block")
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'speechSynthesis', {value: undefined})")
    page.goto(gallery + "/kit/")
    assert page.locator("[data-say]:visible").count() == 0
    context.close()


def test_a_live_event_fetches_the_block_again_and_so_does_a_mended_connection(browser, gallery):
    context = browser.new_context(locale="zh-CN", viewport=DESK, service_workers="block")
    page = context.new_page()
    page.add_init_script(
        "window.EventSource = function (u) { window.stream = this; this.url = u; this.close = () => {}; };"
    )
    fetched = []
    page.on("request", lambda r: fetched.append(r.url) if r.url.endswith("/kit/block/") else None)
    page.goto(gallery + "/console/kit/live/")
    page.wait_for_timeout(500)
    assert page.evaluate("stream.url").endswith("/live/?token=x")
    page.evaluate("""stream.onmessage({data: '{"topic": "another", "id": "1"}'})""")
    page.wait_for_timeout(3200)
    assert fetched == []
    page.evaluate("""stream.onmessage({data: '{"topic": "plan.report.filed", "id": "1"}'})""")
    page.get_by_text("新的内容").wait_for()
    page.evaluate("""for (let i = 0; i < 50; i++) stream.onmessage({data: '{"topic": "plan.report", "id": "1"}'})""")
    page.wait_for_timeout(3500)
    assert len(fetched) == 2  # a burst is fetched once
    page.evaluate("stream.readyState = 0; stream.onerror(); stream.onopen()")
    page.wait_for_timeout(3500)
    assert len(fetched) == 3
    page.evaluate("window.old = stream; stream.readyState = 2; stream.onerror()")  # its token is over: a new one
    page.wait_for_timeout(3000)  # longer than the first pause
    assert page.evaluate("stream !== old")
    page.evaluate("stream.onopen()")
    page.wait_for_timeout(3500)
    assert len(fetched) == 4
    context.close()


def test_losing_the_network_is_said_at_once(opened):
    view = opened("/console/kit/")
    view.context.set_offline(True)
    view.page.wait_for_function("!document.querySelector('#offline').hidden")
    assert "没有网络" in view.page.locator("#offline").inner_text()
    view.context.set_offline(False)
    view.page.wait_for_function("document.querySelector('#offline').hidden")


def test_a_page_that_cannot_be_fetched_shows_the_offline_page(browser, gallery):
    context = browser.new_context(locale="zh-CN", viewport=PHONE)
    page = context.new_page()
    page.goto(gallery + "/kit/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(gallery + "/kit/")
    context.set_offline(True)
    page.goto(gallery + "/kit/paper/")
    assert page.locator("h1").inner_text() == "现在没有网络"
    context.close()
