"""The second person's pages: what waits, one of them, confirming it, refusing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jimin.core.access import permissions
from jimin.core.access.models import Proposal
from jimin.core.access.second_actions import ConfirmProposal, RefuseProposal
from jimin.sites.console import registers
from jimin.sites.console.accounts import forms
from jimin.sites.console.accounts.registers import Proposals, proposal_state
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff

LIST = Proposals.permission_of(Proposals.name)


def proposals(request: HttpRequest) -> HttpResponse:
    """待确认的账号事项."""
    return registers.show(request, Proposals.name)


def _one(pk: UUID) -> Proposal:
    return get_object_or_404(Proposal.objects.select_related("account", "asked_by", "decided_by"), pk=pk)


def _trail(found: Proposal, title: str = "") -> list[tuple[str, str]]:
    steps = [(_("待确认的账号事项"), reverse("console:proposals"))]
    if not title:
        return [*steps, (found.account.name, "")]
    return [*steps, (found.account.name, reverse("console:proposal", args=[found.pk])), (title, "")]


def _about(found: Proposal) -> list[tuple[str, Any]]:
    """What is decided upon, in full: the one who confirms answers for it."""
    rows: list[tuple[str, Any]] = [
        (_("事项"), found.get_kind_display()),
        (_("谁"), f"{found.account.name}（{found.account.username}）"),
        (_("内容"), found.what),
        (_("提出人"), found.asked_by.name),
    ]
    details = found.details
    if found.kind == Proposal.Kind.TOKEN:
        titles = {p.name: p.title for p in permissions.table()}
        rows.append((_("准许做什么"), "；".join(titles.get(name, name) for name in details["permissions"])))
        rows.append((_("到期日"), details["expires_on"]))
    if found.kind == Proposal.Kind.POST:
        rows.append((_("任职日期"), details["valid_from"]))
        rows += [(_("职务"), details["title"])] if details["title"] else []
        rows += [(_("代理谁（AB 角）"), details["acting_for"])] if details["acting_for"] else []
        rows += [(_("分管单位"), "、".join(details["charge"]))] if details["charge"] else []
    return rows


@require_GET
@staff(LIST)
def proposal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them, and what one may do with it."""
    found, actor = _one(pk), request.actor  # type: ignore[attr-defined]
    own = actor.account.pk == found.asked_by_id
    context = {
        "proposal": found,
        "about": _about(found),
        "state": proposal_state(found),
        "own": own,
        "may_confirm": found.waits and not own and actor.account.pk != found.account_id,
        "trail": _trail(found),
    }
    return render(request, "console/accounts/proposal.html", context)


@staff(ConfirmProposal.name)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm; it is carried out at once."""
    found = _one(pk)
    return handle(
        request, ConfirmProposal, ActionForm(request.POST or None), data={"proposal": pk},
        to=reverse("console:proposals"), done=_("已确认，现在生效。"), title=_("确认：%s") % found.get_kind_display(), verb=_("确认"),
        context={
            "about": _about(found), "trail": _trail(found, _("确认")), "back": reverse("console:proposal", args=[pk]),
            "lead": _("确认以后马上生效，您的名字会留在审计里。请先向本人或其单位核实，不要只听提出的人说。"),
        },
    )  # fmt: skip


@staff(RefuseProposal.name)
def refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Refuse with the reason; or take one's own back."""
    found = _one(pk)
    own = request.actor.account.pk == found.asked_by_id  # type: ignore[attr-defined]
    words = _("撤回") if own else _("不同意")
    return handle(
        request, RefuseProposal, forms.ReasonForm(request.POST or None), data={"proposal": pk},
        to=reverse("console:proposals"), done=_("已撤回，没有生效。") if own else _("已写明不同意，没有生效。"), title=words, verb=words,
        context={"about": _about(found), "trail": _trail(found, words), "back": reverse("console:proposal", args=[pk])},
    )  # fmt: skip
