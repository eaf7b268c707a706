"""月报: one page on which a unit's clerk fills everything the month asks. Saving is sending."""

from __future__ import annotations

import uuid
from datetime import MINYEAR, date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions.errors import Refused
from jimin.core.calendar.api import Month
from jimin.domains.planning.actions.reports import FileReports, due_on
from jimin.domains.planning.flows import ReportFlow
from jimin.sites.console.forms import must_be_allowed
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import actor_of, days_left, last_month, trail
from jimin.sites.console.planning.owed import after
from jimin.sites.console.planning.sheet import Row, rows_of, show_problems
from jimin.sites.templatetags.jimin_ui import month as said_month

FIRST = date(MINYEAR + 1, 1, 1)  # the page also names the month before


@staff("planning.read")
def now(request: HttpRequest) -> HttpResponse:
    """The sheet of the month that is reported now."""
    return HttpResponseRedirect(reverse("console:sheet", args=[f"{last_month():%Y-%m}"]))


@staff("planning.read")
def sheet(request: HttpRequest, month: str) -> HttpResponse:
    """The sheet of a month, “2023-09”: shown, or filed."""
    try:
        period = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    if not FIRST <= period <= clock.business_day():
        raise Http404
    actor = actor_of(request)
    if request.method == "POST":
        must_be_allowed(actor, FileReports)
        rows = rows_of(actor, period, request)
        sent = [r for r in rows if r.filled]
        problems = [] if sent else [_("一项也没有填，没有报出。请至少填一项。")]
        if sent and not any(r.errors for r in sent):
            try:
                data = {"period": period, "rows": [r.payload() for r in sent]}
                FileReports.perform(actor, data, key=request.POST.get("key", ""))
            except Refused as refusal:
                problems = show_problems(sent, refusal)
            else:
                messages.success(request, _said(rows, sent))
                return HttpResponseRedirect(request.path)
        return _page(request, period, rows, problems, request.POST.get("key", ""), 422)
    return _page(request, period, rows_of(actor, period), [], str(uuid.uuid4()), 200)


def _said(rows: list[Row], sent: list[Row]) -> str:
    done = {r.assignment.pk for r in sent}
    left = sum(1 for r in rows if r.owed and r.assignment.pk not in done)
    said = ngettext("已报出 %d 项，送本单位签核。", "已报出 %d 项，送本单位签核。", len(sent)) % len(sent)
    return said + (_("还有 %d 项没有填。") % left if left else "")


def _page(
    request: HttpRequest, period: date, rows: list[Row], problems: list[str], key: str, status: int
) -> HttpResponse:
    actor, due = actor_of(request), due_on(period)
    before = Month.of(period).previous().start
    context: dict[str, Any] = {
        "period": period,
        "rows": rows,
        "to_fill": [r for r in rows if r.form is not None],
        "owed": [r for r in rows if r.owed],
        "sent": [r for r in rows if r.form is None and not r.computed],
        "computed": [r for r in rows if r.computed],
        "wrong": [r for r in rows if r.errors or (r.form is not None and r.form.is_bound and r.form.errors)],
        "problems": problems,
        "key": key,
        "due_on": due,
        "left": days_left(due),
        "may_file": actor.may(FileReports.name),
        "is_town": actor.role == Role.TOWN_CLERK,
        "months": [
            (said_month(before), reverse("console:sheet", args=[f"{before:%Y-%m}"]), False),
            (said_month(period), request.path, True),
            *(
                [(said_month(after(period)), reverse("console:sheet", args=[f"{after(period):%Y-%m}"]), False)]
                if after(period) <= clock.business_day()
                else []
            ),
        ],
        "readers": _readers(rows),
        "trail": trail((_("待办"), "console:inbox"), (_("月报填报"), "")),
    }
    return render(request, "console/planning/sheet.html", context, status=status)


def _readers(rows: list[Row]) -> list[str]:
    """Whom a report of this sheet passes, in order (the route of the first row; the 处室 differs by task)."""
    first = next((r for r in rows if r.form is not None), None)
    if first is None:
        return []
    task = first.assignment.task
    stations = ReportFlow.route(first.assignment.unit, task.lead)[1:]
    return [_("%(station)s（%(role)s）") % {"station": s.called, "role": Role(s.role).label} for s in stations]
