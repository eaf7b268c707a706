"""One monthly report: its figure, what proves it, its route, and what the reader can do with it now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.domains.planning.actions import reports as acts
from jimin.domains.planning.models import Report
from jimin.domains.planning.visibility import reports
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.engines.indicators.models import Indicator
from jimin.engines.indicators.sources import LISTS
from jimin.sites.console.forms import ActionForm, must_be_allowed, show
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import (
    actor_of,
    addresses,
    days_left,
    history,
    must_be_as_seen,
    one,
    route,
)
from jimin.sites.console.planning.figures import Figures, goal_of, owed

STEPS: dict[str, Any] = {
    "sign": (acts.SignReports, gettext_lazy("签核")),
    "review": (acts.ReviewReports, gettext_lazy("审核通过")),
    "accept": (acts.AcceptReports, gettext_lazy("验收：数据计入看板")),
}


class OpinionForm(ActionForm):
    """A word about it; may be empty."""

    opinion = forms.CharField(
        label=gettext_lazy("意见"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReturnForm(ActionForm):
    """The reason of a return; its maker reads it."""

    opinion = forms.CharField(
        label=gettext_lazy("退回原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写清哪里不对、怎样改；填报人会看到。"),
        error_messages={"required": gettext_lazy("退回必须写明原因。")},
    )  # fmt: skip


@require_GET
@staff()
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one report."""
    found = one(reports(actor_of(request)), pk)
    return _page(request, found, *_forms())


@require_POST
@staff()
def step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """Sign, review, accept or return one report."""
    actor = actor_of(request)
    found = one(reports(actor), pk)
    if code not in STEPS and code != "return":
        raise Http404
    action = acts.ReturnReports if code == "return" else STEPS[code][0]
    must_be_allowed(actor, action)
    must_be_as_seen(request, found.work)
    forward, back = _forms(request if code != "return" else None, request if code == "return" else None)
    form = back if code == "return" else forward
    if not form.is_valid():
        return _page(request, found, forward, back, status=422)
    following = neighbours(actor, found.work)[1]
    try:
        action.perform(actor, {"reports": [found.pk], **form.payload()}, key=str(form.cleaned_data["key"]))
    except Refused as refusal:
        show(form, refusal)
        return _page(request, found, forward, back, status=422)
    messages.success(request, _("已办：%(what)s“%(title)s”。") % {"what": action.title, "title": found.work.title})
    return HttpResponseRedirect(following or reverse("console:inbox"))


def _forms(forward: HttpRequest | None = None, back: HttpRequest | None = None) -> tuple[OpinionForm, ReturnForm]:
    first = OpinionForm(forward.POST if forward else None, auto_id="go_%s")
    return first, ReturnForm(back.POST if back else None, auto_id="back_%s")


def _page(
    request: HttpRequest, found: Report, forward: OpinionForm, back: ReturnForm, status: int = 200
) -> HttpResponse:
    actor, work = actor_of(request), found.work
    before, after, place = neighbours(actor, work)
    here = STEPS.get(work.station)
    may = kernel.holds(actor, work)
    indicator = found.assignment.task.indicator
    context = {
        "report": found,
        "work": work,
        "left": days_left(work.due_on) if work.is_open else None,
        "figure": figure(found, indicator) if indicator else None,
        "past": past(found) if indicator else [],
        "evidence": found.evidence.filter(removed_on=None).select_related("file"),
        "route": route(work),
        "history": history(work),
        "forward": forward if may and here and actor.may(here[0].name) else None,
        "verb": here[1] if here else "",
        "back": back if may and here and actor.may(acts.ReturnReports.name) else None,
        "refill": may and work.station == "fill",
        "why_not": "" if may or not work.is_open else f"{work.holder_unit} · {work.get_holder_role_display()}",
        "before": before,
        "after": after,
        "place": place,
        "trail": [(_("待办"), reverse("console:inbox")), (found.assignment.task.title, "")],
    }
    return render(request, "console/planning/report.html", context, status=status)


def neighbours(actor: Actor, work: Work) -> tuple[str, str, str]:
    """The page of the work before and after this one in the reader's inbox, and its place (“3 / 31”)."""
    ids = list(kernel.inbox(actor).values_list("id", flat=True))
    if work.pk not in ids:
        return "", "", ""
    n = ids.index(work.pk)
    around = Work.objects.in_bulk(
        [i for i in (ids[n - 1] if n else None, ids[n + 1] if n + 1 < len(ids) else None) if i]
    )
    urls = addresses(around.values())
    first = urls.get(ids[n - 1], "") if n else ""
    last = urls.get(ids[n + 1], "") if n + 1 < len(ids) else ""
    return first, last, f"{n + 1} / {len(ids)}"


def figure(found: Report, indicator: Indicator) -> dict[str, Any]:
    """The report's figure with its parts, the month before, and the goal."""
    figures = Figures()
    now = figures.of(found)
    previous = figures.before([found]).get(found.pk)
    then = figures.of(previous) if previous else None
    return {
        "now": now,
        "then": then,
        "then_period": previous.period if previous else None,
        "change": now - then if now is not None and then is not None else None,
        "goal": owed(found.assignment, goal_of(found.assignment.task)),
        "indicator": indicator,
        "denominator": figures.denominator(found, indicator),
        "listed": LISTS[indicator.denominator_list].title if indicator.denominator_list in LISTS else "",
    }


def past(found: Report) -> list[dict[str, Any]]:
    """The year's reports on the same assignment, the newest first."""
    figures = Figures()
    rows = Report.objects.filter(
        assignment=found.assignment, period__year=found.period.year, period__lte=found.period
    ).select_related("work", "assignment__task__indicator")
    return [{"report": r, "value": figures.of(r)} for r in rows.order_by("-period")]


@require_GET
@staff()
def work(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From a work to the page of its record, which looks for itself who may read it."""
    found = one(Work.objects.all(), pk)
    url = addresses([found]).get(found.pk)
    if not url:
        raise Http404
    return HttpResponseRedirect(url)
