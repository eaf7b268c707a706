"""要点导入与定稿: read a plan document, look through what was found, name the leads, measure, put in force, open tasks."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.domains.planning import duties
from jimin.domains.planning.actions import judging
from jimin.domains.planning.actions import plan as acts
from jimin.domains.planning.actions.tasks import OpenTasks
from jimin.domains.planning.models import (
    STANDING,
    Deliverable,
    DeliverableKind,
    Finality,
    Found,
    Plan,
    PlanState,
    Point,
    Target,
)
from jimin.domains.planning.visibility import plans
from jimin.engines.indicators.models import Comparator
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import actor_of, keep, one
from jimin.sites.console.planning.marks import pieces


class ImportForm(ActionForm):
    """The document."""

    file = forms.FileField(
        label=gettext_lazy("要点文件"),
        help_text=gettext_lazy("txt、docx 或 pdf；正文须有“一、……”的章和连续编号的点。读入后先核对，不会直接执行。"),
        error_messages={"required": gettext_lazy("请选择文件。")},
    )


@staff(acts.ImportPlan.name)
def start(request: HttpRequest) -> HttpResponse:
    """The plans, and the form that reads another one. A refused file says every problem with its place."""
    form = ImportForm(request.POST or None, request.FILES or None)
    rows = plans(actor_of(request)).order_by("-year", "-id")
    return handle(
        request, acts.ImportPlan, form, verb=_("读入并核对"), store=lambda upload: keep(request, upload),
        to=lambda result: reverse("console:plan_draft", args=[result["plan"]]),
        done=lambda result: _("这份文件以前读过，下面是那一次的结果。") if result["known"] else _("已读入，请逐处核对。"),
        template="console/planning/plan_start.html",
        context={"plans": rows, "trail": [(_("要点导入与定稿"), "")]},
    )  # fmt: skip


# -- the whole plan -------------------------------------------------------------------------------
@require_GET
@staff("planning.read")
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was found in a plan: doubts first, then the points with their leads, then what is left to do."""
    actor = actor_of(request)
    plan = one(plans(actor), pk)
    points = list(plan.points.select_related("chapter", "lead").prefetch_related("targets", "deliverables"))
    units = leading()
    may = actor.may(judging.JudgeTarget.name) and plan.state == PlanState.READ
    measured = [t for p in points for t in p.targets.all() if t.found in STANDING]
    doubts = doubtful(points)
    context = {
        "plan": plan,
        "may": may,
        "doubts": doubts,
        "all_of": request.GET.get("all", ""),
        "reader_doubts": plan.doubts,
        "rows": [point_row(p, units) for p in points],
        "units": units,
        "unmeasured": [t for t in measured if t.goal_id is None],
        "measured": len([t for t in measured if t.goal_id is not None]),
        "leaderless": [p.no for p in points if p.lead_id is None],
        "may_confirm": actor.may(acts.PutInForce.name) and plan.state == PlanState.READ,
        "may_open": actor.may(OpenTasks.name) and plan.state == PlanState.IN_FORCE and duties.unopened(plan),
        "may_measure": actor.may("planning.target.measure") and plan.state != PlanState.REPLACED,
        "older": Plan.objects.filter(year=plan.year, state=PlanState.IN_FORCE).exclude(pk=plan.pk).first(),
        "steps": steps(plan, doubts, points, measured),
        "key": uuid.uuid4(),
        "trail": plan_trail(plan.title),
    }
    return render(request, "console/planning/plan_draft.html", context)


def plan_trail(title: Any, plan: Plan | None = None) -> list[tuple[Any, str]]:
    above: list[tuple[Any, str]] = [(_("要点导入与定稿"), reverse("console:plan_import"))]
    if plan is not None:
        above.append((plan.title, reverse("console:plan_draft", args=[plan.pk])))
    return [*above, (title, "")]


def leading() -> list[ReportingUnit]:
    """The offices that can lead a point."""
    kinds = (UnitKind.OFFICE, UnitKind.DIRECT)
    return list(ReportingUnit.objects.filter(kind__in=kinds, valid_to=None).order_by("rank", "code"))


def suggested(point: Point, units: list[ReportingUnit]) -> ReportingUnit | None:
    """The office whose duties' words the point uses most; the title's words count more. None when no word fits."""

    def weight(unit: ReportingUnit) -> int:
        return sum(5 * (word in point.title) + min(point.text.count(word), 3) for word in unit.duties)

    best = max(units, key=weight, default=None)
    return best if best is not None and weight(best) else None


def point_row(point: Point, units: list[ReportingUnit]) -> dict[str, Any]:
    """A point with what was found in it and the lead that is set or proposed."""
    targets, made = list(point.targets.all()), list(point.deliverables.all())
    proposal = None if point.lead_id else suggested(point, units)
    return {
        "point": point,
        "lead": point.lead.code if point.lead else proposal.code if proposal else "",
        "proposed": proposal is not None,
        "targets": sum(t.found in STANDING for t in targets),
        "deliverables": sum(d.found in STANDING for d in made),
        "doubts": sum(t.found == Found.DOUBT for t in targets) + sum(d.found == Found.DOUBT for d in made),
    }


def doubtful(points: list[Point]) -> list[dict[str, Any]]:
    """Everything the reader was not sure of, in the order of the text."""
    found = []
    for point in points:
        for kind, rows in (("target", point.targets.all()), ("deliverable", point.deliverables.all())):
            found += [{"kind": kind, "it": row, "point": point} for row in rows if row.found == Found.DOUBT]
    return found


