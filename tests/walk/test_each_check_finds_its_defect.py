"""The walk can fail: a page with each defect is caught by the check that is there for it, and a good page by none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.walk import sums
from tests.walk.visit import Visitor, grouped
from tests.walk.words import Words

pytestmark = pytest.mark.browser

SITE = "http://walk.test"
STYLE = """
*{box-sizing:border-box} body{margin:0; font:16px/1.5 sans-serif; color:#111; background:#fff}
:focus-visible{outline:3px solid #b86e00} main{padding:16px} [hidden]{display:none}
.btn,select,input,summary{display:inline-flex; min-height:44px; align-items:center} h1{font-size:24px}
.drop{position:relative} .over{position:absolute; left:0; top:100%; width:200px; background:#fff}
.hold{width:80px; overflow:hidden; white-space:nowrap} .on{position:absolute; top:70px; left:16px}
.wide{width:2000px} .thin{min-height:20px; height:20px} .noring:focus-visible{outline:none} .away{left:-100px}
.pale{color:#ccc}
"""
SCRIPT = """document.addEventListener('keydown', e => { if (e.key === 'Escape' && !document.body.dataset.stuck)
  document.querySelectorAll('details[open]').forEach(d => { d.open = false; d.querySelector('summary').focus(); }); });
document.addEventListener('click', e => { if (e.target.id === 'does') e.target.textContent = '做了'; });"""
GOOD = """<p>全省 <a href="/list">23 个单位</a>已报，<b>9月30日</b>前报齐。</p>
<details class="drop"><summary>更多</summary><div class="over"><a href="/list">全部单位</a></div></details>
<form action="/list"><label for="f">名称</label> <input id="f" name="q"> <button class="btn pri">查找</button></form>
<button class="btn" type="button" id="does">做一下</button>"""


def page(
    body: str = GOOD, title: str = "月报 · 济民", head: str = "", h1: str = "<h1>月报</h1>", stuck: str = ""
) -> str:
    return (
        f'<!doctype html><html lang="zh-hans"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/s.css"><script src="/s.js" defer></script>{head}</head>'
        f"<body{stuck}><main>{h1}{body}</main></body></html>"
    )


Looking = Callable[..., set[str]]


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Callable[[dict[str, str]], Visitor]]:
    """A site of the pages it is given, at both ends of the widths."""
    served: dict[str, str] = {}
    files = {"/s.css": (STYLE, "text/css"), "/s.js": (SCRIPT, "text/javascript")}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if not route.request.url.startswith(SITE):
            route.fulfill(status=204)
        elif path in files:
            route.fulfill(body=files[path][0], content_type=files[path][1])
        elif path in served:
            head = {"content-security-policy": "default-src 'self' http://elsewhere.test data:"}
            route.fulfill(body=served[path], content_type="text/html; charset=utf-8", headers=head)
        else:
            route.fulfill(status=404, body="nothing")

    context = browser.new_context(service_workers="block")
    context.set_default_timeout(20_000)
    context.route("**/*", answer)
    visitor = Visitor(context, SITE, "somebody", "zh-hans", (390, 1366))

    def serve(pages: dict[str, str]) -> Visitor:
        visitor.page.goto("about:blank")  # what the page before still complains about is heard before it is forgotten
        visitor.faults.clear()
        served.clear()
        served.update(pages)
        return visitor

    yield serve
    context.close()


def found(visitor: Visitor, path: str = "/", only: str = "") -> set[str]:
    """The checks that something failed; `only` leaves out what the wanted one does not need."""
    if visitor.open(path):
        said = visitor.look("both" if only in ("", "axe") else "none")
        for check, what in Words("zh-hans").faults(map(tuple, said["said"])):
            visitor._add(check, what)
        if only in ("", "focus", "cut off"):
            visitor.keyboard()
        if only in ("", "dead button"):
            visitor.press_buttons()
    return {fault.check for fault in visitor.faults}


def test_a_good_page_has_no_fault(site: Any) -> None:
    visitor = site({"/": page()})
    assert found(visitor) == set(), "\n".join(grouped(visitor.faults))


DEFECTS: dict[str, tuple[str, str]] = {
    "no title": ("title", page(title="济民")),
    "no heading": ("h1", page(h1="")),
    "two headings": ("h1", page(GOOD + "<h1>又一个</h1>")),
    "an id twice": ("duplicate id", page(GOOD + '<p id="f">同名</p>')),
    "a link to nowhere": ("dead link", page(GOOD + '<a href="#">详情</a>')),
    "a link without address": ("dead link", page(GOOD + "<a>详情</a>")),
    "a link to a place that is not there": ("dead link", page(GOOD + '<a href="#absent">看下面</a>')),
    "a button link to its own page": ("dead link", page(GOOD + '<a class="btn" href="/">刷新</a>')),
    "a button without a form": ("dead button", page(GOOD + '<button class="btn">办理</button>')),
    "a button that does nothing": ("dead button", page(GOOD + '<button class="btn" type="button">展开</button>')),
    "a button off without a word": (
        "disabled without a reason",
        page(GOOD + '<form action="/list"><button class="btn" disabled>签发</button></form>'),
    ),
    "a field without a label": ("field without a label", page(GOOD + '<form action="/list"><input name="x"></form>')),
    "an empty list": ("empty", page(GOOD + '<div class="empty"><p class="what">没有记录</p></div>')),
    "a tab order of its own": ("focus order", page(GOOD + '<a href="/list" tabindex="3">先到这里</a>')),
    "a main button out of reach": (
        "focus order",
        page(GOOD + '<form action="/list"><button class="btn pri" tabindex="-1">报出</button></form>'),
    ),
    "a page wider than the screen": ("sideways scroll", page(GOOD + '<div class="wide">很宽</div>')),
    "a small button": ("small target", page(GOOD + '<a class="btn thin" href="/list">小</a>')),
    "text cut off": ("cut off", page(GOOD + '<p class="hold">这一段话比它的框宽得多，后面的看不见</p>')),
    "a menu that opens off the screen": ("cut off", page(GOOD.replace('class="over"', 'class="over away"'))),
    "text over text": ("text over text", page(GOOD + '<p class="on">压在上面的另一段话</p>')),
    "no focus ring": ("focus", page(GOOD + '<a class="noring" href="/list">看不出在哪</a>')),
    "Escape that closes nothing": ("focus", page(stuck=' data-stuck="1"')),
    "pale text": ("axe", page(GOOD + '<p class="pale">看不清的字</p>')),
    "an inline style": ("an inline style", page(GOOD + '<p style="color:#111">字</p>')),
    "a style element": ("an inline style", page(head="<style>p{color:#111}</style>")),
    "an inline handler": ("an inline handler", page(GOOD + '<p onclick="go()">字</p>')),
    "an inline script": ("an inline script", page(head="<script>var a = 1;</script>")),
    "a breach of the policy": ("console", page(head="<script>var a = 1;</script>")),
    "a request to another host": (
        "another host",
        page(head='<link rel="stylesheet" href="http://elsewhere.test/a.css">'),
    ),
    "a file that is not there": ("missing", page(head='<link rel="stylesheet" href="/absent.css">')),
    "a script that fails": ("console", page(head='<script src="/bad.js"></script>')),
    "an English word": ("an English word on a Chinese page", page(GOOD + "<p>状态：Pending</p>")),
    "an English tooltip": ("an English word on a Chinese page", page(GOOD + '<p title="Overdue">逾期</p>')),
    "a raw date": ("a raw date", page(GOOD + "<p>期限 2023-10-08</p>")),
    "a raw month": ("a raw date", page(GOOD + "<p>2023-09 的报告</p>")),
    "a raw time": ("a raw time", page(GOOD + "<p>2023-10-08T09:30:00</p>")),
    "a code": ("a code", page(GOOD + "<p>状态 in_force</p>")),
    "an id": ("a code", page(GOOD + "<p>01a20d99-53b7-7218-a73f-3e150b3c1ffa</p>")),
    "None": ("a value nobody formatted", page(GOOD + "<p>联系人 None</p>")),
    "nan": ("a value nobody formatted", page(GOOD + "<p>完成 nan%</p>")),
    "a template's own code": ("a template's own code", page(GOOD + "<p>{{ plan.title }}</p>")),
    "a text nobody filled in": ("a template's own code", page(GOOD + "<p>还有 %(n)d 项</p>")),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_found(site: Any, name: str) -> None:
    check, html = DEFECTS[name]
    visitor = site({"/": html, "/bad.js": "absent()"})
    assert check in found(visitor, only=check), "\n".join(grouped(visitor.faults))


def test_a_page_that_does_not_open_is_a_fault(site: Any) -> None:
    assert "does not open" in found(site({}), "/gone")


ROWS = '<div data-rows="rows"><p data-part>农安县</p><p data-part>榆树市</p></div>'
FIGURE = '<a href="/list" data-figure="{0}">{0} 个单位</a>'


def added_up(visitor: Visitor, pages: dict[str, str]) -> list[str]:
    def look(path: str) -> dict[str, Any] | None:
        return visitor.look("widest") if visitor.open(path.removeprefix(SITE)) else None

    looked = look("/")
    assert looked is not None
    return [what for _check, what in sums.faults(looked, sums.figures(looked), look)]


def test_a_figure_is_held_against_the_rows_behind_its_link(site: Any) -> None:
    right = {"/": page(FIGURE.format(2)), "/list": page(ROWS)}
    assert added_up(site(right), right) == []
    wrong = right | {"/": page(FIGURE.format(3))}
    assert ["3 here, 2" in told for told in added_up(site(wrong), wrong)] == [True]


def test_a_figure_with_nothing_behind_it_and_one_that_says_another_number_are_faults(site: Any) -> None:
    none = {"/": page(FIGURE.format(2)), "/list": page("<p>说明</p>")}
    assert ["nothing called" in told for told in added_up(site(none), none)] == [True]
    other = {"/": page('<a href="/list" data-figure="2">9 个单位</a>'), "/list": page(ROWS)}
    assert ["says" in told for told in added_up(site(other), other)] == [True]


def test_amounts_are_summed_over_the_pages_of_a_list_and_on_the_page_itself(site: Any) -> None:
    first = page(
        '<p data-rows="rows"><b data-part="1.5">1.5</b></p><nav class="pager"><a rel="next" href="/list2">下一页</a></nav>'
    )
    pages = {
        "/": page(FIGURE.format(4)),
        "/list": first,
        "/list2": page('<p data-rows="rows"><b data-part="2.5">2.5</b></p>'),
    }
    assert added_up(site(pages), pages) == []
    here = {"/": page('<h2 data-figure="3">3 条</h2>' + ROWS)}
    assert ["3 here, 2" in told for told in added_up(site(here), here)] == [True]


def test_a_grouped_number_says_the_plain_one() -> None:
    assert sums.says("1,387 条", Decimal("1387")) and not sums.says("1,387 条", Decimal("1388"))


def test_on_an_english_page_a_chinese_word_is_found_and_the_words_of_the_records_are_not() -> None:
    words = Words("en", ["农安县", "督办单", "养老床位"])
    assert [w for _c, w in words.faults([("农安县 督办单", "en"), ("Order 12", "en"), ("要点", "zh-Hans")])] == []
    assert len(list(words.faults([("农安县已报", "en")]))) == 1
