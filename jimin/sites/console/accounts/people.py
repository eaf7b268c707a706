"""The operator's pages of accounts: the list, one account, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jimin.core import clock
from jimin.core.access import account_actions, factor, factor_actions, limits, lockout, once, second, system
from jimin.core.access.actions import Appoint, EndAppointment
from jimin.core.access.models import Account, ApiToken, Appointment, Proposal
from jimin.core.access.scope import Actor
from jimin.core.access.second_actions import ConfirmProposal
from jimin.core.access.tokens import CreateToken
from jimin.core.actions.base import Result
from jimin.core.divisions.models import ReportingUnit
from jimin.sites.console import registers
from jimin.sites.console.accounts import forms
from jimin.sites.console.accounts.registers import Accounts, state_of, token_state
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff

LIST = Accounts.permission_of(Accounts.name)
LATEST = 10  # sign-ins shown


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _found(pk: UUID) -> Account:
    """The account; the system's own is not shown."""
    return get_object_or_404(Account.objects.exclude(username=system.USERNAME), pk=pk)


def accounts(request: HttpRequest) -> HttpResponse:
    """账号与岗位."""

    def more(asked: HttpRequest) -> dict[str, Any]:
        may = _actor(asked).may(Appoint.name)
        return {"buttons": [(_("新增账号"), reverse("console:account_new"), "pri")] if may else []}

    return registers.show(request, Accounts.name, more=more)


def _trail(account: Account | None, title: str = "") -> list[tuple[str, str]]:
    steps = [(_("账号与岗位"), reverse("console:accounts"))]
    if account is not None:
        steps.append((account.name, reverse("console:account", args=[account.pk]) if title else ""))
    return [*steps, (title, "")] if title else steps


