"""Wrong passwords: by address, by account from everywhere, and the browser one always uses."""

import pytest
from django.test import Client

from jimin.core.access import limits, lockout
from jimin.core.access.models import Account
from jimin.core.audit.models import AuditRow
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
