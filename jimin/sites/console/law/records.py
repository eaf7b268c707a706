"""One value of a place: proposed, looked at beside its scan, confirmed, refused or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jimin.core.access.scope import Actor
from jimin.core.actions.base import Action
from jimin.core.divisions import api as divisions
from jimin.core.files import api as files
from jimin.core.files.checks import KINDS
from jimin.core.registers.columns import name_of
from jimin.engines.cases import kernel
from jimin.engines.documents import pictures
from jimin.engines.documents.model import DocumentError
from jimin.engines.policy import actions, seeing
from jimin.engines.policy.models import ParameterRecord, RecordState
from jimin.engines.policy.registers import status, title_of
from jimin.sites.console.forms import ActionForm, handle, must_be_allowed
from jimin.sites.console.guard import staff
from jimin.sites.console.law import forms, who
from jimin.sites.console.law.parameters import declared
from jimin.sites.console.planning_office import steps as works
from jimin.sites.templatetags.jimin_ui import day


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a record: its word in the address, its action, its form, the words of its button and its success."""

    code: str
    action: type[Action]
    form: type[ActionForm]
    verb: Promise
    done: Promise
    kind: str = ""


STEPS = (
    Step("sign", actions.SignParameter, forms.SignForm, lazy("与扫描件相符，确认"), lazy("已签核。"), "pri"),
    Step("refuse", actions.RefuseParameter, forms.RefuseForm, lazy("不予确认"), lazy("已不予确认，拟报人看得到原因。")),
    Step("withdraw", actions.WithdrawParameter, forms.WithdrawForm, lazy("撤回"), lazy("已撤回。")),
)


@staff(actions.ProposeParameter.name)
def propose(request: HttpRequest, domain: str, path: str) -> HttpResponse:
    """Propose what the own place has set."""
    parameter = declared(domain, path)
    actor: Any = request.actor  # type: ignore[attr-defined]
    code = divisions.province().code if actor.unit.is_provincial else actor.unit.jurisdiction
    form = forms.ProposalForm(
        request.POST or None, request.FILES or None, parameter=parameter, initial=_like(request, actor, domain, path)
    )
    back = reverse("console:parameter", args=[domain, path])
    return handle(
        request,
        actions.ProposeParameter,
        form,
        to=lambda result: reverse("console:parameter_record", args=[result["record"]]),
        done=_("已拟报，送本单位签核。"),
        data={"domain": domain, "path": path},
        title=_("拟报：%s") % parameter.title,
        verb=_("拟报并送签"),
        store=works.keeper(request),
        context={
            "back": back,
            "about": [(_("参数"), parameter.title), (_("地方"), name_of(code) if code else "—")],
            "lead": _("另一个岗位的人对着扫描件核对、确认以后才算数。"),
            "trail": [(parameter.title, back), (_("拟报"), "")],
        },
    )


def _like(request: HttpRequest, actor: Actor, domain: str, path: str) -> dict[str, Any]:
    """What an earlier proposal of the own office said: a refused one need not be typed again."""
    pk = request.GET.get("like", "")
    mine = seeing.records(actor).filter(domain=domain, path=path, office=actor.unit)
    try:
        record = mine.filter(pk=UUID(pk)).first() if pk else None
    except ValueError:
        record = None
    if record is None:  # a simulation says what it changed
        return {name: request.GET[name] for name in ("area", "value") if request.GET.get(name)}
    fields = ("area", "valid_from", "valid_to", "issuer", "document_no", "article")
    return {name: getattr(record, name) for name in fields}


@require_safe
@staff(who.LAW)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One value with its paper beside it, what confirming it brings about, and the way it went."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    record = _record(actor, pk)
    shown = status(record)
    back = reverse("console:parameter", args=[record.domain, record.path])
    again = record.state in (RecordState.REFUSED, RecordState.WITHDRAWN) and record.proposed_by_id == actor.account.id
    context = {
        "record": record,
        "title": title_of(record),
        "light": {"status": shown.light, "word": shown.word},
        "facts": facts(record),
        "effect": effect(record) if record.state == RecordState.PROPOSED else [],
        "scan": reverse("console:file", args=[record.scan_id]),
        "picture": reverse("console:parameter_scan", args=[pk, 1]),
        "stations": works.route(record.work),
        "history": works.history(record.work),
        "buttons": [
            {"label": s.verb, "url": reverse("console:parameter_step", args=[pk, s.code]), "kind": s.kind}
            for s in open_steps(actor, record)
        ],
        "again": reverse("console:parameter_propose", args=[record.domain, record.path]) + f"?like={pk}"
        if again
        else "",
        "trail": [(title_of(record), back), (record.said, "")],
    }
    return render(request, "console/law/record.html", context)


