"""Signing in and out, choosing the post to work in, changing the password."""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from jimin.core import clock
from jimin.core.access import factor, limits, lockout, sessions, sign_ins
from jimin.core.access.actions import ChangePassword
from jimin.core.access.middleware import KEY
from jimin.core.access.models import Account
from jimin.core.access.models import SignIn as SignInRecord
from jimin.core.access.scope import appointments_of
from jimin.core.actions.errors import Refused
from jimin.platform import demo
from jimin.sites import errors
from jimin.sites.console import kept_form
from jimin.sites.console.accounts import duties
from jimin.sites.console.guard import staff, to_sign_in
from jimin.sites.preferences import safe_next


def home() -> str:
    """Where a person lands after signing in."""
    try:
        return reverse("console:home")
    except NoReverseMatch:
        return reverse("console:appointments")


def account_of(request: HttpRequest) -> Account:
    """The account that is signed in. Raises PermissionDenied when nobody is."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user


class SignInForm(AuthenticationForm):
    """Account and password."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        # What the parent sets afterwards limits the browser alone; a longer one would not fit the lock-out's table.
        max_length=Account._meta.get_field("username").max_length,
        error_messages={
            "required": gettext_lazy("请填账号。"),
            "max_length": gettext_lazy("账号最多 %(limit_value)d 个字符，请检查后重新填写。"),
        },
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        strip=False,
        error_messages={"required": gettext_lazy("请填密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": gettext_lazy("账号或密码不对。请检查后重新填写，密码分大小写；连续错几次会暂时锁定。"),
        "inactive": gettext_lazy("这个账号已停用。请联系本单位的系统管理员。"),
        "expired": gettext_lazy("初始密码已过期（给出后 %(days)s 天内要登录改掉）。请联系系统运维重设一个。"),
    }

    def confirm_login_allowed(self, user: Account) -> None:
        """A start password that lay about for too long opens nothing."""
        super().confirm_login_allowed(user)
        if user.start_password_expired:
            if self.request is not None:
                sessions.start_password_expired(user, self.request)
            told = {"days": limits.days("start_password")}
            raise forms.ValidationError(self.error_messages["expired"], code="expired", params=told)


SECOND = "second"  # in the session: whose password was right, since when, where to go on
BACKEND = "django.contrib.auth.backends.ModelBackend"
ENDED = {"idle": gettext_lazy("%(minutes)s 分钟没有操作，已自动退出。"), "longest": gettext_lazy("登录已满 %(hours)s 小时，已自动退出。"),
         "1": gettext_lazy("登录已经结束：可能是超过 %(minutes)s 分钟没有操作，也可能从另一台设备或由系统运维退出了。")}  # fmt: skip


class SignIn(LoginView):
    """The sign-in page; in the demo it lists the sign-ins and what each sees."""

    form_class = SignInForm
    template_name = "console/signin.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return home()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        account: Account = form.get_user()  # type: ignore[assignment]
        wanted = safe_next(self.request, home())
        if factor.active(account) is None:
            return enter(self.request, account, wanted)
        self.request.session[SECOND] = {"account": str(account.pk), "at": int(time.time()), "next": wanted}
        return HttpResponseRedirect(reverse("console:signin_code"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"minutes": limits.minutes("idle"), "hours": limits.seconds("longest") // 3600}
        why = ENDED.get(self.request.GET.get("expired", "")) if self.request.method == "GET" else None
        return super().get_context_data(**kwargs) | {
            "expired": str(why) % told if why else "",
            "kept": kept_form.KEY in self.request.session,
            "left": "left" in self.request.GET,
            "people": demo_people(),
        }


def enter(request: HttpRequest, account: Account, wanted: str) -> HttpResponse:
    """Password (and code) were right: a new session key, this browser is known, and on to the duties or the work."""
    request.session.pop(SECOND, None)
    login(request, account, backend=BACKEND)
    if kept_form.waits(request, account):
        wanted = reverse("console:resume")
    elif appointments_of(account).count() != 1:
        wanted = f"{reverse('console:appointments')}?{urlencode({'next': wanted})}"
    response = HttpResponseRedirect(duties.begin(request, account, wanted))
    lockout.remember(request, response, account, bool(settings.SESSION_COOKIE_SECURE))
    return response


class CodeForm(forms.Form):
    """The code of the phone, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态口令"),
        help_text=gettext_lazy("手机上现在显示的 6 位数字；手机不在身边时填一个恢复码。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填动态口令。")},
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "one-time-code", "autocapitalize": "none"}),
    )


@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in."""
    waiting = request.session.get(SECOND)
    if not waiting or time.time() - waiting["at"] > limits.seconds("code_wait"):
        request.session.pop(SECOND, None)
        return HttpResponseRedirect(settings.LOGIN_URL)
    account = Account.objects.filter(pk=waiting["account"], is_active=True).first()
    if account is None:
        raise PermissionDenied
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = factor.check(account, form.cleaned_data["code"])
        except factor.Wrong as wrong:
            sessions.code_failed(account, request, locks=factor.failed(account))
            form.add_error("code", str(wrong))
        else:
            if taken.recovery:
                words = _("这次用了一个恢复码，还剩 %d 个。手机丢了的话，请在“我的账号”里解除后重新绑定。")
                messages.warning(request, words % taken.left)
            return enter(request, account, waiting["next"])
    context = {"form": form, "minutes": limits.minutes("code_wait"), "name": account.name}
    return render(request, "console/signin_code.html", context, status=422 if form.errors else 200)


class SignOut(LogoutView):
    """Signs out (POST) and says so."""

    def get_default_redirect_url(self) -> str:
        return reverse("console:signed_out")


def signed_out(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, which says that one has left."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?left=1")


def demo_people() -> list[demo.SignIn]:
    """The demo's sign-ins (account, password, who, sees; platform.demo); none outside the demo."""
    return list(demo.sign_ins()) if clock.is_demo() else []


def locked_out(request: HttpRequest, *_response_and_credentials: Any) -> HttpResponse:
    """The page after too many wrong passwords, for axes. It says the same whether there is such an account or not."""
    words = errors.Problem(
        _("登录暂时锁定"),
        _(
            "这个账号连续输错密码太多次（这台设备 %(times)s 次，或各处合计 %(everywhere)s 次），所以先停一停。账号里的内容没有变化。"
        )
        % {"times": limits.count("tries"), "everywhere": limits.count("account_tries")},
        _("请过 %(minutes)s 分钟再试，或换一台以前登录过的设备；急用时请系统运维解除锁定。")
        % {"minutes": limits.minutes("lock")},
    )
    return errors.page(request, 429, words, home=settings.LOGIN_URL, home_word=_("回到登录页"))


def appointments(request: HttpRequest) -> HttpResponse:
    """Which of one's own posts to work in."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    held = list(appointments_of(account_of(request)))
    problem = ""
    if request.method == "POST":
        if request.POST.get("appointment", "") in {str(a.id) for a in held}:
            request.session[KEY] = request.POST["appointment"]
            return HttpResponseRedirect(safe_next(request, home()))
        problem = _("请先选一个岗位。")
    actor = getattr(request, "actor", None)
    context = {
        "held": held,
        "chosen": str(actor.appointment.id) if actor else "",
        "problem": problem,
        "next": safe_next(request, ""),
    }
    return render(request, "console/appointments.html", context, status=422 if problem else 200)


class PasswordForm(forms.Form):
    """The present password and a new one, twice."""

    old = forms.CharField(
        label=gettext_lazy("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        help_text=gettext_lazy("至少 8 个字符，不要用姓名、生日或常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再填一次新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "new" in data and "again" in data and data["new"] != data["again"]:
            self.add_error("again", _("两次填的新密码不一样，请重新填写。"))
        return data


@sensitive_post_parameters()
@staff()
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sessions of the account end."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {"old": form.cleaned_data["old"], "new": form.cleaned_data["new"]}
        try:
            ChangePassword.perform(request.actor, data)  # type: ignore[attr-defined]
        except Refused as refusal:
            for problem in refusal.problems:
                form.add_error(problem.field or None, problem.message)
        else:
            account = account_of(request)
            account.refresh_from_db()
            update_session_auth_hash(request, account)
            sign_ins.rotated(request)
            sign_ins.end_all(account, SignInRecord.End.OTHERS, keep=sign_ins.own(request))
            duties.done(request, duties.PASSWORD)
            messages.success(request, _("密码已修改。其他设备上的登录已退出。"))
            response = HttpResponseRedirect(duties.next_page(request, home()))
            lockout.remember(
                request, response, account, bool(settings.SESSION_COOKIE_SECURE)
            )  # the others are forgotten
            return response
    owes = duties.PASSWORD in request.session.get(duties.KEY, [])
    return render(request, "console/password.html", {"form": form, "owes": owes}, status=422 if form.errors else 200)
