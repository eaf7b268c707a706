"""批示件: the ledger, one instruction, and its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.domains.planning import seeing
from jimin.domains.planning.actions import office as act
from jimin.domains.planning.models import Instruction
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning_office import forms, steps, who
from jimin.sites.console.planning_office.present import button, cell, pages
from jimin.sites.templatetags.jimin_ui import day

STEPS = (
    steps.Step("reply", act.ReplyInstruction, forms.ReplyForm, lazy("填办理情况并送签"), lazy("已送签。"), "pri"),
    steps.Step("sign", act.SignInstruction, forms.OpinionForm, lazy("签报"), lazy("已签报。"), "pri"),
    steps.Step("close", act.CloseInstruction, forms.OpinionForm, lazy("办结"), lazy("已办结。"), "pri"),
    steps.Step("return", act.ReturnInstruction, forms.ReasonForm, lazy("退回"), lazy("已退回填报人。")),
)


@staff(who.INSTRUCTIONS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every instruction the actor may see; open ones, overdue ones, or all."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    view = request.GET.get("view", "open")
    rows = seeing.instructions(actor)
    late = rows.filter(closed_on=None, work__due_on__lt=clock.business_day())
    chosen = {"open": rows.filter(closed_on=None), "late": late}.get(view, rows)
    context = {
        "title": _("批示件"),
        "sub": _("从收到、交办、回复到办结；超期 %d 件。") % late.count(),
        "views": [
            (label, f"?view={v}", view == v) for v, label in (("open", _("在办")), ("late", _("超期")), ("all", _("全部")))
        ],
        "register": "planning.instructions",
        "buttons": [button(_("登记批示件"), reverse("console:instruction_new"), "pri")]
        if actor.may(act.RecordInstruction.name)
        else [],
        "table": pages(
            request, chosen, [_("编号"), _("批示人"), _("原件"), _("承办单位"), _("现在"), _("期限")], _cells,
            caption=_("批示件"), why=_("符合条件的批示件会列在这里。"),
        ),
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _cells(r: Instruction) -> list[dict[str, Any]]:
    where = "" if r.closed_on else f"{r.work.holder_unit} · {r.work.get_holder_role_display()}"
    return [
        cell(r.number, href=reverse("console:instruction", args=[r.pk])),
        cell(r.leader),
        cell(r.on_paper, note=r.text[:60]),
        cell(r.unit.short_name),
        cell(where or _("已办结")),
        cell(day(r.work.due_on, "short"), light=steps.light(r.work)),
    ]


def _one(request: HttpRequest, pk: UUID) -> Instruction:
    return get_object_or_404(seeing.instructions(request.actor), pk=pk)  # type: ignore[attr-defined]


@staff(who.INSTRUCTIONS)
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One instruction with its way."""
    record = _one(request, pk)
    passages = [{"title": _("批示内容"), "text": record.text}]
    if record.reply:
        passages.append({"title": _("办理情况"), "text": record.reply})
    context = {
        "title": record.number,
        "sub": record.on_paper,
        "light": steps.light(record.work),
        "stations": steps.route(record.work),
        "buttons": steps.buttons(request.actor, record, STEPS, "console:instruction_step"),  # type: ignore[attr-defined]
        "passages": passages,
        "facts": [
            (_("批示人"), record.leader),
            (_("批示日期"), day(record.written_on, "full")),
            (_("收到日期"), day(record.received_on, "full")),
            (_("承办单位"), record.unit.name),
            (_("回复期限"), day(record.work.due_on, "full")),
            (_("相关要点"), "；".join(str(p) for p in record.points.all()) or "—"),
        ],
        "history": steps.history(record.work),
        "trail": [(_("批示件"), reverse("console:instructions")), (record.number, "")],
    }
    return render(request, "console/planning/record.html", context)


@staff(act.RecordInstruction.name)
def new(request: HttpRequest) -> HttpResponse:
    """Enter an instruction."""
    form = forms.InstructionForm(request.POST or None, initial={"received_on": clock.business_day()})
    return handle(
        request,
        act.RecordInstruction,
        form,
        to=lambda result: reverse("console:instruction", args=[result["instruction"]]),
        done=_("已登记并交办。"),
        verb=_("登记并交办"),
        context={"back": reverse("console:instructions")},
    )


@staff(who.INSTRUCTIONS)
def step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One step of an instruction."""
    record = _one(request, pk)
    return steps.take(
        request, record, code, STEPS, back=reverse("console:instruction", args=[pk]),
        about=[(_("编号"), record.number), (_("批示内容"), record.text), (_("办理情况"), record.reply or "—")],
        initial={"reply": record.reply},
    )  # fmt: skip
