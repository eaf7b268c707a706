"""Alignment: each upper-level requirement down to point, task and measure; red where no task stands behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.domains.planning.actions import office as act
from jimin.domains.planning.models import Plan, PlanState, Requirement
from jimin.sites.console import links
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning_office import forms, who
from jimin.sites.console.planning_office.present import button


def plan_in_force() -> Plan | None:
    """The newest plan in force."""
    return Plan.objects.filter(state=PlanState.IN_FORCE).order_by("-year").first()


@staff(who.ALIGNMENT)
def tree(request: HttpRequest) -> HttpResponse:
    """All standing requirements of the plan, by source, those without a task first."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    plan = plan_in_force()
    rows = Requirement.objects.filter(plan=plan).prefetch_related(
        "points__lead", "tasks__indicator", "tasks__lead", "tasks__point"
    )
    standing = [r for r in rows if not r.void_reason]
    nodes = sorted((_node(r, actor) for r in standing), key=lambda n: n["status"] == "ok")
    red = sum(1 for n in nodes if n["status"] == "late")
    context = {
        "plan": plan,
        "title": _("上级要求对照"),
        "nodes": nodes,
        "red": red,
        "void": [r for r in rows if r.void_reason],
        "register": "planning.requirements",
        "buttons": [button(_("登记上级要求"), reverse("console:requirement_new"), "pri")]
        if plan and actor.may(act.AddRequirement.name)
        else [],
        "strip": [
            {"status": "late", "value": red, "word": _("没有任务")},
            {"status": "ok", "value": len(nodes) - red, "word": _("有任务承接")},
        ],
    }
    return render(request, "console/planning/alignment.html", context)


def _node(r: Requirement, actor: Any) -> dict[str, Any]:
    tasks = list(r.tasks.all())
    may = actor.may(act.LinkRequirement.name)
    return {
        "record": r,
        "status": "ok" if tasks else "late",
        "answer": _("%d 项任务") % len(tasks) if tasks else _("没有任务"),
        "points": [
            {
                "point": p,
                "href": links.address(f"planning.point:{p.pk}"),
                "tasks": [t for t in tasks if t.point_id == p.pk],
            }
            for p in _points(r, tasks)
        ],
        "link": reverse("console:requirement", args=[r.pk]) if may else "",
        "void": reverse("console:requirement_void", args=[r.pk]) if may else "",
    }


def _points(r: Requirement, tasks: list[Any]) -> list[Any]:
    """The points named, and those whose tasks are named."""
    found = {p.pk: p for p in [*r.points.all(), *(t.point for t in tasks)]}
    return sorted(found.values(), key=lambda p: p.no)


@staff(act.AddRequirement.name)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a requirement of the plan in force."""
    plan = plan_in_force()
    if plan is None:
        return redirect("console:alignment")
    return handle(
        request,
        act.AddRequirement,
        forms.RequirementForm(request.POST or None),
        to=lambda result: reverse("console:requirement", args=[result["requirement"]]),
        done=_("已登记。没有挂接任务前显示为红色。"),
        data={"plan": plan.pk},
        context={"lead": plan.title, "back": reverse("console:alignment")},
    )


@staff(who.ALIGNMENT)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Link a requirement to points and tasks; who may not link goes to its place in the tree."""
    record = get_object_or_404(Requirement.objects.select_related("plan"), pk=pk)
    if not request.actor.may(act.LinkRequirement.name) or record.void_reason:  # type: ignore[attr-defined]
        return redirect(f"{reverse('console:alignment')}#r{pk}")
    return handle(
        request,
        act.LinkRequirement,
        forms.LinkForm(request.POST or None, record=record),
        to=reverse("console:alignment"),
        done=_("已挂接。"),
        data={"requirement": pk},
        verb=_("挂接所选"),
        context={
            "about": [
                (_("来源"), str(record)),
                (_("要求"), record.text),
                (_("已挂要点"), "；".join(map(str, record.points.all())) or "—"),
                (_("已挂任务"), "；".join(map(str, record.tasks.all())) or "—"),
            ]
        },
    )


@staff(act.VoidRequirement.name)
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Void a requirement."""
    record = get_object_or_404(Requirement, pk=pk)
    return handle(
        request,
        act.VoidRequirement,
        forms.VoidForm(request.POST or None, record=record),
        to=reverse("console:alignment"),
        done=_("已作废。"),
        data={"requirement": pk},
        verb=_("作废"),
        context={"about": [(_("来源"), str(record)), (_("要求"), record.text)]},
    )
