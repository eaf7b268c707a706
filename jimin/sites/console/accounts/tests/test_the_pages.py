"""The operator's pages of accounts and tokens: what they show, what they do, and whom they refuse."""

import re
import uuid

import pytest
from django.test import Client

from jimin.core.access import lockout, second, tokens
from jimin.core.access.models import Account, ApiToken, Appointment, SignIn
from jimin.core.audit.models import AuditRow
from jimin.sites.console.accounts.tests.conftest import bind
from jimin.sites.tests.conftest import PASSWORD


def key():
    return str(uuid.uuid4())


def page_of(account):
    return f"/console/accounts/{account.pk}/"


@pytest.fixture
def confirm(staff):
    """The auditor confirms what waits, through the pages; returns the page that was read before."""
    auditor = Client()
    auditor.force_login(staff["wanglihua"], backend="django.contrib.auth.backends.ModelBackend")
    auditor.post("/console/appointments/", {"appointment": staff["wanglihua"].appointments.get(role="auditor").pk})

    def confirm():
        path = f"/console/accounts/waiting/{second.waiting().get().pk}/"
        assert "等确认" in auditor.get("/console/accounts/waiting/").content.decode()
        page = auditor.get(path).content.decode()
        assert "现在生效" in auditor.post(path + "confirm/", {"key": key()}, follow=True).content.decode()
        return page

    return confirm


def test_the_list_shows_who_holds_which_post_and_how_the_sign_in_stands(operator, staff):
    page = operator.get("/console/accounts/").content.decode()
    assert "农安县局 县局经办" in page and "省厅办公室 办公室经办；省厅办公室 审计员" in page
    assert "未绑定" in page and "正常" in page and "新增账号" in page
    bind(staff["liumin"])
    assert "liumin" in operator.get("/console/accounts/?code=1").content.decode()
    assert "wanglihua" not in operator.get("/console/accounts/?code=1").content.decode()
    assert "刘敏" in operator.get("/console/accounts/?role=county_clerk").content.decode()


@pytest.mark.parametrize("sort", ["last_login", "-last_login", "name", "username"])
def test_the_list_can_be_sorted(operator, staff, sort):
    assert operator.get(f"/console/accounts/?sort={sort}").status_code == 200


def test_the_systems_own_hand_is_not_listed_and_cannot_be_touched(operator, staff):
    hand = Account.objects.create_user("installer", name="系统安装")
    assert "installer" not in operator.get("/console/accounts/").content.decode()
    assert operator.get(page_of(hand)).status_code == 404
    assert operator.post(page_of(hand) + "close/", {"key": key(), "reason": "试一试"}).status_code == 404


