"""The operator's pages of tokens: the list, one token, giving one, ending one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jimin.core.access import once, permissions, system
from jimin.core.access.models import ApiToken, Appointment
from jimin.core.access.tokens import CreateToken, RevokeToken
from jimin.sites.console import registers
from jimin.sites.console.accounts import forms
from jimin.sites.console.accounts.registers import Tokens, token_state
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff

LIST = Tokens.permission_of(Tokens.name)


def tokens(request: HttpRequest) -> HttpResponse:
    """接口令牌."""
    return registers.show(request, Tokens.name)


def _trail(title: str) -> list[tuple[str, str]]:
    return [(_("接口令牌"), reverse("console:tokens")), (title, "")]


def _one(pk: UUID) -> ApiToken:
    return get_object_or_404(ApiToken.objects.select_related("appointment__account", "appointment__unit"), pk=pk)


@require_GET
@staff(LIST)
def token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a token may, as whom, until when."""
    found = _one(pk)
    titles = {p.name: p.title for p in permissions.table()}
    may = request.actor.may(RevokeToken.name)  # type: ignore[attr-defined]
    context = {
        "token": found,
        "state": token_state(found),
        "permissions": [(titles.get(name, name), name) for name in found.permissions],
        "revoke": reverse("console:token_revoke", args=[pk]) if may and found.revoked_at is None else "",
        "trail": _trail(found.name),
    }
    return render(request, "console/accounts/token.html", context)


@staff(CreateToken.name)
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a token to an appointment; it is shown once."""
    from jimin.sites.api.urls import OFFERED

    posts = Appointment.objects.filter(valid_to=None).exclude(account__username=system.USERNAME)
    post = get_object_or_404(posts.select_related("account", "unit"), pk=pk)
    form = forms.TokenForm(request.POST or None, post=post, offered=OFFERED)
    response = handle(
        request, CreateToken, form, data={"appointment": pk},
        to=reverse("console:account", args=[post.account_id]), done=_("已提出，确认后令牌才能用。"),
        title=_("发放接口令牌"), verb=_("发放令牌"),
        context={
            "about": [(_("代表谁"), post.account.name), (_("岗位"), str(post))],
            "lead": _("其他系统凭它以这个岗位办事。要另一位系统运维、审计员或办公室主任确认才能用；发放会写进审计，本人在“我的账号”里看得到。"),
            "trail": _trail(_("发放接口令牌")),
        },
    )  # fmt: skip
    shown = once.take()
    if not shown or response.status_code != 302:
        return response
    context = {
        "post": post,
        "token": shown[0],
        "name": form.cleaned_data["name"],
        "trail": _trail(_("令牌只显示这一次")),
    }
    return render(request, "console/accounts/token_once.html", context)


@staff(RevokeToken.name)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a token at once."""
    found = _one(pk)
    return handle(
        request, RevokeToken, ActionForm(request.POST or None), data={"token": pk},
        to=reverse("console:token", args=[pk]), done=_("令牌已停用，下一次调用就会被拒绝。"),
        title=_("停用令牌“%s”") % found.name, verb=_("停用令牌"),
        context={"lead": _("停用不能撤回；要恢复就另发一个。"), "trail": _trail(_("停用令牌"))},
    )  # fmt: skip
