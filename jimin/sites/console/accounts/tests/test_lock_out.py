"""Wrong passwords: by address, by account from everywhere, and the browser one always uses."""

import uuid
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client

from jimin.core import clock
from jimin.core.access import limits, lockout, sweeping
from jimin.core.access.models import Account, SignIn
from jimin.core.audit.models import AuditRow
from jimin.sites.console.accounts.tests.conftest import bind
from jimin.sites.tests.conftest import PASSWORD


def sign_in(client, username="liumin", password=PASSWORD, address="10.1.1.1", **headers):
    return client.post(
        "/console/signin/", {"username": username, "password": password}, REMOTE_ADDR=address, headers=headers
    )


def guess(times, address="10.9.9.9", username="liumin"):
    for _n in range(times):
        last = sign_in(Client(), username, "wrong", address)
    return last


def test_a_few_wrong_passwords_lock_the_account_at_that_address_alone(staff):
    assert guess(limits.count("tries")).status_code == 429
    assert sign_in(Client(), address="10.9.9.9").status_code == 429
    assert sign_in(Client(), address="10.1.1.1").status_code == 302


def test_guessing_from_many_addresses_locks_the_account_for_browsers_nobody_knows(staff):
    for n in range(limits.count("account_tries")):
        guess(1, f"10.2.{n}.1")
    assert sign_in(Client(), address="10.1.1.1").status_code == 429


def test_a_colleague_at_the_same_address_cannot_lock_out_the_browser_one_always_uses(staff):
    mine = Client()
    assert sign_in(mine, address="10.9.9.9").status_code == 302
    mine.post("/console/signout/")
    guess(limits.count("account_tries") + 5)
    assert sign_in(Client(), address="10.9.9.9").status_code == 429
    assert sign_in(mine, address="10.9.9.9").status_code == 302


def test_the_known_browser_has_its_own_few_tries_wherever_it_is_carried(staff):
    mine = Client()
    sign_in(mine)
    mine.post("/console/signout/")
    for n in range(limits.count("tries")):
        answer = sign_in(mine, password="wrong", address=f"10.3.{n}.1")
    assert answer.status_code == 429
    assert sign_in(mine, address="10.4.1.1").status_code == 429


def test_a_known_browser_of_one_account_is_a_stranger_to_another(staff):
    mine = Client()
    sign_in(mine)
    mine.post("/console/signout/")
    assert guess(limits.count("tries"), "10.1.1.1", "fengtao").status_code == 429
    assert sign_in(mine, "fengtao").status_code == 429


def test_a_forged_mark_of_a_browser_is_worth_nothing(staff):
    client = Client()
    client.cookies[lockout.COOKIE] = "WyJsaXVtaW4iLCJ4Il0:forged:forged"
    for _n in range(limits.count("tries")):
        answer = sign_in(client, password="wrong")
    assert answer.status_code == 429
    assert sign_in(Client()).status_code == 429


def test_a_typed_hash_does_not_pass_for_a_browser_of_an_account(staff):
    assert guess(limits.count("tries"), username="liumin#x").status_code == 429
    assert not lockout.is_locked("liumin")
    assert str(Account.objects.get(username="liumin").pk) not in AuditRow.objects.values_list("object_id", flat=True)


def test_a_sign_in_forgets_the_wrong_tries_before_it(staff):
    guess(limits.count("tries") - 1, "10.1.1.1")
    assert sign_in(Client()).status_code == 302
    assert guess(1, "10.1.1.1").status_code == 200


def test_the_lock_page_says_how_long_and_what_to_do_and_the_same_for_no_such_account(staff):
    page = guess(limits.count("tries")).content.decode()
    assert "30 分钟" in page and "解除锁定" in page
    assert guess(limits.count("tries"), username="no.such").content.decode().split("<h1")[1].split("</p>")[0] in page


def test_failure_and_lock_are_on_record_about_the_account_and_not_by_it(staff):
    guess(limits.count("tries"))
    failed = AuditRow.objects.filter(action="access.sign_in_failed")
    locked = AuditRow.objects.get(action="access.locked_out")
    assert failed.count() == limits.count("tries")
    assert locked.object_id == str(staff["liumin"].pk) and locked.account is None and "10.9.9.9" in locked.body


def test_an_operator_unlocks_and_that_is_on_record(operator, staff):
    guess(limits.count("tries"))
    assert lockout.is_locked("liumin")
    path = f"/console/accounts/{staff['liumin'].pk}/"
    assert "登录锁定" in operator.get(path).content.decode()
    operator.post(path + "unlock/", {"key": "11111111-1111-4111-8111-111111111111"})
    assert not lockout.is_locked("liumin")
    assert sign_in(Client(), address="10.9.9.9").status_code == 302
    assert AuditRow.objects.filter(action="access.account.unlock").count() == 1


