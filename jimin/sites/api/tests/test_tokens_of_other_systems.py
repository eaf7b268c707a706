"""A token of another system: what is wrong with it is said, who guesses has to wait, and it is never written down."""

import json
from datetime import timedelta

import pytest

from jimin.core import clock
from jimin.core.access import limits
from jimin.core.access.models import Account, ApiToken, Appointment
from jimin.core.audit.models import AuditRow
from jimin.domains.planning.tests.cast import DAY
from jimin.sites.api.tests.conftest import Caller

NOBODYS = "11111111-1111-4111-8111-111111111111"


def said(answer):
    return json.loads(answer.content)["message"]


def test_a_good_token_is_let_in(county):
    assert county.get("plans/2023").status_code == 200


def test_without_a_token_the_answer_says_where_to_put_it(county):
    answer = county.client.get("/api/v1/plans/2023")
    assert answer.status_code == 401 and "没有令牌" in said(answer)
    assert "Bearer" in json.loads(answer.content)["next_step"]


def test_an_expired_one_says_since_when(county, settings):
    settings.JIMIN_BUSINESS_DAY = DAY + timedelta(days=1)
    with clock.on_day(DAY + timedelta(days=1)):
        answer = county.get("plans/2023")
    assert answer.status_code == 401 and f"已于 {DAY} 到期" in said(answer)


@pytest.mark.parametrize(
    ("model", "change", "words"),
    [
        (ApiToken, {"revoked_at": "2023-10-01T00:00:00+08:00"}, "已停用"),
        (Appointment, {"valid_to": DAY}, "没有任职"),
        (Account, {"is_active": False}, "账号已停用"),
    ],
    ids=["revoked", "the post ended", "the account closed"],
)
def test_one_that_ended_says_why(county, model, change, words):
    rows = {ApiToken: ApiToken.objects.all(), Appointment: Appointment.objects.filter(account__username="liu.min"),
            Account: Account.objects.filter(username="liu.min")}[model]  # fmt: skip
    rows.update(**change)
    answer = county.get("plans/2023")
    assert answer.status_code == 401 and words in said(answer)


def test_what_the_post_may_but_the_token_may_not_is_refused_in_those_words(cast):
    caller = Caller(cast, "liu.min", ["planning.read"])
    row = {"assignment": NOBODYS}
    answer = caller.act("planning.report.file", {"period": "2023-09-01", "rows": [row]})
    assert answer.status_code == 403 and "这个令牌没有" in said(answer)
    assert "另发一个令牌" in json.loads(answer.content)["next_step"]


def test_what_the_post_may_not_is_refused_in_the_words_of_the_post(cast):
    caller = Caller(cast, "liu.min", ["planning.read"])
    assert "县局经办" in said(caller.act("planning.report.accept", {"reports": [NOBODYS]}))


def wrong(county, address="10.7.7.7", token="jm_wrong"):
    return county.client.get(
        "/api/v1/plans/2023?q=secret", headers={"Authorization": f"Bearer {token}"}, REMOTE_ADDR=address
    )


def test_who_sends_many_wrong_tokens_has_to_wait_and_a_good_one_from_there_does_not(county):
    answers = [wrong(county) for _n in range(limits.count("token_tries") + 1)]
    assert [a.status_code for a in answers] == [401] * limits.count("token_tries") + [429]
    assert answers[-1]["Retry-After"] == str(limits.seconds("lock")) and "30 分钟" in said(answers[-1])
    assert wrong(county, "10.8.8.8").status_code == 401
    good = county.client.get(
        "/api/v1/plans/2023", headers={"Authorization": f"Bearer {county.token}"}, REMOTE_ADDR="10.7.7.7"
    )
    assert good.status_code == 200


def test_wrong_tokens_are_on_record_by_address_without_the_token(county, caplog):
    from axes.models import AccessAttempt

    caplog.set_level("DEBUG")
    wrong(county, token="jm_a-token-that-nobody-has")
    county.get("plans/2023")
    rows = AuditRow.objects.filter(action="access.token_failed")
    assert rows.count() == 1 and "10.7.7.7" in rows.get().body
    kept = (
        str(list(AccessAttempt.objects.values()))
        + caplog.text
        + "".join(AuditRow.objects.values_list("body", flat=True))
    )
    assert "nobody-has" not in kept and county.token not in kept and "q=secret" not in kept


def test_wrong_tokens_lock_nobodys_sign_in(county):
    for _n in range(limits.count("token_tries") + 1):
        wrong(county, "127.0.0.1")
    page = county.client.post("/console/signin/", {"username": "liu.min", "password": "x"})
    assert page.status_code == 200


@pytest.mark.parametrize("token", ["", " ", "jm_", "x" * 10_000, "令牌", "jm_\x00"])
def test_whatever_stands_in_the_header_is_answered(county, token):
    answer = county.client.get("/api/v1/plans/2023", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
