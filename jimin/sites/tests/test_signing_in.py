"""Signing in, choosing a post, changing the password, signing out."""

import pytest
from django.urls import include, path

from jimin.core.access import limits
from jimin.core.access.models import Appointment
from jimin.core.audit.models import AuditRow
from jimin.platform import demo
from jimin.sites.console.guard import staff
from jimin.sites.tests.conftest import PASSWORD
from jimin.sites.tests.gallery import console
from jimin.sites.urls import handler404, handler500  # noqa: F401
from jimin.sites.urls import urlpatterns as site

urlpatterns = [
    *[p for p in site if not str(p.pattern).startswith("console/")],
    path("console/", include("jimin.sites.console.urls")),
    path("console/work/", staff()(console)),
    path("console/secret/", staff("tests.nobody_may")(console)),
]


@pytest.fixture(autouse=True)
def with_two_pages_of_work(settings):
    settings.ROOT_URLCONF = __name__


def sign_in(client, username, password=PASSWORD, next_=""):
    return client.post("/console/signin/", {"username": username, "password": password, "next": next_})


def test_a_page_of_work_sends_a_stranger_to_sign_in_and_back(client, office):
    response = client.get("/console/work/?month=9")
    assert response.status_code == 302
    assert response["Location"] == "/console/signin/?next=%2Fconsole%2Fwork%2F%3Fmonth%3D9"
    assert sign_in(client, "liumin", next_="/console/work/?month=9")["Location"] == "/console/work/?month=9"


def test_an_address_of_another_site_is_not_followed_after_signing_in(client, office):
    assert sign_in(client, "liumin", next_="https://evil.example/")["Location"].startswith("/console/")


def test_a_wrong_password_is_told_at_the_top_and_does_not_say_which_part_is_wrong(client, office):
    page = sign_in(client, "liumin", "wrong").content.decode()
    assert 'class="errsum"' in page and "账号或密码不对" in page
    assert "账号或密码不对" in sign_in(client, "no-such-account", "wrong").content.decode()


def test_an_empty_password_is_told_at_the_field_too(client, office):
    page = sign_in(client, "liumin", "").content.decode()
    assert page.count("请填密码") == 2
    assert 'aria-invalid="true"' in page


def test_five_wrong_passwords_lock_the_account_and_the_page_says_until_when(client, office):
    for _ in range(limits.count("tries")):
        response = sign_in(client, "liumin", "wrong")
    assert response.status_code == 429
    assert "30 分钟" in response.content.decode() and "回到登录页" in response.content.decode()
    assert sign_in(client, "liumin").status_code == 429


def test_one_who_holds_two_posts_chooses_one_of_their_own(client, office, monkeypatch):
    monkeypatch.setattr(limits, "required_for", lambda day: frozenset())
    response = sign_in(client, "wanglihua", next_="/console/work/")
    assert response["Location"] == "/console/appointments/?next=%2Fconsole%2Fwork%2F"
    page = client.get(response["Location"]).content.decode()
    assert "办公室经办" in page and "审计员" in page and "县局经办" not in page
    post = office["wanglihua"].appointments.get(role="auditor")
    chosen = client.post("/console/appointments/", {"appointment": post.id, "next": "/console/work/"})
    assert chosen["Location"] == "/console/work/"
    assert client.get("/console/work/").wsgi_request.actor.role == "auditor"


def test_somebody_elses_post_cannot_be_chosen(client, office):
    sign_in(client, "liumin")
    other = Appointment.objects.get(role="auditor")
    response = client.post("/console/appointments/", {"appointment": other.id})
    assert response.status_code == 422
    assert "请先选一个岗位" in response.content.decode()
    assert client.get("/console/work/").wsgi_request.actor.role == "county_clerk"


def test_an_account_without_a_post_is_told_so_and_sees_nothing(client, office):
    sign_in(client, "xinlai")
    response = client.get("/console/work/", follow=True)
    assert "这个账号现在没有岗位" in response.content.decode()


def test_a_page_without_permission_is_refused_with_the_role_and_a_way_on(client, office):
    sign_in(client, "liumin")
    response = client.get("/console/secret/")
    page = response.content.decode()
    assert response.status_code == 403
    assert "“县局经办”岗位看不了这一页" in page and 'href="/console/"' in page


def test_a_session_that_ran_out_is_explained_on_the_sign_in_page(client, office):
    client.cookies["sessionid"] = "long-gone"
    response = client.get("/console/work/", follow=True)
    assert "登录已经结束" in response.content.decode() and "30 分钟没有操作" in response.content.decode()


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client, office):
    response = client.get("/console/work/", headers={"HX-Request": "true", "HX-Current-URL": "/console/board/"})
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/console/signin/?next=%2Fconsole%2Fboard%2F"


def test_signing_out_is_a_post_and_is_confirmed(client, office):
    sign_in(client, "liumin")
    assert client.get("/console/signout/").status_code == 405
    response = client.post("/console/signout/", follow=True)
    assert "已退出登录" in response.content.decode()
    assert client.get("/console/work/").status_code == 302


def test_the_holder_changes_the_password_and_stays_signed_in_with_an_audit_row(client, office):
    sign_in(client, "liumin")
    client.post("/console/password/", {"old": PASSWORD, "new": "xin-mi-ma-77", "again": "xin-mi-ma-77"})
    assert client.get("/console/work/").status_code == 200
    office["liumin"].refresh_from_db()
    assert office["liumin"].check_password("xin-mi-ma-77")
    row = AuditRow.objects.get(action="access.change_password")
    assert "xin-mi-ma-77" not in row.body and "md5" not in row.body


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"old": "wrong", "new": "xin-mi-ma-77", "again": "xin-mi-ma-77"}, "密码不对，没有办理"),
        ({"old": PASSWORD, "new": "xin-mi-ma-77", "again": "xin-mi-ma-78"}, "两次填的新密码不一样"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "新密码和现在的一样"),
        ({"old": PASSWORD, "new": "123", "again": "123"}, "8"),
    ],
)
def test_a_password_that_will_not_do_is_refused_at_its_field(client, office, typed, told):
    sign_in(client, "liumin")
    response = client.post("/console/password/", typed)
    assert response.status_code == 422
    assert told in response.content.decode()
    office["liumin"].refresh_from_db()
    assert office["liumin"].check_password(PASSWORD)


def test_the_demo_lists_its_sign_ins_with_what_each_sees_and_an_office_does_not(client, office, settings):
    people = demo.sign_ins()
    settings.JIMIN_DEMO = True
    page = client.get("/console/signin/").content.decode()
    assert len(people) > 3
    assert all(f"<code>{p.account}</code>" in page and p.sees in page for p in people)
    settings.JIMIN_DEMO = False
    assert people[0].password not in client.get("/console/signin/").content.decode()


@pytest.mark.parametrize("username", ["a" * 61, "a" * 300, "账" * 5000])
def test_an_account_too_long_to_exist_is_refused_in_words(client, db, username):
    response = client.post("/console/signin/", {"username": username, "password": "x"})
    assert response.status_code == 200
    assert "账号最多 60 个字符" in response.content.decode()
