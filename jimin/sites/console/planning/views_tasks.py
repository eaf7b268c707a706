"""One task: who has which share, its stages, its orders; and the steps that change them."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jimin.core import clock
from jimin.core.access.roles import OFFICE
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Forbidden, Refused, Stale
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.registers.api import Status
from jimin.domains.planning.actions import tasks as acts
from jimin.domains.planning.models import Stage, StageName, Task
from jimin.domains.planning.registers.orders import Orders
from jimin.domains.planning.registers.orders import status as order_status
from jimin.domains.planning.visibility import assignments, tasks
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import rounded, to_date, value
from jimin.engines.indicators.models import Shape
from jimin.engines.indicators.sources import LISTS
from jimin.sites.console.forms import ActionForm, DateInput, handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import actor_of, keep, one
from jimin.sites.console.planning.figures import goal_of, owed
from jimin.sites.console.planning.sheet import plain, tidy

GROUPS = {
    "counties": (gettext_lazy("各县（市、区）和管委会"), (UnitKind.COUNTY, UnitKind.ZONE, UnitKind.COMMITTEE)),
    "prefectures": (gettext_lazy("各市（州）和管委会"), (UnitKind.PREFECTURE, UnitKind.COMMITTEE)),
    "department": (gettext_lazy("厅内处室和直属单位"), (UnitKind.OFFICE, UnitKind.DIRECT)),
}


def leads_it(actor: Actor, task: Task) -> bool:
    """Whether a task is the actor's to divide: the plan's office, or its lead."""
    return actor.role in OFFICE or task.lead_id == actor.unit.pk


@require_GET
@staff()
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one task."""
    actor = actor_of(request)
    found = one(tasks(actor), pk)
    mine = leads_it(actor, found)
    day = clock.business_day()
    rows = shares(actor, found)
    orders = Orders().rows(actor).filter(task=found) if actor.may("planning.orders.list") else []
    context = {
        "task": found,
        "goal": goal_of(found),
        "rows": rows,
        "stages": [{"stage": s, "state": stage_state(s, day)} for s in found.stages.select_related("paper")],
        "stage_head": [{"label": t} for t in (_("环节"), _("应完成"), _("实际"), _("状态"), _("文号与佐证"))]
        + [{"read": _("办理")}],
        "next_stage": found.stages.filter(done_on=None).order_by("order").first(),
        "orders": [{"order": o, "status": order_status(o)} for o in orders],
        "may_allocate": mine and actor.may(acts.Allocate.name),
        "may_withdraw": mine and actor.may(acts.WithdrawAssignment.name),
        "may_stage": mine and actor.may(acts.SetStages.name) and found.closed_on is None,
        "may_complete": mine and actor.may(acts.CompleteStage.name),
        "may_order": mine and actor.may("planning.order.draft") and bool(rows),
        "papers": actor.unit.is_provincial,
        "quote": quote_of(found),
        "trail": [_list(actor), (found.title, "")],
    }
    return render(request, "console/planning/task.html", context)


def _list(actor: Actor) -> tuple[Any, str]:
    """The list a task is found in: who has no list of tasks comes from the deliverables."""
    if actor.may("planning.tasks.list"):
        return _("任务"), reverse("console:tasks")
    return _("成果台账"), reverse("console:deliverables")


def quote_of(task: Task) -> str:
    """The plan's own words for a task."""
    if task.deliverable is not None:
        return task.deliverable.quote
    target = task.point.targets.filter(indicator=task.indicator).order_by("deadline").first()
    return target.quote if target else task.point.title


def shares(actor: Actor, task: Task) -> list[dict[str, Any]]:
    """The assignments one sees, each with its figure today; those behind first where there is a number."""
    rows = list(assignments(actor).filter(task=task, withdrawn_on=None).order_by("unit__rank", "unit__code"))
    if task.indicator is None:
        return [{"assignment": a, "now": None, "rate": None} for a in rows]
    months = indicators.by_unit(task.indicator, [a.unit_id for a in rows])
    period, whole = clock.business_day().replace(day=1), goal_of(task)
    found: list[dict[str, Any]] = []
    for assignment in rows:
        part = to_date(months.get(assignment.unit_id, {}), period, task.indicator.over)
        now = value(part, task.indicator.shape)
        goal = owed(assignment, whole)
        rate = now / goal if now is not None and goal else None
        found.append({"assignment": assignment, "now": rounded(now, task.indicator.shape), "goal": goal, "rate": rate})
    # Behind first, nothing known next: what can be left alone stands last.
    return sorted(found, key=lambda r: (r["rate"] is None, r["rate"] is not None and r["rate"] >= 1))


def stage_state(stage: Stage, day: date) -> Status:
    """Done, late, or to come."""
    if stage.done_on is not None:
        return Status("ok", _("已完成"))
    return Status("late", _("逾期")) if stage.due_on < day else Status("todo", _("未到期"))


