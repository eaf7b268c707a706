"""Binding a phone and signing in with its code, in a real browser under the strict policy."""

import re

import pytest

from jimin.core import clock
from jimin.core.access import factor
from jimin.core.access.models import SecondFactor
from jimin.sites.tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enter(page, site):
    page.goto(site + "/console/signin/")
    page.get_by_label("账号").fill("liumin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_phone_is_bound_and_its_code_opens_the_next_sign_in(request, site, staff, width):
    page = request.getfixturevalue(width)
    faults = []
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    enter(page, site)
    page.wait_for_url(site + "/console/")
    page.goto(site + "/console/account/code/")
    page.get_by_role("button", name="开始绑定").click()
    page.locator("svg.qr").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    begun = SecondFactor.objects.select_related("account").get()
    page.locator("#id_code").fill(factor.code_at(begun, clock.now()))
    page.get_by_role("button", name="核对并绑定").click()
    page.locator("#codes").wait_for()
    codes = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", page.locator("#codes").inner_text())
    assert len(codes) == 10
    SecondFactor.objects.update(last_step=0)
    page.context.clear_cookies()
    enter(page, site)
    page.wait_for_url("**/signin/code/")
    page.locator("#id_code").fill("000000")
    page.get_by_role("button", name="登录", exact=True).click()
    assert "动态口令不对" in page.locator(".errsum").inner_text()
    page.locator("#id_code").fill(codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(site + "/console/")
    assert faults == []


def test_the_page_asks_before_it_ends_and_goes_on_when_one_answers(site, staff, desk):
    enter(desk, site)
    desk.wait_for_url(site + "/console/")
    warned = "document.querySelector('#idle').dataset.warn = '1800'"  # as if the last minutes had come
    desk.evaluate(warned)
    desk.get_by_role("button", name="我还在，继续使用").wait_for()
    desk.evaluate("document.querySelector('#idle').dataset.warn = '120'")
    with desk.expect_response("**/console/account/here/") as answer:
        desk.keyboard.press("Enter")
    assert answer.value.status == 200
    desk.wait_for_function("!document.querySelector('#idle').open")
