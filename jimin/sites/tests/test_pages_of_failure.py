"""What a person sees when something goes wrong: what, where, what next."""

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client

from jimin.core.access.models import Account
from jimin.sites import errors


@pytest.fixture(autouse=True)
def with_the_gallery(settings):
    settings.ROOT_URLCONF = "jimin.sites.tests.gallery"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("site", ["kit", "console/kit"])
def test_every_failure_says_what_where_and_what_next_with_a_link(client, db, status, site):
    response = client.get(f"/{site}/{status}/")
    page = response.content.decode()
    assert response.status_code == status
    assert "怎么办：" in page and f"/{site}/{status}/" in page
    assert f'href="{"/console/" if site.startswith("console") else "/"}"' in page
    assert "%(" not in page


def test_an_unknown_address_is_a_page_of_ours(client, db):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "没有这一页" in response.content.decode()


def test_a_crash_shows_no_trace_and_a_time_to_quote(db):
    response = Client(raise_request_exception=False).get("/kit/crash/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "planted" not in page and "是我们的问题" in page


@pytest.mark.parametrize(
    ("content_type", "limit"), [("multipart/form-data", "60 MB"), ("application/x-www-form-urlencoded", "12 MB")]
)
def test_an_upload_over_the_limit_names_the_limit(rf, content_type, limit):
    asked = rf.post("/x/", {}) if content_type.startswith("multipart") else rf.post("/x/", "a=b", content_type)
    response = errors.bad_request(asked, RequestDataTooBig())
    assert response.status_code == 413
    assert limit in response.content.decode()


def test_a_form_with_an_old_token_is_explained(db):
    response = Client(enforce_csrf_checks=True).post("/preferences/", {"look": "elder"})
    assert response.status_code == 403
    assert "放得太久" in response.content.decode()


def test_a_refused_action_shows_its_reason_its_problems_and_its_next_step(client, db):
    response = client.get("/console/kit/refused/")
    page = response.content.decode()
    assert response.status_code == 422
    assert "目标须大于现值" in page and "请改正后再提交" in page


def test_a_stale_form_shows_both_sides_of_the_difference(client, db):
    response = client.post("/console/kit/stale/", {"value": "90", "version": "3"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "<ins>89</ins>" in page and "<ins>90</ins>" in page and "刘敏（农安县民政局" in page


def test_what_a_request_did_before_it_was_refused_is_taken_back(client, db):
    assert client.get("/console/kit/half/").status_code == 422
    assert not Account.objects.filter(username="half-done").exists()


def test_the_offline_page_and_its_worker_are_there(client, db):
    assert "现在没有网络" in client.get("/offline/").content.decode()
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert b"/offline/" in b"".join(response.streaming_content)