def steps(plan: Plan, doubts: list[Any], points: list[Point], measured: list[Target]) -> list[dict[str, str]]:
    """Where the plan stands between reading and tasks."""
    in_force = plan.state != PlanState.READ
    done = [True, not doubts, all(p.lead_id for p in points), all(t.goal_id for t in measured), in_force]
    notes = [
        _("%d 点") % len(points),
        _("还有 %d 处") % len(doubts) if doubts else "",
        _("还差 %d 点") % sum(1 for p in points if p.lead_id is None) if not done[2] else "",
        _("还差 %d 个") % sum(1 for t in measured if t.goal_id is None) if not done[3] else "",
        "",
    ]
    words = [_("读入"), _("核对存疑"), _("明确牵头"), _("设定口径"), _("定稿执行")]
    first = next((n for n, d in enumerate(done) if not d), None)
    return [
        {"label": w, "note": notes[n], "state": "done" if done[n] else "current" if n == first else ""}
        for n, w in enumerate(words)
    ]


@require_POST
@staff(acts.NamePoints.name)
def names(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save leads and short titles of all points of a page."""
    actor = actor_of(request)
    plan = one(plans(actor), pk)
    namings = []
    for point in plan.points.all():
        naming = {
            "lead": request.POST.get(f"lead-{point.pk}", ""),
            "short_title": request.POST.get(f"short-{point.pk}", "").strip(),
            "plain": request.POST.get(f"plain-{point.pk}", "").strip(),
        }
        if any(naming.values()):
            namings.append({"point": point.pk, **{k: v for k, v in naming.items() if v}})
    chapters = [
        {"chapter": c.pk, "short_title": request.POST[f"chapter-{c.pk}"].strip()}
        for c in plan.chapters.all()
        if request.POST.get(f"chapter-{c.pk}", "").strip()
    ]
    result = acts.NamePoints.perform(actor, {"points": namings, "chapters": chapters}, key=request.POST.get("key", ""))
    messages.success(request, _("已保存 %d 点的牵头处室和简称。") % result["points"])
    return HttpResponseRedirect(next_address(request, plan))


def next_address(request: HttpRequest, plan: Plan) -> str:
    """Back to the point the form was on, or to the whole plan."""
    no = request.POST.get("no", "")
    if no.isdecimal() and len(no) < 10:
        return reverse("console:plan_point_draft", args=[plan.pk, int(no)])
    return reverse("console:plan_draft", args=[plan.pk]) + ("#doubts" if request.POST.get("from") == "doubts" else "")


@require_POST
@staff(acts.PutInForce.name)
def in_force(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a plan in force."""
    actor = actor_of(request)
    plan = one(plans(actor), pk)
    version = request.POST.get("version", "")
    data = {"plan": plan.pk, "version": version, "replaces": "same_year" if request.POST.get("replaces") else ""}
    acts.PutInForce.perform(actor, data, key=request.POST.get("key", ""))
    messages.success(request, _("《%s》已定稿执行。下一步：生成任务清单。") % plan.title)
    return HttpResponseRedirect(reverse("console:plan_draft", args=[plan.pk]))


@require_POST
@staff(OpenTasks.name)
def open_tasks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the tasks that are not open yet."""
    plan = one(plans(actor_of(request)), pk)
    n = OpenTasks.perform(actor_of(request), {"plan": plan.pk}, key=request.POST.get("key", ""))["tasks"]
    said = ngettext("新生成 %d 项任务。", "新生成 %d 项任务。", n) % n if n else _("任务都已生成过，没有新的。")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("console:tasks"))


# -- one point --------------------------------------------------------------------------------------
@require_GET
@staff("planning.read")
def point(request: HttpRequest, pk: UUID, no: int) -> HttpResponse:
    """A point: its text left with marks, what was found right."""
    actor = actor_of(request)
    plan = one(plans(actor), pk)
    found = plan.points.select_related("chapter", "lead").filter(no=no).first()
    if found is None:
        raise Http404
    targets, made = list(found.targets.select_related("indicator", "goal")), list(found.deliverables.all())
    both: list[Any] = [*targets, *made]
    shown = [x for x in both if x.found != Found.REJECTED]
    shown.sort(key=lambda x: (x.start, x.end))
    numbers = {x.pk: n for n, x in enumerate(shown, start=1)}
    units = leading()
    context = {
        "plan": plan,
        "point": found,
        "pieces": pieces(found.text, [(x.start, x.end, numbers[x.pk]) for x in shown]),
        "targets": [{"it": t, "n": numbers.get(t.pk)} for t in sorted(targets, key=order)],
        "deliverables": [{"it": d, "n": numbers.get(d.pk)} for d in sorted(made, key=order)],
        "row": point_row(found, units),
        "units": units,
        "comparators": Comparator.choices,
        "kinds": DeliverableKind.choices,
        "finalities": Finality.choices,
        "may": actor.may(judging.JudgeTarget.name) and plan.state == PlanState.READ,
        "may_name": actor.may(acts.NamePoints.name),
        "may_measure": actor.may("planning.target.measure") and plan.state != PlanState.REPLACED,
        "before": plan.points.filter(no__lt=no).order_by("-no").values_list("no", flat=True).first(),
        "after": plan.points.filter(no__gt=no).order_by("no").values_list("no", flat=True).first(),
        "key": uuid.uuid4(),
        "trail": plan_trail(_("第 %d 点") % no, plan),
    }
    return render(request, "console/planning/plan_point.html", context)


def order(row: Target | Deliverable) -> tuple[bool, bool, int]:
    """Doubts first, what was rejected last, else as in the text."""
    return row.found == Found.REJECTED, row.found != Found.DOUBT, row.start
