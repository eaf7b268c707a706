"""督办单: drafted for the units that are behind, signed, issued, answered, closed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jimin.core import clock
from jimin.core.access.roles import OFFICE
from jimin.core.access.scope import Actor
from jimin.core.calendar import api as calendar
from jimin.core.files.models import StoredFile
from jimin.core.units import measure
from jimin.domains.planning.actions import orders as acts
from jimin.domains.planning.models import OrderReply, SupervisionOrder, Task
from jimin.domains.planning.ordering import document, quote_of
from jimin.domains.planning.parameters import number
from jimin.domains.planning.registers.orders import status
from jimin.domains.planning.visibility import orderable, orders, replies
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.engines.documents.pdf import to_pdf
from jimin.sites.console.forms import ActionForm, DateInput, handle, must_be_allowed
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import (
    actor_of,
    days_left,
    history,
    must_be_as_seen,
    one,
    route,
)
from jimin.sites.console.planning.views_tasks import shares


def _trail(title: Any, order: SupervisionOrder | None = None) -> list[tuple[Any, str]]:
    above = [(_("督查督办"), reverse("console:orders"))]
    if order is not None:
        above.append((order.number or _("督办单（待签发）"), reverse("console:order", args=[order.pk])))
    return [*above, (title, "")]


# -- drafting --------------------------------------------------------------------------------
class DraftForm(ActionForm):
    """An order: for whom, why, what is asked, until when."""

    units = forms.MultipleChoiceField(
        label=gettext_lazy("督办单位"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("已勾上没有赶上目标的单位，请核对。"),
        error_messages={"required": gettext_lazy("请至少选一个单位。")},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("督办事由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明落后的事实，至少 10 个字。"),
    )  # fmt: skip
    demand = forms.CharField(
        label=gettext_lazy("办理要求"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明要做到什么、报什么，至少 10 个字。"),
    )  # fmt: skip
    reply_due = forms.DateField(label=gettext_lazy("回复期限"), widget=DateInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = choices  # type: ignore[attr-defined]


def reply_date() -> Any:
    """The usual reply date: so many working days from today (a parameter)."""
    return calendar.add_working_days(clock.business_day(), int(number("order_reply_days"))).date


@staff(acts.DraftOrder.name)
def draft(request: HttpRequest) -> HttpResponse:
    """Draft an order about ?task=…; without a task, choose one."""
    actor = actor_of(request)
    mine = orderable(actor)
    pk = request.GET.get("task", "")
    if not pk:
        context = {"tasks": mine.order_by("point__no", "title"), "trail": _trail(_("拟督办单"))}
        return render(request, "console/planning/order_choose.html", context)
    task = one(mine, _uuid(pk))
    rows = shares(actor, task)
    choices = [(r["assignment"].unit.code, said(r, task)) for r in rows]
    behind = [
        r["assignment"].unit.code for r in rows if r["rate"] is None or r["rate"] < 1
    ]  # no figure: not there either
    initial = {"units": behind, "reply_due": reply_date()}
    form = DraftForm(request.POST or None, choices=choices, initial=initial)
    return handle(
        request, acts.DraftOrder, form, data={"task": task.pk}, verb=_("送签"),
        to=lambda result: reverse("console:order", args=[result["order"]]), done=_("督办单已拟好，送签。"),
        template="console/planning/order_draft.html",
        context={"task": task, "back": reverse("console:task", args=[task.pk]), "trail": _trail(_("拟督办单"))},
    )  # fmt: skip


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def said(row: dict[str, Any], task: Task) -> str:
    """A unit with its figure against its goal."""
    name = row["assignment"].unit.short_name
    if row["now"] is None:
        return _("%(name)s（没有数）") % {"name": name} if task.indicator else str(name)
    if not row.get("goal"):
        return str(name)
    unit = task.indicator.unit if task.indicator else ""
    goal = row["goal"].normalize()
    return _("%(name)s（现在 %(now)s%(unit)s，目标 %(goal)s%(unit)s）") % {
        "name": name, "now": f"{row['now']:f}", "goal": f"{goal:f}", "unit": measure(unit),
    }  # fmt: skip


# -- one order ---------------------------------------------------------------------------------
@require_GET
@staff("planning.orders.list")
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one order."""
    actor = actor_of(request)
    found = one(orders(actor), pk)
    work = found.work
    holds = kernel.holds(actor, work)
    answers = list(replies(actor).filter(order=found).order_by("unit__rank", "unit__code"))
    silent = [r for r in answers if r.replied_on is None]
    context = {
        "order": found,
        "work": work,
        "quote": quote_of(found),
        "gap_month": date.fromisoformat(f"{found.gap['period']}-01") if found.gap.get("period") else None,
        "status": status(_counted(found)),
        "route": route(work),
        "history": history(work),
        "replies": [
            {
                "reply": r,
                "left": days_left(found.reply_due),
                "own": r.unit_id == actor.unit.pk,
                "then": found.gap.get("units", {}).get(r.unit.code, ""),
            }
            for r in answers
        ],
        "reply_head": [{"label": t} for t in (_("单位"), _("回复"), _("现在在"), _("承诺完成"))],
        "silent": len(silent),
        "files": StoredFile.objects.filter(owner_type="planning.supervisionorder", owner_id=str(found.pk)),
        "may_sign": holds and work.station != "draft" and actor.may(acts.SignOrder.name),
        "sign_verb": sign_verb(work),
        "may_return": holds and work.station != "draft" and actor.may(acts.ReturnOrder.name),
        "may_redraft": holds and work.station == "draft" and actor.may(acts.RedraftOrder.name),
        "may_close": may_close(actor, found),
        "trail": _trail(found.number or _("督办单（待签发）")),
    }  # fmt: skip
    return render(request, "console/planning/order.html", context)