# -- dividing -----------------------------------------------------------------------------------
@staff(acts.Allocate.name)
def allocate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Divide a task among units: a table of goals, which a helper may fill evenly or by a list's numbers."""
    actor = actor_of(request)
    found = one(tasks(actor), pk)
    if not leads_it(actor, found):
        must_not(actor)
    group = request.GET.get("group", "")
    given = {a.unit_id: a.goal for a in found.assignments.filter(withdrawn_on=None)}
    group = group if group in GROUPS else ""
    units = candidates(found, group, given)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        goals = {u.code: plain(request.POST.get(f"goal-{u.code}", "")) for u in units}
        chosen = request.POST.getlist("unit")
        data = {
            "task": found.pk,
            "shares": [{"unit": c, "goal": goals.get(c) or None} for c in chosen],
            "reports_monthly": request.POST.get("reports_monthly") == "1",
            "opened": request.POST.get("opened", ""),
            **({"due_on": request.POST["due_on"]} if request.POST.get("due_on") else {}),
        }
        try:
            result = acts.Allocate.perform(actor, data, key=request.POST.get("key", ""))
        except (Refused, Stale) as refusal:
            wrong = refusal.problems if isinstance(refusal, Refused) else ()
            problems = [_named(p.message, p.field, chosen, units) for p in wrong] or [refusal.message]
            problems += [refusal.next_step] if refusal.next_step else []
            status = refusal.status
        else:
            messages.success(request, _("已下达 %(given)d 个单位，改数 %(changed)d 个。") % result)
            return HttpResponseRedirect(reverse("console:task", args=[found.pk]))
        typed = {u.pk: goals[u.code] for u in units}
        picked = {u.pk for u in units if u.code in chosen}
    else:
        computed = split(found, units, request.GET.get("split", ""))
        typed = {u.pk: tidy(computed.get(u.pk, given.get(u.pk))) for u in units}
        picked = {u.pk for u in units} if computed else set(given)
    context = {
        "task": found,
        "opened": acts.how_given(found),
        "goal": goal_of(found),
        "groups": [(str(t), f"?group={g}", g == group) for g, (t, _kinds) in GROUPS.items()],
        "group": group,
        "splits": splits(found, group),
        "rows": [{"unit": u, "goal": typed[u.pk], "picked": u.pk in picked, "given": u.pk in given} for u in units],
        "monthly": found.indicator is None or found.indicator.method == "reported",
        "problems": problems,
        "key": request.POST.get("key") or uuid.uuid4(),
        "trail": [(_("任务"), reverse("console:tasks")), (found.title, reverse("console:task", args=[found.pk])), (_("分解"), "")],
    }  # fmt: skip
    return render(request, "console/planning/allocate.html", context, status=status)


def must_not(actor: Actor) -> None:
    """The task is led by another office."""
    raise Forbidden(
        _("这项任务由别的处室牵头，%(who)s不能分解或排期。") % {"who": actor.unit.short_name},
        next_step=_("请联系牵头处室，或由办公室办理。"),
    )


def candidates(task: Task, group: str, given: dict[UUID, Any]) -> list[ReportingUnit]:
    """The units that can be chosen: a group, or those that have it already."""
    rows = ReportingUnit.objects.filter(valid_to=None)
    rows = rows.filter(kind__in=GROUPS[group][1]) if group else rows.filter(pk__in=given)
    return list(rows.order_by("rank", "code"))


def splits(task: Task, group: str) -> list[tuple[str, str]]:
    """The helpers that can fill the goals: evenly, or by a list's numbers."""
    if task.indicator is None or not group:
        return []
    if task.indicator.shape != Shape.COUNT:
        return [(_("都按要点目标"), f"?group={group}&split=same")]
    by = [(_("按%s数分解") % entry.title, f"?group={group}&split={name}") for name, entry in LISTS.items()]
    return [(_("平均分解"), f"?group={group}&split=even"), *by]


def split(task: Task, units: list[ReportingUnit], how: str) -> dict[UUID, Decimal]:
    """The goals a helper proposes: whole numbers, rounded up so that the sum is never below the plan's."""
    goal = goal_of(task)
    if goal is None or task.indicator is None or not units or not how:
        return {}
    if task.indicator.shape != Shape.COUNT:  # a share is not divided: everybody owes the same
        return {u.pk: goal.value for u in units} if how == "same" else {}
    if how == "even":
        return {u.pk: (goal.value / len(units)).quantize(Decimal(1), ROUND_UP) for u in units}
    if how not in LISTS:
        return {}
    numbers = LISTS[how].of_units()
    whole = sum((numbers.get(u.pk, Decimal(0)) for u in units), Decimal(0))
    if not whole:
        return {}
    return {u.pk: (goal.value * numbers.get(u.pk, Decimal(0)) / whole).quantize(Decimal(1), ROUND_UP) for u in units}


def _named(message: str, where: str, chosen: list[str], units: list[ReportingUnit]) -> str:
    """A problem with the name of the unit at which it stands."""
    parts = where.split(".")
    if len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(chosen):
        name = next((u.short_name for u in units if u.code == chosen[int(parts[1])]), "")
        return f"{name}：{message}"
    return message


