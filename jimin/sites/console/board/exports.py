"""The board on paper and in files, and the monthly bulletin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jimin.core.actions.errors import Forbidden
from jimin.core.files import api as files
from jimin.core.files.models import StoredFile
from jimin.domains.planning import board, board_bulletin, board_export, board_people
from jimin.domains.planning.actions.bulletin import IssueBulletin, issued
from jimin.domains.planning.models import Plan, PlanState
from jimin.engines.documents.models import IssuedDocument
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.word import to_docx
from jimin.sites.console.board.asked import Asked, read
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def current_plan() -> Plan:
    """The plan with a board, or 404."""
    plan = board.current()
    if plan is None or plan.state == PlanState.READ:
        raise Http404
    return plan


def choices(asked: Asked) -> list[tuple[str, str]]:
    """What the export menu offers."""
    query = asked.query()
    return [
        (_("Excel：盘面、指标、成果、分单位"), reverse("console:plan_export", args=["xlsx"]) + query),
        (_("Word：月度通报（草稿）"), reverse("console:plan_export", args=["docx"]) + query),
        (_("PDF：月度通报（草稿）"), reverse("console:plan_export", args=["pdf"]) + query),
        (_("发出月度通报"), reverse("console:plan_bulletin") + query),
    ]


def sent(content: bytes, name: str, form: str) -> HttpResponse:
    """A file to keep."""
    header = content_disposition_header(True, f"{name}.{form}") or "attachment"
    return HttpResponse(content, content_type=TYPES[form], headers={"Content-Disposition": header})


@require_GET
@staff("planning.read")
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The board as Excel, or the month's bulletin as a draft in Word or PDF."""
    if form not in TYPES:
        raise Http404
    plan = current_plan()
    asked = read(request, plan, request.actor)  # type: ignore[attr-defined]
    where = asked.unit.short_name if asked.unit else _("全省")
    if form == "xlsx":
        data = board.read(plan, asked.day, asked.unit)
        owners = board_people.owners((s.point.lead_id for s in data.states), asked.day)
        return sent(board_export.workbook(data, owners), f"{plan.title} {where} {asked.period:%Y-%m}", form)
    draft = board_bulletin.compose(plan, asked.period)
    content = to_docx(draft) if form == "docx" else to_pdf(draft)
    return sent(content, _("%s（草稿）") % draft.title, form)


class BulletinForm(ActionForm):
    """Nothing to fill in: the month comes with the address."""


@staff("planning.read")
def bulletin(request: HttpRequest) -> HttpResponse:
    """Issue the month's bulletin, and the ones issued so far. Without a plan in force: the board, which says so."""
    plan = board.current()
    if plan is None or plan.state == PlanState.READ:
        return redirect("console:plan")
    actor = request.actor  # type: ignore[attr-defined]
    asked = read(request, plan, actor)
    if "month" not in request.GET and len(asked.months) > 1:
        asked = replace(asked, period=asked.months[-2])  # the newest month that is over
    here = reverse("console:plan_bulletin") + asked.query()
    if request.method == "POST" and not actor.may(IssueBulletin.name):
        raise Forbidden(_("月度通报由办公室主任发出。"), next_step=_("您可以下载草稿。"))
    day = board.day_of(asked.period)
    data = board.read(plan, day)
    context: dict[str, Any] = {
        "asked": asked,
        "plan": plan,
        "trail": [(_("要点看板"), reverse("console:plan") + asked.query()), (_("月度通报"), "")],
        "conclusion": board_bulletin.conclusion(data, board_people.missing(plan, day)),
        "issued": issued(plan),
        "may_issue": actor.may(IssueBulletin.name),
        "drafts": choices(asked)[1:3],
    }
    return handle(
        request, IssueBulletin, BulletinForm(request.POST or None), to=here,
        data={"plan": str(plan.id), "period": asked.period.isoformat()},
        done=lambda result: _("已发出 %(number)s，核验码 %(code)s。") % result,
        template="console/board/bulletin.html", context=context,
    )  # fmt: skip


@require_GET
@staff("planning.read")
def issued_file(request: HttpRequest, pk: str, form: str) -> HttpResponse:
    """The Word or PDF file of a bulletin exactly as it was issued."""
    record = get_object_or_404(IssuedDocument, pk=pk)
    kept = get_object_or_404(
        StoredFile, owner_type=record._meta.label_lower, owner_id=str(record.pk), name__endswith=f".{form}"
    )
    if record not in issued(current_plan()):
        raise Http404
    return sent(files.read(kept), record.number, form)