@require_GET
@staff(LIST)
def account(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One account: its posts, how its sign-in stands, its tokens; and what may be done."""
    found, actor, day = _found(pk), _actor(request), clock.business_day()
    locked = lockout.is_locked(found.username)
    bound = factor.active(found)
    code_locked = bool(bound and bound.locked_until and bound.locked_until > clock.now())
    posts = list(
        Appointment.objects.filter(account=found)
        .select_related("unit", "acting_for__account")
        .prefetch_related("charge")
        .order_by("valid_to", "valid_from")
    )
    tokens = ApiToken.objects.filter(appointment__account=found).select_related(
        "appointment__account", "appointment__unit"
    )
    context = {
        "account": found,
        "state": state_of(found, locked or code_locked),
        "posts": [(p, p.valid_to is None or p.valid_to > day, p.valid_from > day) for p in posts],
        "factor": bound,
        "locked": locked,
        "code_locked": code_locked,
        "codes_left": factor.codes_left(bound) if bound else 0,
        "sign_ins": found.sign_ins.order_by("-started_at")[:LATEST],
        "tokens": [(t, token_state(t)) for t in tokens],
        "buttons": _buttons(actor, found, locked or code_locked, bool(bound)),
        "may_appoint": actor.may(Appoint.name) and actor.account.id != found.id,
        "may_end": actor.may(EndAppointment.name) and actor.account.id != found.id,
        "may_token": actor.may(CreateToken.name) and actor.account.id != found.id,
        "waiting": second.waiting().filter(account=found).select_related("asked_by"),
        "may_confirm": actor.may(ConfirmProposal.name),
        "is_self": actor.account.id == found.id,
        "trail": _trail(found),
    }
    return render(request, "console/accounts/account.html", context)


def _buttons(actor: Actor, found: Account, locked: bool, bound: bool) -> list[dict[str, str]]:
    """What may be done with the account now; nothing that would be refused."""
    other = actor.account.id != found.id
    listed = [
        (other and locked, account_actions.Unlock, "account_unlock", _("解除登录锁定"), ""),
        (other, account_actions.ResetPassword, "account_password", _("重设密码"), ""),
        (other and bound, factor_actions.ResetFactor, "account_factor", _("重设动态口令"), ""),
        (other and not found.is_active, account_actions.OpenAccount, "account_open", _("重新启用"), ""),
        (other and found.is_active, account_actions.CloseAccount, "account_close", _("停用账号"), "danger"),
    ]
    return [
        {"label": label, "url": reverse(f"console:{name}", args=[found.pk]), "kind": kind}
        for wanted, action, name, label, kind in listed
        if wanted and actor.may(action.name)
    ]


def _units() -> dict[str, Any]:
    return {"units": ReportingUnit.objects.filter(valid_to=None).order_by("rank", "code")}


@staff(Appoint.name)
def new(request: HttpRequest) -> HttpResponse:
    """A new account with its first post; the start password is shown once."""
    response = handle(
        request, Appoint, forms.NewAccountForm(request.POST or None),
        to=reverse("console:accounts"), done=lambda result: _waits(result, _("已新增账号。")), title=_("新增账号"), verb=_("新增账号并任职"),
        template="console/accounts/post.html", context={**_units(), "trail": _trail(None, _("新增账号"))},
    )  # fmt: skip
    return _password(request, response, request.POST.get("username", ""))


def _waits(result: Result, done: str) -> str:
    """What to say: it is done, or it waits for a second person."""
    if not result.get("waiting"):
        return done
    return _("已提出，等另一位系统运维、审计员或办公室主任确认后生效。")


def _password(request: HttpRequest, response: HttpResponse, username: str) -> HttpResponse:
    """The start password in place of the answer, when the action made one."""
    shown = once.take()
    if not shown or response.status_code != 302:
        return response
    made = Account.objects.get(username=username)
    waits = second.waiting().filter(account=made).exclude(kind=Proposal.Kind.TOKEN)
    context = {"account": made, "password": shown[0], "waiting": waits, "days": limits.days("start_password"),
               "trail": _trail(made, _("初始密码"))}  # fmt: skip
    return render(request, "console/accounts/password_once.html", context)


@staff(Appoint.name)
def appoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another post for an account."""
    found = _found(pk)
    return handle(
        request, Appoint, forms.PostForm(request.POST or None, account=found),
        to=reverse("console:account", args=[pk]),
        done=lambda result: _waits(
            result, _("任职已登记。") if result["appointments"] else _("已经在这个岗位上，没有变化。")
        ),
        title=_("给%(name)s登记任职") % {"name": found.name}, verb=_("登记任职"),
        template="console/accounts/post.html", context={**_units(), "trail": _trail(found, _("登记任职"))},
    )  # fmt: skip


@staff(EndAppointment.name)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an appointment."""
    post = get_object_or_404(Appointment.objects.select_related("account", "unit").exclude(
        account__username=system.USERNAME), pk=pk, valid_to=None)  # fmt: skip
    return handle(
        request, EndAppointment, forms.EndForm(request.POST or None), data={"appointment": pk},
        to=reverse("console:account", args=[post.account_id]), done=_("免职已登记。"),
        title=_("免职登记"), verb=_("登记免职"),
        context={
            "about": [(_("谁"), post.account.name), (_("岗位"), str(post)), (_("任职日期"), post.valid_from)],
            "lead": _("以前以这个岗位办过的事不变；代表这个岗位的接口令牌同时失效。没办完的工作要另外转交。"),
            "trail": _trail(post.account, _("免职登记")),
        },
    )  # fmt: skip


@staff(account_actions.CloseAccount.name)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an account."""
    found = _found(pk)
    return _do(request, account_actions.CloseAccount, found, forms.ReasonForm(request.POST or None),
               _("停用“%s”"), _("停用账号"), _("账号已停用，正在用的登录都已退出。"),
               _("停用后不能登录，代表它的接口令牌也停下；以前办过的事不变，随时可以重新启用。"))  # fmt: skip


@staff(account_actions.OpenAccount.name)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a closed account."""
    return _do(request, account_actions.OpenAccount, _found(pk), ActionForm(request.POST or None),
               _("重新启用“%s”"), _("重新启用"), _("账号已重新启用。"), _("启用后可以用原来的密码登录。"))  # fmt: skip


@staff(account_actions.Unlock.name)
def unlock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget wrong passwords and codes."""
    return _do(request, account_actions.Unlock, _found(pk), ActionForm(request.POST or None),
               _("解除“%s”的登录锁定"), _("解除锁定"), _("已解除锁定，现在就可以登录。"),
               _("请先确认输错的是本人；不是本人输错的，请考虑重设密码。"))  # fmt: skip


@staff(factor_actions.ResetFactor.name)
def reset_factor(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a lost second factor away."""
    return _do(request, factor_actions.ResetFactor, _found(pk), forms.ReasonForm(request.POST or None),
               _("重设“%s”的动态口令"), _("重设动态口令"), _("已解除绑定，请本人登录后重新绑定。"),
               _("重设后只要密码就能登录。请当面或电话核对本人身份后再办。"))  # fmt: skip


@staff(account_actions.ResetPassword.name)
def reset_password(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A start password, shown once."""
    found = _found(pk)
    response = _do(request, account_actions.ResetPassword, found, ActionForm(request.POST or None),
                   _("重设“%s”的密码"), _("重设密码"), _("密码已重设。"),
                   _("会生成一个初始密码，只显示一次；本人下次登录时必须改掉。正在用的登录都会退出。"))  # fmt: skip
    return _password(request, response, found.username)


def _do(request: HttpRequest, action: Any, found: Account, form: ActionForm, title: str, verb: str, done: str,
        lead: str) -> HttpResponse:  # fmt: skip
    """One of the operator's actions on an account."""
    return handle(
        request, action, form, data={"account": found.pk}, to=reverse("console:account", args=[found.pk]), done=lambda result: _waits(result, done),
        title=title % found.name, verb=verb, context={"lead": lead, "trail": _trail(found, verb)},
    )  # fmt: skip