@require_safe
@staff(who.LAW)
def scan(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A page of the paper as a picture."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    record = _record(actor, pk)
    content = files.look(record.scan, actor)
    if record.scan.kind == "pdf":
        try:
            picture, kind = pictures.page_of(content, number), "image/png"
        except DocumentError:
            raise Http404 from None
    else:
        picture, kind = content, KINDS[record.scan.kind].content_type
    response = HttpResponse(picture, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def _record(actor: Actor, pk: UUID) -> ParameterRecord:
    rows = seeing.records(actor).select_related("replaces", "proposed_by", "confirmed_by")
    return get_object_or_404(rows, pk=pk)


def facts(record: ParameterRecord) -> list[tuple[str, Any]]:
    """What the record says, in the order in which it is compared with the paper."""
    return [
        (_("地方"), name_of(record.division) + (f" · {record.get_area_display()}" if record.area else "")),
        (_("数值"), record.said),
        (_("施行日期"), day(record.valid_from, "full")),
        (_("停止日期"), day(record.valid_to, "full") if record.valid_to else "—"),
        (_("发文机关"), record.issuer),
        (_("文号"), record.document_no),
        (_("条款或原句"), record.article),
        (_("拟报"), f"{record.office} · {record.proposed_by.name} · {day(record.proposed_on, 'full')}"),
        (
            _("确认"),
            f"{record.confirmed_by.name} · {day(record.confirmed_on, 'full')}" if record.confirmed_by else "—",
        ),
    ]


def effect(record: ParameterRecord) -> list[str]:
    """What happens once it is confirmed, in words."""
    words = [_("自 %(day)s 起按 %(value)s 计算。") % {"day": day(record.valid_from, "full"), "value": record.said}]
    if record.replaces is not None:
        last = record.valid_from - timedelta(days=1)
        if last < record.replaces.valid_from:
            words.append(_("接替原来的 %s，从它的第一天起。") % record.replaces.said)
        else:
            said = {"value": record.replaces.said, "day": day(last, "full")}
            words.append(_("原来的 %(value)s 到 %(day)s 为止。") % said)
    if record.valid_to is not None:
        words.append(_("到 %s 为止，以后没有数值，除非另报。") % day(_before(record.valid_to), "full"))
    return words


def _before(end: date) -> date:
    return end - timedelta(days=1)


def open_steps(actor: Actor, record: ParameterRecord) -> list[Step]:
    """The steps that an actor can take now."""
    if record.state != RecordState.PROPOSED:
        return []
    holds = kernel.holds(actor, record.work)
    mine = record.proposed_by_id == actor.account.id
    open_to = {"sign": holds and not mine, "refuse": holds, "withdraw": mine}
    return [s for s in STEPS if actor.may(s.action.name) and open_to[s.code]]


@staff(who.LAW)
def step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One step, with the scan beside the form."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    record = _record(actor, pk)
    found = next((s for s in STEPS if s.code == code), None)
    if found is None:
        raise Http404
    must_be_allowed(actor, found.action)
    back = reverse("console:parameter_record", args=[pk])
    return handle(
        request,
        found.action,
        found.form(request.POST or None, record=record),
        to=back,
        done=found.done,
        data={"record": pk},
        title=found.action.title,
        verb=found.verb,
        template="console/law/step.html",
        context={
            "about": facts(record),
            "effect": effect(record) if code == "sign" else [],
            "scan": reverse("console:file", args=[record.scan_id]),
            "picture": reverse("console:parameter_scan", args=[pk, 1]),
            "record": record,
            "back": back,
            "trail": [(title_of(record), back), (found.action.title, "")],
        },
    )
