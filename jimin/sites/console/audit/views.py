"""The auditor's pages: the trail with the state of its seal, one row, the checks, the bundle for a stranger."""

from __future__ import annotations

import hashlib
import json
import tempfile
from typing import IO, Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.audit import words
from jimin.core.audit.actions import StartVerification, TakeBundle
from jimin.core.audit.anchor import parameters
from jimin.core.audit.bundle import since_for, write_bundle
from jimin.core.audit.models import AuditRow, Verification
from jimin.core.audit.registers import Trail, light, shown
from jimin.core.audit.state import anchored, state
from jimin.sites.console import registers
from jimin.sites.console.audit.menu import CHECKS, TRAIL
from jimin.sites.console.guard import staff

HISTORY = 30  # rows of a record's history on the page of one row
IN_MEMORY = 4 * 1024 * 1024


def trail(request: HttpRequest) -> HttpResponse:
    """Every row, under the state of the seal."""
    return registers.show(request, Trail.name, "console/audit/trail.html", _seal)


def _seal(request: HttpRequest) -> dict[str, Any]:
    now = state()
    return {
        "seal": now,
        "checked": (light(now.verification), now.verification) if now.verification else None,
        "running": Verification.objects.filter(state=Verification.State.RUNNING).first(),
        "may_check": _actor(request).may(StartVerification.name),
        "may_take": _actor(request).may(TakeBundle.name),
        "limit": int(parameters()["bundle_rows"]),
    }


@staff(TRAIL)
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row: who, when, where, before and after in words, its block, and what else happened to its record."""
    found = get_object_or_404(AuditRow, pk=pk)
    block, is_anchored = anchored(found)
    values, note = words.body(found)
    about = AuditRow.objects.filter(object_id=found.object_id) if found.object_id else AuditRow.objects.none()
    if found.object_id:
        about = about | AuditRow.objects.filter(shown(found.object_id))
    others = list(about.order_by("-id")[: HISTORY + 1])
    kinds = {v.before != "" for v in values}
    context = {
        "row": found,
        "act": words.action(found),
        "sort": words.sort(found),
        "subject": words.subject(found),
        "values": values,
        "changes": True in kinds,
        "note": note,
        "sealed": block,
        "unit": words.unit(found),
        "anchored": is_anchored,
        "history": [(r, words.action(r), r.pk == found.pk) for r in others[:HISTORY]],
        "more": len(others) > HISTORY,
        "trail": [(_("审计记录"), reverse("console:audit")), (_("第 %d 条") % found.pk, "")],
    }
    return render(request, "console/audit/row.html", context)


def checks(request: HttpRequest) -> HttpResponse:
    """The checks so far."""
    return registers.show(request, "audit.verifications")


@require_POST
@staff(StartVerification.name)
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a check."""
    done = StartVerification.perform(_actor(request), key=request.POST.get("key", ""))
    messages.success(request, _("已经开始核验，结果会出现在这一页；百万条记录约要半分钟。"))
    return HttpResponseRedirect(reverse("console:audit_check", args=[done["verification"]]))


@staff(CHECKS)
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One check and what it found."""
    found = get_object_or_404(Verification, pk=pk)
    report = json.loads(found.report) if found.report else {}
    first = AuditRow.objects.filter(pk=found.first_bad).first() if found.first_bad is not None else None
    context = {
        "found": found,
        "light": light(found),
        "report": report,
        "is_running": found.state == Verification.State.RUNNING,
        "first": (first, words.action(first), words.subject(first)) if first else None,
        "trail": [
            (_("审计记录"), reverse("console:audit")), (_("审计核验"), reverse("console:audit_checks")), (str(found), ""),
        ],
    }  # fmt: skip
    return render(request, "console/audit/check.html", context)


@require_POST
@staff(TakeBundle.name)
def bundle(request: HttpRequest) -> HttpResponse:
    """The newest blocks with their rows, the anchors and the checker, as one file; who took it is on record first."""
    since = since_for(int(parameters()["bundle_rows"]))
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed to the response
    rows, blocks = write_bundle(file, since)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type,unused-ignore]
    TakeBundle.perform(_actor(request), {"since": since, "rows": rows, "blocks": blocks, "sha256": digest})
    file.seek(0)
    title = _("审计核验包")
    name = f"{title}_{clock.now():%Y%m%d_%H%M}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]  # both are HttpResponseBase


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
