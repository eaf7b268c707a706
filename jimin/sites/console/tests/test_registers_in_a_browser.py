"""A register in a real browser: filters and pages without a reload, nothing for axe to find, at phone and desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from jimin.core.registers.api import REGISTERS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATH = "/console/r/tests.events/"


@pytest.fixture
def enter(site, cast, events):
    """Open a page as the county's clerk."""

    def opened(page):
        client = Client()
        client.force_login(cast.county.account, backend="django.contrib.auth.backends.ModelBackend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
        page.goto(site + PATH)
        return page

    return opened


def test_filtering_and_paging_change_the_list_and_the_address_without_a_reload(desk, enter):
    page = enter(desk)
    page.evaluate("window.same = true")
    page.get_by_label("类别").select_option("甲")
    page.get_by_role("button", name="筛选", exact=True).click()
    page.wait_for_url("**kind=a%3A1**")
    assert page.locator("tbody tr").count() == REGISTERS["tests.events"].page_size
    first = page.locator("tbody tr").first.inner_text()
    page.get_by_role("link", name="再看").click()
    page.wait_for_url("**after=**")
    assert page.locator("tbody tr").first.inner_text() != first
    assert page.evaluate("window.same") is True
    page.go_back()
    page.wait_for_url("**kind=a%3A1**")


@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("query", ["", "?kind=zzz", "?q=nothing"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(request, enter, width, query):
    page = enter(request.getfixturevalue(width))
    if query:
        page.goto(page.url + query)
    found = Axe().run(page).response["violations"]
    assert found == [], [(v["id"], [n["target"] for n in v["nodes"]]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_word_of_the_page_comes_under_a_strict_policy(desk, enter):
    faults = []
    desk.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    enter(desk)
    desk.get_by_role("link", name="日期").click()
    desk.wait_for_url("**sort=day**")
    assert faults == []
