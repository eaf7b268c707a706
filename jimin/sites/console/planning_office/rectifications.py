"""巡视整改: the ledger, one rectification with its proof, and its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.domains.planning import seeing
from jimin.domains.planning.actions import rectification as act
from jimin.domains.planning.models import Rectification
from jimin.sites.console import links
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning_office import forms, steps, who
from jimin.sites.console.planning_office.present import button, cell, pages
from jimin.sites.templatetags.jimin_ui import day

STEPS = (
    steps.Step(
        "report", act.ReportRectification, forms.RectifiedForm, lazy("报整改情况并送签"), lazy("已送签。"), "pri"
    ),
    steps.Step("sign", act.SignRectification, forms.OpinionForm, lazy("签报"), lazy("已签报。"), "pri"),
    steps.Step("verify", act.VerifyRectification, forms.VerifyForm, lazy("核验销号"), lazy("已销号。"), "pri"),
    steps.Step("return", act.ReturnRectification, forms.ReasonForm, lazy("退回"), lazy("已退回责任单位。")),
)


@staff(who.RECTIFICATIONS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every rectification the actor may see."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    rows = seeing.rectifications(actor)
    closed, whole = rows.exclude(closed_on=None).count(), rows.count()
    view = request.GET.get("view", "open")
    chosen = rows.filter(closed_on=None) if view == "open" else rows
    context = {
        "title": _("巡视整改"),
        "sub": _("已销号 %(n)d 项，共 %(all)d 项。") % {"n": closed, "all": whole},
        "views": [(_("未销号"), "?view=open", view == "open"), (_("全部"), "?view=all", view != "open")],
        "register": "planning.rectifications",
        "buttons": [button(_("登记整改事项"), reverse("console:rectification_new"), "pri")]
        if actor.may(act.OpenRectification.name)
        else [],
        "table": pages(
            request, chosen, [_("反馈问题"), _("责任单位"), _("类型"), _("现在"), _("期限")], _cells,
            caption=_("巡视整改"), why=_("登记的整改事项会列在这里。"),
        ),
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _cells(r: Rectification) -> list[dict[str, Any]]:
    where = "" if r.closed_on else f"{r.work.holder_unit} · {r.work.get_holder_role_display()}"
    return [
        cell(str(r), href=reverse("console:rectification", args=[r.pk]), note=r.inspection),
        cell(r.unit.short_name),
        cell(r.get_horizon_display()),
        cell(where or _("已销号")),
        cell(day(r.due_on, "short"), light=steps.light(r.work)),
    ]


def _one(request: HttpRequest, pk: UUID) -> Rectification:
    return get_object_or_404(seeing.rectifications(request.actor), pk=pk)  # type: ignore[attr-defined]


@staff(who.RECTIFICATIONS)
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One rectification with its measure, result and proof."""
    record = _one(request, pk)
    passages = [{"title": _("反馈问题"), "text": record.finding}, {"title": _("整改措施"), "text": record.measure}]
    if record.result:
        proof = record.evidence
        passages.append(
            {
                "title": _("整改情况"),
                "text": record.result,
                "href": links.address(f"files.storedfile:{proof.pk}") if proof else "",
                "link": proof.name if proof else "",
            }
        )
    context = {
        "title": str(record),
        "sub": record.inspection,
        "light": steps.light(record.work),
        "stations": steps.route(record.work),
        "buttons": steps.buttons(request.actor, record, STEPS, "console:rectification_step"),  # type: ignore[attr-defined]
        "passages": passages,
        "facts": [
            (_("责任单位"), record.unit.name),
            (_("整改类型"), record.get_horizon_display()),
            (_("期限"), day(record.due_on, "full")),
            (_("长效机制"), record.mechanism or "—"),
            (_("佐证"), record.evidence.name if record.evidence else "—"),
            (_("销号日期"), day(record.closed_on, "full")),
        ],
        "history": steps.history(record.work),
        "trail": [(_("巡视整改"), reverse("console:rectifications")), (str(record), "")],
    }
    return render(request, "console/planning/record.html", context)


@staff(act.OpenRectification.name)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a problem that an inspection named."""
    return handle(
        request,
        act.OpenRectification,
        forms.RectificationForm(request.POST or None),
        to=lambda result: reverse("console:rectification", args=[result["rectification"]]),
        done=_("已登记并交责任单位。"),
        verb=_("登记并交责任单位"),
        context={"back": reverse("console:rectifications")},
    )


@staff(who.RECTIFICATIONS)
def step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One step of a rectification."""
    record = _one(request, pk)
    return steps.take(
        request, record, code, STEPS, back=reverse("console:rectification", args=[pk]),
        about=[
            (_("反馈问题"), record.finding), (_("整改措施"), record.measure), (_("整改情况"), record.result or "—"),
            (_("长效机制"), record.mechanism or "—"), (_("佐证"), record.evidence.name if record.evidence else "—"),
        ],
        initial={"result": record.result, "mechanism": record.mechanism},
    )  # fmt: skip