def test_a_clerk_sees_none_of_it_and_an_auditor_sees_without_buttons(client, staff):
    client.force_login(staff["liumin"], backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/console/accounts/", page_of(staff["liumin"]), "/console/tokens/", "/console/accounts/new/"):
        assert client.get(path).status_code == 403, path
    client.force_login(staff["wanglihua"], backend="django.contrib.auth.backends.ModelBackend")
    post = staff["wanglihua"].appointments.get(role="auditor")
    client.post("/console/appointments/", {"appointment": post.pk})
    page = client.get(page_of(staff["liumin"]))
    assert page.status_code == 200 and "重设密码" not in page.content.decode()
    assert client.post(page_of(staff["liumin"]) + "close/", {"key": key(), "reason": "试一试"}).status_code == 403


NEW = {"username": "zhang.san", "name": "张三", "unit": "农安县民政局", "role": "county_section_chief",
       "title": "股长", "valid_from": "2023-10-01"}  # fmt: skip


def test_a_new_account_gets_a_start_password_that_is_shown_once_and_must_be_changed(operator, staff, confirm):
    sent = {**NEW, "key": key()}
    page = operator.post("/console/accounts/new/", sent).content.decode()
    password = re.search(r'id="once">([^<]+)<', page)[1]
    account = Account.objects.get(username="zhang.san")
    assert account.check_password(password) and account.must_change_password
    assert "农安县民政局 · 县局股长”要等另一位" in page and not account.appointments.exists()
    assert "待确认：农安县民政局 · 县局股长" in operator.get("/console/accounts/").content.decode()
    assert "等第二个人确认" in operator.get(page_of(account)).content.decode()
    assert "zhang.san" in confirm()
    assert account.appointments.get().unit.code == "na"
    assert 'id="once"' not in operator.post("/console/accounts/new/", sent, follow=True).content.decode()
    assert password not in "".join(AuditRow.objects.values_list("body", flat=True))
    fresh = Client()
    entered = fresh.post("/console/signin/", {"username": "zhang.san", "password": password})
    assert entered["Location"] == "/console/password/"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"username": "张三"}, "账号只能用小写字母"),
        ({"username": "liumin"}, "已经有了"),
        ({"unit": "没有的局"}, "没有叫“没有的局”的报送单位"),
        ({"unit": ""}, "此项必填"),
        ({"role": "operator"}, "没有“系统运维”这个岗位"),
        ({"valid_from": "明天"}, "日期"),
        ({"acting_for": "nobody"}, "不能设 AB 角"),
    ],
)
def test_what_does_not_fit_is_told_and_the_typed_text_stays(operator, staff, typed, told):
    answer = operator.post("/console/accounts/new/", {**NEW, "key": key(), **typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and told in page
    assert 'value="张三"' in page or "name" in typed
    assert not Account.objects.filter(username="zhang.san").exists()


def test_a_second_post_as_deputy_and_its_end(operator, staff, confirm):
    boss = operator.post("/console/accounts/new/", {**NEW, "key": key()}) and Account.objects.get(username="zhang.san")
    confirm()
    sent = {"unit": "na", "role": "county_section_chief", "valid_from": "2023-10-09", "acting_for": "zhang.san"}
    answer = operator.post(page_of(staff["liumin"]) + "appoint/", {**sent, "key": key()}, follow=True)
    assert "等另一位系统运维" in answer.content.decode() and "zhang.san" in confirm()
    assert "AB 角，代理张三" in operator.get(page_of(staff["liumin"])).content.decode()
    post = Appointment.objects.get(account=staff["liumin"], role="county_section_chief")
    assert post.acting_for.account == boss
    page = operator.post(f"/console/accounts/posts/{post.pk}/end/", {"on": "2023-10-10", "key": key()}, follow=True)
    assert "免职已登记" in page.content.decode()
    post.refresh_from_db()
    assert str(post.valid_to) == "2023-10-10"
    early = Appointment.objects.get(account=staff["liumin"], valid_to=None)
    answer = operator.post(f"/console/accounts/posts/{early.pk}/end/", {"on": "2010-01-01", "key": key()})
    assert answer.status_code == 422 and "不能早于任职日期" in answer.content.decode()


def test_an_operator_gives_themselves_no_post_and_does_nothing_to_the_own_account(operator, staff):
    own = page_of(staff["fengtao"])
    sent = {"unit": "na", "role": "county_clerk", "valid_from": "2023-10-09", "key": key()}
    answer = operator.post(own + "appoint/", sent)
    assert answer.status_code == 422 and "不能给自己任职" in answer.content.decode()
    assert operator.post(own + "close/", {"key": key(), "reason": "不想干了"}).status_code == 422
    assert operator.post(own + "password/", {"key": key()}).status_code == 422
    page = operator.get(own).content.decode()
    assert "这是您自己的账号" in page and "停用账号" not in page and "登记任职" not in page


def test_a_closed_account_is_out_at_once_and_comes_back_when_opened(operator, staff):
    clerk = Client()
    clerk.post("/console/signin/", {"username": "liumin", "password": PASSWORD})
    assert clerk.get("/console/").status_code == 200
    path = page_of(staff["liumin"])
    assert operator.post(path + "close/", {"key": key(), "reason": "x"}).status_code == 422
    operator.post(path + "close/", {"key": key(), "reason": "已调离农安县局"})
    assert clerk.get("/console/").status_code == 302
    assert SignIn.objects.filter(account=staff["liumin"]).get().end == SignIn.End.OPERATOR
    assert "账号或密码不对" in clerk.post(
        "/console/signin/", {"username": "liumin", "password": PASSWORD}).content.decode()  # fmt: skip
    assert "已停用" in operator.get(path).content.decode()
    operator.post(path + "open/", {"key": key()})
    assert clerk.post("/console/signin/", {"username": "liumin", "password": PASSWORD}).status_code == 302
    assert "已调离农安县局" in AuditRow.objects.get(action="access.account.close").body


def test_a_reset_password_is_shown_once_and_ends_the_sign_ins(operator, staff):
    clerk = Client()
    clerk.post("/console/signin/", {"username": "liumin", "password": PASSWORD})
    page = operator.post(page_of(staff["liumin"]) + "password/", {"key": key()}).content.decode()
    password = re.search(r'id="once">([^<]+)<', page)[1]
    assert clerk.get("/console/").status_code == 302
    entered = clerk.post("/console/signin/", {"username": "liumin", "password": password})
    assert entered["Location"] == "/console/password/"
    assert "待改初始密码" in operator.get("/console/accounts/").content.decode()
    assert password not in "".join(AuditRow.objects.values_list("body", flat=True))


def test_a_lost_phone_is_reset_with_a_reason(operator, staff):
    bind(staff["liumin"])
    path = page_of(staff["liumin"])
    assert "重设动态口令" in operator.get(path).content.decode()
    operator.post(path + "code/", {"key": key(), "reason": "手机丢失，已当面核对"})
    page = operator.get(path).content.decode()
    assert "重设动态口令" not in page and "未绑定" in page


TOKEN = {"name": "县平台每月报送", "permissions": ["planning.report.file"], "expires_on": "2023-12-31"}


def test_a_token_is_shown_once_with_what_it_may_and_can_be_ended(operator, staff, confirm):
    post = staff["liumin"].appointments.get()
    form = operator.get(f"/console/accounts/posts/{post.pk}/token/").content.decode()
    assert "planning.report.file" in form and "planning.report.review" not in form
    page = operator.post(f"/console/accounts/posts/{post.pk}/token/", {**TOKEN, "key": key()}).content.decode()
    token = re.search(r'id="once">(jm_[^<]+)<', page)[1]
    read = confirm()
    assert "县平台每月报送" in read and token not in read
    assert tokens.actor_of(token).account == staff["liumin"]
    made = ApiToken.objects.get()
    assert "县平台每月报送" in operator.get("/console/tokens/").content.decode()
    shown = operator.get(f"/console/tokens/{made.pk}/").content.decode()
    assert "planning.report.file" in shown and token not in shown and "有效" in shown
    operator.post(f"/console/tokens/{made.pk}/revoke/", {"key": key()})
    assert "已停用" in operator.get(f"/console/tokens/{made.pk}/").content.decode()
    with pytest.raises(tokens.BadToken):
        tokens.actor_of(token)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"permissions": []}, "请至少选一项"),
        ({"permissions": ["access.token.create"]}, "access.token.create"),
        ({"expires_on": "2023-01-01"}, "不能早于今天"),
        ({"name": ""}, "此项必填"),
    ],
)
def test_a_token_that_will_not_do_is_refused(operator, staff, typed, told):
    post = staff["liumin"].appointments.get()
    answer = operator.post(f"/console/accounts/posts/{post.pk}/token/", {**TOKEN, "key": key(), **typed})
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_the_holder_of_a_post_sees_the_tokens_that_act_for_it(operator, staff, confirm):
    post = staff["liumin"].appointments.get()
    operator.post(f"/console/accounts/posts/{post.pk}/token/", {**TOKEN, "key": key()})
    confirm()
    clerk = Client()
    clerk.post("/console/signin/", {"username": "liumin", "password": PASSWORD})
    assert "县平台每月报送" in clerk.get("/console/account/").content.decode()


def test_without_tokens_the_list_says_so(operator):
    assert "还没有发过接口令牌" in operator.get("/console/tokens/").content.decode()


def test_the_account_page_tells_a_lock(operator, staff):
    for _n in range(5):
        Client().post("/console/signin/", {"username": "liumin", "password": "wrong"})
    assert lockout.locked() == {"liumin"}
    page = operator.get(page_of(staff["liumin"])).content.decode()
    assert "锁定中" in page and "解除登录锁定" in page
    assert "登录锁定" in operator.get("/console/accounts/").content.decode()


def test_pages_of_an_account_that_is_not_there_are_not_found(operator):
    for path in ("", "close/", "open/", "unlock/", "password/", "code/", "appoint/"):
        assert operator.get(f"/console/accounts/{uuid.uuid4()}/{path}").status_code == 404, path
    assert operator.get(f"/console/tokens/{uuid.uuid4()}/").status_code == 404
