"""The board in a real browser: nothing for axe to find, nothing over the edge, and no script needed."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from jimin.core import clock
from jimin.domains.planning.tests import board_factory as factory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/console/",
    "/console/plan/",
    "/console/plan/2/",
    "/console/plan/i/elder.centres/?unit=2201",
    "/console/plan/method/",
]


@pytest.fixture
def open_as(site, settings):
    """Open a page of the small province as one of its people."""
    settings.JIMIN_BUSINESS_DAY = date(2023, 10, 10)
    with clock.on_day(date(2023, 10, 10)):
        world = factory.build()
        for month, total in ((7, 100), (8, 180), (9, 260)):
            world.report("beds", "220122", date(2023, month, 1), str(total))
        world.centres("220122", 2, date(2023, 3, 1))
        world.refresh()

    def opened(page, name, path):
        client = Client()
        client.force_login(world.accounts[name].account, backend="django.contrib.auth.backends.ModelBackend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
        page.goto(site + path)
        return page

    return opened


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(request, open_as, width):
    page = request.getfixturevalue(width)
    for path in PAGES:
        open_as(page, "leader", path)
        found = Axe().run(page).response["violations"]
        assert found == [], (path, [(v["id"], [n["target"] for n in v["nodes"]]) for v in found])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_tile_leads_to_its_point_and_the_figure_down_to_its_rows(desk, open_as):
    page = open_as(desk, "office", "/console/plan/?month=2023-09&unit=all")
    page.locator("a.tile", has_text="农村养老").click()
    assert page.locator("h1").inner_text().startswith("第 2 点")
    page.get_by_role("link", name="① 区域养老服务中心乡镇覆盖率").click()
    page.get_by_role("link", name="长春市", exact=True).click()
    page.get_by_role("link", name="农安县", exact=True).click()
    expect(page.get_by_text("各行合计 2，与上面的数一致")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("农安第1镇区域养老服务中心")).to_be_visible(timeout=30_000)