def test_what_is_not_locked_is_not_unlocked(operator, staff):
    path = f"/console/accounts/{staff['liumin'].pk}/unlock/"
    answer = operator.post(path, {"key": "11111111-1111-4111-8111-111111111111"})
    assert answer.status_code == 422 and "没有锁定" in answer.content.decode()


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(staff, settings):
    for n in range(limits.count("tries")):
        answer = sign_in(Client(), password="wrong", address="10.9.9.9", **{"X-Forwarded-For": f"10.5.5.{n}"})
    assert answer.status_code == 429  # the header changed nothing: all from one address
    settings.JIMIN_TRUSTED_PROXIES = ["10.9.9.0/24"]
    assert sign_in(Client(), address="10.9.9.9", **{"X-Forwarded-For": "10.5.5.1"}).status_code == 302


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("", "10.0.0.1"),
        ("1.2.3.4", "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("6.6.6.6, not an address", None),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_of_forwarded_hops_the_last_that_is_no_proxy_of_ours_counts(rf, settings, forwarded, found):
    from jimin.core.access import address

    settings.JIMIN_TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address.of(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)) == found


def test_a_wrong_password_of_a_closed_account_says_the_same_as_any(staff):
    Account.objects.filter(username="liumin").update(is_active=False)
    assert "账号或密码不对" in sign_in(Client()).content.decode()


@pytest.mark.parametrize("path", ["/console/password/", "/console/account/code/remove/"])
def test_a_password_asked_for_inside_is_counted_and_locked_as_at_the_sign_in(staff, path):
    bind(staff["liumin"])
    mine = Client(REMOTE_ADDR="10.9.9.9")
    mine.force_login(staff["liumin"], backend="django.contrib.auth.backends.ModelBackend")
    sent = {"key": str(uuid.uuid4()), "code": "000000", "new": "a-Better-2-one", "again": "a-Better-2-one"}
    for _n in range(limits.count("tries")):
        answer = mine.post(path, {**sent, "old": "wrong", "password": "wrong"})
        assert answer.status_code == 422 and "密码不对" in answer.content.decode()
    right = mine.post(path, {**sent, "old": PASSWORD, "password": PASSWORD})
    assert right.status_code == 422 and "连续输错密码太多次" in right.content.decode()
    assert sign_in(Client(), address="10.9.9.9").status_code == 429
    assert AuditRow.objects.filter(action="access.password_failed").count() == limits.count("tries")
    assert AuditRow.objects.filter(action="access.locked_out").exists()


def test_a_name_that_is_typed_as_the_tokens_are_counted_is_only_a_wrong_name(staff):
    assert guess(limits.count("tries"), username=lockout.TOKENS).status_code == 429
    assert not AuditRow.objects.filter(action__in=["access.token_failed", "access.tokens_locked"]).exists()
    assert AuditRow.objects.filter(action="access.sign_in_failed").exists()
    assert not AccessAttempt.objects.filter(username=lockout.TOKENS).exists()


def test_known_browsers_are_forgotten_when_the_holder_says_so_or_the_password_changes(staff):
    mine, lost = Client(), Client()
    for browser in (mine, lost):
        sign_in(browser)
    lost.post("/console/signout/")
    assert mine.post("/console/account/browsers/", {"key": str(uuid.uuid4())}).status_code == 302
    guess(limits.count("tries"), address="10.5.1.1")
    assert sign_in(lost, address="10.5.1.1").status_code == 429
    sign_in(lost, address="10.6.1.1")
    lost.post("/console/signout/")
    changed = {"old": PASSWORD, "new": "a-Better-2-one", "again": "a-Better-2-one"}
    assert mine.post("/console/password/", changed).status_code == 302
    mine.post("/console/signout/")
    assert sign_in(lost, password="a-Better-2-one", address="10.5.1.1").status_code == 429
    assert sign_in(mine, password="a-Better-2-one", address="10.5.1.1").status_code == 302  # it changed the password


def test_a_start_password_that_lay_about_for_too_long_says_what_to_do(staff):
    password = staff["liumin"].start_password()
    staff["liumin"].started_password_at -= timedelta(seconds=limits.seconds("start_password") + 1)
    staff["liumin"].save()
    answer = sign_in(Client(), password=password)
    assert answer.status_code == 200 and "请联系系统运维重设" in answer.content.decode()
    assert AuditRow.objects.filter(action="access.start_password_expired").exists()
    Account.objects.filter(pk=staff["liumin"].pk).update(started_password_at=clock.now())
    assert sign_in(Client(), password=password)["Location"] == "/console/password/"


def test_what_is_of_no_more_use_goes_and_the_audit_rows_stay(staff):
    mine = Client()
    sign_in(mine)
    guess(1)
    kept = AuditRow.objects.count()
    assert set(sweeping.sweep().values()) == {0}
    long_ago = clock.now() - timedelta(seconds=limits.seconds("sign_ins_kept") + 60)
    Session.objects.update(expire_date=long_ago)
    SignIn.objects.update(started_at=long_ago)
    AccessAttempt.objects.update(attempt_time=long_ago)
    assert sweeping.sweep() == {"sessions": 1, "sign_ins": 1, "tries": 1, "digests": 0}
    assert mine.get("/console/").status_code == 302 and AuditRow.objects.count() == kept
