"""An import in a real browser, by keyboard, at phone and desk, with nothing for axe to find."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from jimin.core import clock
from jimin.core.sheets import steps
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import SheetImport
from jimin.domains.planning.models import LedgerItem
from jimin.domains.planning.tests.cast import DAY, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UPLOAD = reverse("console:sheet_upload", args=["planning.items"])
ROWS = "名称,指标,所在地代码,数量\n甲食堂,社区老年食堂,220122102000,12\n乙食堂,社区老年食堂,220122102000,1\n丙食堂,社区老年食堂,220122102000,三\n"


@pytest.fixture
def enter(site: str, settings: Any) -> Any:
    """Open the upload page as the county's clerk, who has registered 甲食堂 before."""
    settings.JIMIN_BUSINESS_DAY = date(2023, 10, 10)
    with clock.on_day(DAY):
        cast = Cast()
        cast.found()
        cast.registered("liu.min", "甲食堂", "220122102000")

    def opened(page: Any) -> Any:
        client = Client()
        client.force_login(cast.account("liu.min"), backend="django.contrib.auth.backends.ModelBackend")
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
        page.goto(site + UPLOAD)
        return page

    return opened


def clean(page: Any) -> None:
    found = Axe().run(page).response["violations"]
    assert found == [], (page.url, [(v["id"], [n["target"] for n in v["nodes"]]) for v in found])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def choose(page: Any) -> None:
    page.get_by_label("表格文件").set_input_files({"name": "台账.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    page.get_by_role("button", name="上传并核对").focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_from_upload_to_result_by_keyboard(request: pytest.FixtureRequest, enter: Any, width: str):
    page = enter(request.getfixturevalue(width))
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" and "Content" in m.text else None)
    clean(page)
    choose(page)
    expect(page.get_by_role("status").first).to_contain_text("能写入 2 行，1 行有错")
    clean(page)
    page.get_by_role("link", name="改动").click()
    expect(page.locator("ins")).to_have_text("12")
    clean(page)
    page.get_by_role("button", name="写入这 2 行").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("已写入 2 行，1 行有错没有写入。")
    clean(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标好的原表").click()
    assert download.value.suggested_filename == "台账_标注.csv"
    assert sorted(LedgerItem.objects.values_list("name", "quantity")) == [("乙食堂", 1), ("甲食堂", 12)]
    assert faults == []


def test_progress_moves_by_itself_and_ends_in_the_preview(desk: Any, enter: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(limits(), "at_once_kb", 0)
    page = enter(desk)
    choose(page)
    expect(page.get_by_role("heading", name="台账.csv")).to_be_visible()
    expect(page.get_by_role("link", name="刷新看进展")).to_be_visible()
    clean(page)
    with clock.on_day(DAY):
        steps.work(SheetImport.objects.get().pk)  # as the worker would
    expect(page.get_by_role("button", name="写入这 2 行")).to_be_visible(timeout=15_000)
