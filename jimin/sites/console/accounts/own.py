"""我的账号: one's own sign-ins, second factor, recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from jimin.core import clock
from jimin.core.access import factor, factor_actions, limits, once, sign_ins
from jimin.core.access.account_actions import ForgetBrowsers, LeaveElsewhere
from jimin.core.access.models import Account, ApiToken, SecondFactor
from jimin.core.access.scope import appointments_of
from jimin.sites.console import kept_form
from jimin.sites.console.accounts import duties, forms
from jimin.sites.console.accounts.registers import token_state
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff


def _account(request: HttpRequest) -> Account:
    account: Account = request.user  # type: ignore[assignment]
    return account


@require_GET
@staff()
def mine(request: HttpRequest) -> HttpResponse:
    """One page about oneself: posts, password, second factor, where one is signed in, tokens that act for one's posts."""
    account = _account(request)
    bound = factor.active(account)
    posts = list(appointments_of(account))
    here = sign_ins.own(request)
    context = {
        "account": account,
        "posts": posts,
        "factor": bound,
        "codes_left": factor.codes_left(bound) if bound else 0,
        "required": factor.required({p.role for p in posts}),
        "sign_ins": [(row, row.pk == here) for row in sign_ins.present(account)],
        "tokens": [(t, token_state(t)) for t in ApiToken.objects.filter(appointment__in=posts).select_related(
            "appointment__account", "appointment__unit")],
        "form": ActionForm(),
        "idle": limits.minutes("idle"),
        "device_days": limits.days("device"),
        "hours": limits.seconds("longest") // 3600,
        "trail": [(_("我的账号"), "")],
    }  # fmt: skip
    return render(request, "console/accounts/mine.html", context)


@require_POST
@staff()
def leave_elsewhere(request: HttpRequest) -> HttpResponse:
    """End one's sign-ins on other devices."""
    here = sign_ins.own(request)
    if here is None:  # a session of before there were rows: nothing to keep it apart by
        return HttpResponseRedirect(reverse("console:my_account"))
    key = request.POST.get("key", "")
    n = LeaveElsewhere.perform(request.actor, {"keep": here}, key=key)["ended"]  # type: ignore[attr-defined]
    if n:
        messages.success(request, ngettext("已退出其他 %d 处登录。", "已退出其他 %d 处登录。", n) % n)
    else:
        messages.info(request, _("没有别的登录，不用退出。"))
    return HttpResponseRedirect(reverse("console:my_account"))


@require_POST
@staff()
def forget_browsers(request: HttpRequest) -> HttpResponse:
    """Have every known browser of one's account forgotten."""
    ForgetBrowsers.perform(request.actor, {}, key=request.POST.get("key", ""))  # type: ignore[attr-defined]
    messages.success(request, _("以前登录过的浏览器都不再认得，下次登录成功后重新认得。"))
    return HttpResponseRedirect(reverse("console:my_account"))


@require_GET
@staff()
def here(request: HttpRequest) -> JsonResponse:
    """“I am still here”: the middleware noted the use; how many seconds are left."""
    return JsonResponse({"left": sign_ins.seconds_left(request)})


@sensitive_post_parameters("code")
@staff()
def bind(request: HttpRequest) -> HttpResponse:
    """Bind a phone: what it is and a button; then the QR code and one code to confirm; then the recovery codes, once."""
    account = _account(request)
    begun = SecondFactor.objects.filter(account=account).select_related("account").first()
    if begun is not None and begun.confirmed_at is not None and request.method == "GET":
        return HttpResponseRedirect(reverse("console:my_account"))
    context = {
        "required": duties.FACTOR in request.session.get(duties.KEY, []),
        "trail": [(_("我的账号"), reverse("console:my_account")), (_("绑定动态口令"), "")],
    }
    if begun is None:
        return render(request, "console/accounts/bind.html", {**context, "form": ActionForm()})
    form = forms.CodeForm(request.POST or None)
    if begun.confirmed_at is None:
        context |= {"qr": _qr(begun), "manual": _grouped(factor.secret(begun)), "again": ActionForm()}
    response = handle(
        request, factor_actions.ConfirmFactor, form,
        to=reverse("console:my_account"), done=_("动态口令已绑定。以后登录，密码之后要填手机上的 6 位数字。"),
        title=_("绑定动态口令"), verb=_("核对并绑定"), template="console/accounts/bind.html", context=context,
    )  # fmt: skip
    return _codes(request, response)


def _codes(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The recovery codes in place of the answer, when the action made some."""
    codes = once.take()
    if not codes or response.status_code != 302:
        return response
    duties.done(request, duties.FACTOR)
    context = {"codes": codes, "next": duties.next_page(request, reverse("console:my_account")),
               "account": _account(request), "today": clock.now().date()}  # fmt: skip
    return render(request, "console/accounts/codes.html", context)


def _qr(begun: SecondFactor) -> str:
    """The QR code as SVG by attributes alone; it is in this page and has no address of its own."""
    drawn = segno.make(factor.uri(begun), error="m", micro=False)
    svg = drawn.svg_inline(scale=5, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=False)
    return mark_safe(svg)  # noqa: S308  (segno's own drawing of our own text)


def _grouped(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


@require_POST
@staff()
def begin(request: HttpRequest) -> HttpResponse:
    """Make a secret and show it."""
    factor_actions.BeginFactor.perform(request.actor, {}, key=request.POST.get("key", ""))  # type: ignore[attr-defined]
    return HttpResponseRedirect(reverse("console:factor"))


@sensitive_post_parameters("code")
@staff()
def new_codes(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes."""
    response = handle(
        request, factor_actions.NewRecoveryCodes, forms.CodeForm(request.POST or None),
        to=reverse("console:my_account"), done=_("恢复码已更换，旧的都作废了。"),
        title=_("换一批恢复码"), verb=_("换一批，旧的作废"), context=_crumbs(_("换一批恢复码")),
    )  # fmt: skip
    return _codes(request, response)


@sensitive_post_parameters("code", "password")
@staff()
def unbind(request: HttpRequest) -> HttpResponse:
    """Give the second factor up, or change the phone."""
    lead = _("解除后登录只要密码。换手机：先解除，再重新绑定。")
    roles = {p.role for p in appointments_of(_account(request))}
    if factor.required(roles):
        lead = _("您的岗位必须用动态口令：解除后要马上重新绑定，才能继续办事。")
    response = handle(
        request, factor_actions.RemoveFactor, forms.RemoveForm(request.POST or None),
        to=reverse("console:my_account"), done=_("动态口令已解除。"),
        title=_("解除动态口令"), verb=_("解除"), context={"lead": lead, **_crumbs(_("解除动态口令"))},
    )  # fmt: skip
    if response.status_code == 302:
        request.session[duties.KEY] = duties.owed(_account(request))
    return response


def _crumbs(title: str) -> dict[str, Any]:
    return {"trail": [(_("我的账号"), reverse("console:my_account")), (title, "")]}


@require_GET
@staff()
def resume(request: HttpRequest) -> HttpResponse:
    """The form that came just after a sign-in ran out, to be sent with one press. It is shown once."""
    content = kept_form.take(request, _account(request))
    if content is None:
        return HttpResponseRedirect("/console/")
    return render(request, "console/accounts/resume.html", {"kept": content})