class WithdrawForm(ActionForm):
    """Why a unit is relieved of a task."""

    reason = forms.CharField(label=gettext_lazy("撤回原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


@staff(acts.WithdrawAssignment.name)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a task back from one unit."""
    actor = actor_of(request)
    found = one(assignments(actor).filter(withdrawn_on=None), pk)
    back = reverse("console:task", args=[found.task_id])
    form = WithdrawForm(request.POST or None, record=found)
    about = [(_("任务"), found.task.title), (_("单位"), found.unit.name), (_("影响"), _("已报的保留，以后不再要报。"))]
    return handle(
        request, acts.WithdrawAssignment, form, to=back, done=_("已从%s撤回。") % found.unit.short_name,
        data={"assignment": found.pk}, verb=_("撤回"),
        context={"about": about, "trail": _trail(found.task, _("撤回"))},
    )  # fmt: skip


def _trail(task: Task, title: str) -> list[tuple[str, str]]:
    return [(_("任务"), reverse("console:tasks")), (task.title, reverse("console:task", args=[task.pk])), (title, "")]


# -- stages --------------------------------------------------------------------------------------
@staff(acts.SetStages.name)
def stages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plan the stages of a task: the usual ones are filled in, with dates spread until its limit."""
    actor = actor_of(request)
    found = one(tasks(actor), pk)
    if not leads_it(actor, found):
        must_not(actor)
    known = list(found.stages.order_by("order"))
    problems: list[str] = []
    if request.method == "POST":
        pairs = list(zip(request.POST.getlist("name"), request.POST.getlist("due_on"), strict=False))
        data = {"task": found.pk, "stages": [{"name": n, "due_on": d} for n, d in pairs if n]}
        try:
            acts.SetStages.perform(actor, data, key=request.POST.get("key", ""))
        except Refused as refusal:
            problems = [_at_stage(p.message, p.field) for p in refusal.problems] or [refusal.message]
            problems += [refusal.next_step] if refusal.next_step else []
        else:
            messages.success(request, _("环节已排定。"))
            return HttpResponseRedirect(reverse("console:task", args=[found.pk]))
        rows = [{"name": n, "due_on": d, "done": False} for n, d in pairs]
    else:
        rows = [
            {"name": s.name, "due_on": f"{s.due_on:%Y-%m-%d}", "done": s.done_on is not None} for s in known
        ] or usual(found)
        rows += [{"name": "", "due_on": "", "done": False}] * 2
    context = {
        "task": found, "rows": rows, "names": StageName.choices, "problems": problems,
        "key": request.POST.get("key") or uuid.uuid4(), "trail": _trail(found, _("排定环节")), "fresh": not known,
    }  # fmt: skip
    return render(request, "console/planning/stages.html", context, status=422 if problems else 200)


def _at_stage(message: str, where: str) -> str:
    parts = where.split(".")
    return _("第 %(n)d 个环节：%(what)s") % {"n": int(parts[1]) + 1, "what": message} if len(parts) > 1 else message


def usual(task: Task) -> list[dict[str, Any]]:
    """The usual stages with dates spread evenly between today and the limit."""
    names = acts.usual_stages(task.deliverable) if task.deliverable else acts.OTHER_STAGES
    start = clock.business_day()
    span = max((task.due_on - start).days, 0)
    return [
        {"name": n.value, "due_on": f"{start + timedelta(days=span * (i + 1) // len(names)):%Y-%m-%d}", "done": False}
        for i, n in enumerate(names)
    ]


class CompleteForm(ActionForm):
    """When a stage was done, and what proves it."""

    done_on = forms.DateField(label=gettext_lazy("完成日期"), widget=DateInput)
    paper_no = forms.CharField(
        label=gettext_lazy("文号"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("印发环节必填，例：民发〔年份〕12号。"),
    )
    paper = forms.FileField(label=gettext_lazy("文件或佐证"), required=False)
    remark = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


@staff(acts.CompleteStage.name)
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record that a stage is done."""
    actor = actor_of(request)
    found = one(Stage.objects.filter(task__in=tasks(actor).values("pk")).select_related("task"), pk)
    if not leads_it(actor, found.task):
        must_not(actor)
    form = CompleteForm(
        request.POST or None, request.FILES or None, record=found, initial={"done_on": clock.business_day()}
    )
    about = [(_("任务"), found.task.title), (_("环节"), found.get_name_display()), (_("应完成"), found.due_on)]
    return handle(
        request, acts.CompleteStage, form, to=reverse("console:task", args=[found.task_id]),
        done=_("“%s”已记为完成。") % found.get_name_display(), data={"stage": found.pk}, verb=_("记为完成"),
        store=lambda upload: keep(request, upload),
        context={"about": about, "trail": _trail(found.task, _("完成环节"))},
    )  # fmt: skip
