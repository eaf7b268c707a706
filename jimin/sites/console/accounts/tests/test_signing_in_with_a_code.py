"""The second step of a sign-in, and what one owes before any work."""

import re
import time
from datetime import date

import pytest
from django.contrib.sessions.models import Session

from jimin.core import clock
from jimin.core.access import factor, limits
from jimin.core.access.models import Appointment, SecondFactor, SignIn
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import ReportingUnit
from jimin.sites.console.accounts.tests.conftest import bind
from jimin.sites.tests.conftest import PASSWORD

CODE = "/console/signin/code/"


def test_the_password_alone_opens_nothing(client, staff, enter):
    bind(staff["liumin"])
    assert enter("liumin")["Location"] == CODE
    assert client.get("/console/").status_code == 302
    assert client.get("/console/account/").status_code == 302
    assert client.get("/console/live-token/").status_code == 403
    assert not SignIn.objects.exists()


def test_password_and_code_open_the_console_under_a_new_session_key(client, staff, enter):
    held, _codes = bind(staff["liumin"])
    enter("liumin")
    before = client.session.session_key
    answer = client.post(CODE, {"code": factor.code_at(held, clock.now())})
    assert answer.status_code == 302 and answer["Location"] == "/console/"
    assert client.session.session_key != before and not Session.objects.filter(session_key=before).exists()
    assert client.get("/console/account/").status_code == 200
    assert AuditRow.objects.filter(action="access.signed_in").count() == 1


def test_a_wrong_code_is_told_at_the_field_and_is_on_record(client, staff, enter):
    bind(staff["liumin"])
    enter("liumin")
    answer = client.post(CODE, {"code": "000000"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "动态口令不对" in page and 'aria-invalid="true"' in page
    assert AuditRow.objects.get(action="access.code_failed").object_id == str(staff["liumin"].pk)


def test_too_many_wrong_codes_rest_and_the_right_one_is_refused_then(client, staff, enter):
    held, _codes = bind(staff["liumin"])
    enter("liumin")
    for _n in range(limits.count("code_tries")):
        client.post(CODE, {"code": "000000"})
    answer = client.post(CODE, {"code": factor.code_at(held, clock.now())})
    assert answer.status_code == 422 and "15 分钟" in answer.content.decode()
    assert AuditRow.objects.filter(action="access.code_locked").count() == 1


def test_the_code_must_come_within_minutes_of_the_password(client, staff, enter, monkeypatch):
    held, _codes = bind(staff["liumin"])
    enter("liumin")
    later = time.time() + limits.seconds("code_wait") + 1
    monkeypatch.setattr("jimin.sites.console.signin.time.time", lambda: later)
    answer = client.post(CODE, {"code": factor.code_at(held, clock.now())})
    assert answer["Location"] == "/console/signin/"


def test_the_code_page_without_a_password_leads_to_the_sign_in(client, staff):
    bind(staff["liumin"])
    assert client.get(CODE)["Location"] == "/console/signin/"


def test_an_account_closed_between_password_and_code_does_not_get_in(client, staff, enter):
    held, _codes = bind(staff["liumin"])
    enter("liumin")
    type(staff["liumin"]).objects.filter(pk=staff["liumin"].pk).update(is_active=False)
    assert client.post(CODE, {"code": factor.code_at(held, clock.now())}).status_code == 403


def test_a_recovery_code_opens_too_and_says_how_many_are_left(client, staff, enter):
    _held, codes = bind(staff["liumin"])
    enter("liumin")
    page = client.post(CODE, {"code": codes[0]}, follow=True).content.decode()
    assert "还剩 9 个" in page


def test_a_post_that_must_have_it_is_led_to_binding_and_to_nothing_else(client, staff, enter):
    assert enter("fengtao")["Location"] == "/console/account/code/"
    for path in ("/console/", "/console/accounts/", "/console/account/", "/console/r/access.accounts/"):
        assert client.get(path)["Location"] == "/console/account/code/", path
    assert client.get("/console/", headers={"HX-Request": "true"})["HX-Redirect"] == "/console/account/code/"
    page = client.get("/console/account/code/").content.decode()
    assert "必须用动态口令" in page and "先不绑" not in page
    assert client.post("/console/signout/").status_code == 302


def test_after_binding_the_recovery_codes_are_shown_once_and_the_work_is_open(client, staff, enter):
    enter("fengtao")
    client.post("/console/account/code/begin/")
    page = client.get("/console/account/code/").content.decode()
    begun = SecondFactor.objects.get()
    assert "<svg" in page and "style=" not in page.split('class="qrbox"')[1].split("</div>")[0]
    assert " ".join(re.findall("....", factor.secret(begun))) in page
    form = {"key": "11111111-1111-4111-8111-111111111111", "code": factor.code_at(begun, clock.now())}
    answer = client.post("/console/account/code/", form)
    assert len(re.findall(r"<code>([A-Z2-7-]{19})</code>", answer.content.decode())) == 10
    assert "no-store" in answer["Cache-Control"]
    again = client.post("/console/account/code/", form, follow=True).content.decode()
    assert not re.findall(r"<code>([A-Z2-7-]{19})</code>", again)
    assert client.get("/console/accounts/").status_code == 200


def test_in_the_demo_nobody_is_forced_and_the_page_says_so(client, staff, enter, settings):
    settings.JIMIN_DEMO = True
    assert enter("fengtao")["Location"] == "/console/"
    assert "谁也不强制" in client.get("/console/account/").content.decode()


def test_a_start_password_must_be_changed_before_any_work(client, staff, enter):
    account = staff["liumin"]
    start = account.start_password()
    account.save()
    assert enter("liumin", start)["Location"] == "/console/password/"
    assert client.get("/console/")["Location"] == "/console/password/"
    assert "初始密码" in client.get("/console/password/").content.decode()
    new = {"old": start, "new": "xin-mi-ma-88", "again": "xin-mi-ma-88"}
    assert client.post("/console/password/", new)["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    account.refresh_from_db()
    assert not account.must_change_password


def test_the_duties_come_one_after_the_other(client, staff, enter):
    account = staff["fengtao"]
    start = account.start_password()
    account.save()
    assert enter("fengtao", start)["Location"] == "/console/password/"
    new = {"old": start, "new": "xin-mi-ma-88", "again": "xin-mi-ma-88"}
    assert client.post("/console/password/", new)["Location"] == "/console/account/code/"


@pytest.mark.parametrize("path", ["/console/account/code/", "/console/account/"])
def test_the_secret_is_in_no_address_and_no_log(client, staff, enter, caplog, path):
    caplog.set_level("DEBUG")
    enter("liumin")
    client.post("/console/account/code/begin/")
    secret = factor.secret(SecondFactor.objects.get())
    page = client.get(path).content.decode()
    assert all(secret not in href.replace(" ", "") for href in re.findall(r'(?:href|src|action)="([^"]*)"', page))
    assert secret not in caplog.text and PASSWORD not in caplog.text


def test_a_post_that_must_have_it_given_in_the_middle_of_a_day_asks_on_the_next_page(client, staff, enter):
    enter("liumin")
    assert client.get("/console/").status_code == 200
    unit = ReportingUnit.objects.get(code="bgs")
    post = {"account": staff["liumin"], "unit": unit, "role": "auditor", "valid_from": date(2020, 1, 1)}
    given = Appointment.objects.create(**post)
    assert client.get("/console/account/")["Location"] == "/console/account/code/"
    Appointment.objects.filter(pk=given.pk).update(valid_to=date(2020, 1, 2))
    assert client.get("/console/account/").status_code == 200