def sign_verb(work: Work) -> str:
    """What signing is called: the last signature issues the order."""
    return _("签发") if work.position + 1 >= len(work.route) else _("签核，送下一环节")


def _counted(order: SupervisionOrder) -> Any:
    order.silent = order.replies.filter(replied_on=None).count()  # type: ignore[attr-defined]
    return order


def may_close(actor: Actor, order: SupervisionOrder) -> bool:
    """Whether the order can be closed by the actor: it is out, not closed, and his or the office's."""
    own = actor.role in OFFICE or order.task.lead_id == actor.unit.pk
    return own and order.issued_on is not None and order.closed_on is None and actor.may(acts.CloseOrder.name)


class OpinionForm(ActionForm):
    """A word about it."""

    opinion = forms.CharField(
        label=gettext_lazy("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(ActionForm):
    """The reason of a return."""

    opinion = forms.CharField(
        label=gettext_lazy("退回原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("退回必须写明原因。")},
    )  # fmt: skip


class RedraftForm(ActionForm):
    """The order once more, changed."""

    reason = forms.CharField(label=gettext_lazy("督办事由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    demand = forms.CharField(label=gettext_lazy("办理要求"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    reply_due = forms.DateField(label=gettext_lazy("回复期限"), widget=DateInput)
    opinion = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=500)


class CloseForm(ActionForm):
    """Why the order is closed."""

    opinion = forms.CharField(
        label=gettext_lazy("销号说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明差距是否补上，或为什么可以销号；至少 4 个字。"),
    )  # fmt: skip


ORDER_STEPS: dict[str, tuple[Any, type[ActionForm], Any, Any]] = {
    "sign": (acts.SignOrder, OpinionForm, gettext_lazy("签发"), gettext_lazy("已签。")),
    "return": (acts.ReturnOrder, ReasonForm, gettext_lazy("退回拟办人"), gettext_lazy("已退回。")),
    "redraft": (acts.RedraftOrder, RedraftForm, gettext_lazy("重新送签"), gettext_lazy("已重新送签。")),
    "close": (acts.CloseOrder, CloseForm, gettext_lazy("销号"), gettext_lazy("已销号。")),
}


@staff("planning.orders.list")
def order_step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """Sign, return, redraft or close an order."""
    found = one(orders(actor_of(request)), pk)
    step = ORDER_STEPS.get(code)
    if step is None:
        raise Http404
    action, form_class, verb, done = step
    must_be_allowed(actor_of(request), action)
    verb = sign_verb(found.work) if code == "sign" else verb
    initial = {k: getattr(found, k) for k in ("reason", "demand", "reply_due")} if code == "redraft" else {}
    form = form_class(request.POST or None, record=found if code == "close" else None, initial=initial)
    about = [(_("任务"), found.task.title), (_("督办事由"), found.reason), (_("回复期限"), found.reply_due)]
    if request.method == "POST":
        must_be_as_seen(request, found.work)
    return handle(
        request, action, form, data={"order": found.pk}, verb=verb, done=done,
        to=reverse("console:order", args=[found.pk]), template="console/planning/step.html",
        context={"about": about, "seen": found.work.version, "trail": _trail(action.title, found)},
    )  # fmt: skip


@require_GET
@staff("planning.orders.list")
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The order as a document, as it would be printed now."""
    found = one(orders(actor_of(request)), pk)
    content = to_pdf(document(found, list(found.replies.select_related("unit", "assignment"))))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{found.pk}.pdf"'
    return response


# -- replies -------------------------------------------------------------------------------------
class AnswerForm(ActionForm):
    """A unit's answer."""

    cause = forms.CharField(label=gettext_lazy("落后原因"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    measures = forms.CharField(
        label=gettext_lazy("办理措施"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    promise_on = forms.DateField(label=gettext_lazy("承诺完成日期"), widget=DateInput)


@staff("planning.orders.list")
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One unit's reply: read, or written by its clerk."""
    actor = actor_of(request)
    found = one(replies(actor), pk)
    work = found.work
    station = work.station if work is not None and kernel.holds(actor, work) else ""
    context = {
        "reply": found,
        "order": found.order,
        "work": work,
        "left": days_left(found.order.reply_due),
        "route": route(work) if work else [],
        "history": history(work) if work else [],
        "seen": work.version if work else 0,
        "may_sign": station not in ("", "reply") and actor.may(acts.SignReply.name),
        "may_return": station not in ("", "reply") and actor.may(acts.ReturnReply.name),
        "trail": _trail(found.unit.short_name, found.order),
    }
    if not (station == "reply" and actor.may(acts.AnswerOrder.name)):
        if request.method == "POST":
            acts.AnswerOrder.perform(actor, {"reply": found.pk, **_answered(request)})
        return render(request, "console/planning/reply.html", context)
    initial = {"cause": found.cause, "measures": found.measures, "promise_on": found.promise_on}
    form = AnswerForm(request.POST or None, record=found, initial=initial)
    return handle(
        request, acts.AnswerOrder, form, data={"reply": found.pk}, to=reverse("console:reply", args=[found.pk]),
        done=_("回复已送签。"), verb=_("送本单位签复"), template="console/planning/reply.html", context=context,
    )  # fmt: skip


def _answered(request: HttpRequest) -> dict[str, str]:
    names = ("version", "cause", "measures", "promise_on")
    return {n: request.POST[n] for n in names if n in request.POST}


REPLY_STEPS: dict[str, tuple[Any, type[ActionForm], Any, Any]] = {
    "sign": (acts.SignReply, OpinionForm, gettext_lazy("签复"), gettext_lazy("已签。")),
    "return": (acts.ReturnReply, ReasonForm, gettext_lazy("退回经办"), gettext_lazy("已退回。")),
}


@staff("planning.orders.list")
def reply_step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """Sign or return a reply."""
    found: OrderReply = one(replies(actor_of(request)).exclude(work=None), pk)
    step = REPLY_STEPS.get(code)
    if step is None or found.work is None:
        raise Http404
    action, form_class, verb, done = step
    must_be_allowed(actor_of(request), action)
    about = [(_("原因"), found.cause), (_("措施"), found.measures), (_("承诺完成"), found.promise_on)]
    if request.method == "POST":
        must_be_as_seen(request, found.work)
    return handle(
        request, action, form_class(request.POST or None), data={"reply": found.pk}, verb=verb, done=done,
        to=reverse("console:reply", args=[found.pk]), template="console/planning/step.html",
        context={"about": about, "seen": found.work.version, "trail": _trail(action.title, found.order)},
    )  # fmt: skip
