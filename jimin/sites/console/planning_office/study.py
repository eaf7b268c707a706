"""Study: the programme with its coverage by office and region, recording a session, voiding one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.domains.planning import seeing
from jimin.domains.planning.actions import study as act
from jimin.domains.planning.models import StudySession, StudyTopic
from jimin.domains.planning.signals_office import owing_units
from jimin.domains.planning.sources_office import covered_of
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning_office import forms, steps, who
from jimin.sites.console.planning_office.alignment import plan_in_force
from jimin.sites.console.planning_office.present import button, cell, table
from jimin.sites.templatetags.jimin_ui import day, percent


def _owing(actor: Any) -> list[Any]:
    """The units that owe the programme and lie in the actor's sight."""
    seen = set(actor.units().values_list("id", flat=True))
    return [u for u in owing_units() if u.id in seen]


def _share(covered: int, due: int) -> str:
    return f"{percent(covered / due, 0)}（{covered}/{due}）" if due else "—"


@staff(who.STUDY)
def programme(request: HttpRequest) -> HttpResponse:
    """The year's topics: how many offices have held them, how many of the staff they reached."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    plan, units = plan_in_force(), _owing(actor)
    mine = {u.id for u in units}
    sums: dict[UUID, list[tuple[Any, int, int]]] = defaultdict(list)
    sessions = seeing.sessions(actor).filter(topic__plan=plan, void_reason="").order_by("held_on", "id")
    for held, covered, due in covered_of(sessions):
        if held[0].unit_id in mine:
            sums[held[0].topic_id].append((held[0].unit, covered, due))
    topics = list(StudyTopic.objects.filter(plan=plan))
    rows = [_topic_row(t, sums[t.pk], len(units)) for t in topics]
    context = {
        "title": _("学习安排"),
        "sub": _("按组织者名册登记人数；不要求签到积分、学习时长和拍照。"),
        "register": "planning.study_sessions",
        "buttons": [button(_("安排专题"), reverse("console:study_topic_new"), "pri")]
        if plan and actor.may(act.PlanTopic.name)
        else [],
        "table": table(
            [_("专题"), _("已开展单位"), _("覆盖人数"), _("应完成")], rows, caption=_("学习专题与覆盖"),
            empty=_("还没有安排专题"), why=_("由办公室安排全年专题。"),
        ),
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _topic_row(topic: StudyTopic, held: list[tuple[Any, int, int]], owed: int) -> list[dict[str, Any]]:
    done = len(held) >= owed
    light = {"status": "ok", "word": _("都已开展")} if done else steps.light_until(topic.due_on)
    return [
        cell(topic.title, href=reverse("console:study_topic", args=[topic.pk]), note=topic.reading[:60]),
        cell(f"{len(held)}/{owed}", num=True),
        cell(_share(sum(c for _u, c, _d in held), sum(d for _u, _c, d in held)), num=True),
        cell(day(topic.due_on, "short"), light=light),
    ]


@staff(who.STUDY)
def topic(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One topic: coverage of every office by region, and the sessions behind it."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    record = get_object_or_404(StudyTopic.objects.select_related("plan"), pk=pk)
    sessions = seeing.sessions(actor).filter(topic=record)
    standing = list(sessions.filter(void_reason="").order_by("held_on", "id"))
    by_unit = {held[0].unit_id: (held, covered, due) for held, covered, due in covered_of(standing)}
    context = {
        "title": record.title,
        "sub": record.reading,
        "buttons": [button(_("登记学习记录"), reverse("console:study_record", args=[pk]), "pri")]
        if actor.may(act.RecordSession.name)
        else [],
        "table": table(
            [_("单位"), _("场次"), _("覆盖人数"), _("状态")],
            [_unit_row(u, by_unit.get(u.id), record) for u in _in_regions(_owing(actor))],
            caption=_("各单位覆盖"), title=_("按单位和地区"),
        ),
        "more_tables": [
            table(
                [_("日期"), _("单位"), _("形式"), _("主讲"), _("实到/应到"), _("状态")],
                [_session_row(s, actor) for s in sessions],
                caption=_("学习记录"), title=_("学习记录"), empty=_("还没有学习记录"),
            )
        ],
        "trail": [(_("学习安排"), reverse("console:study")), (record.title, "")],
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _in_regions(units: list[Any]) -> list[Any]:
    """The department's offices first, then each city with its counties below it."""
    inside = [u for u in units if u.is_provincial]
    below: dict[Any, list[Any]] = defaultdict(list)
    for u in units:
        below[u.superior_id].append(u)
    ids = {u.id for u in units}
    tops = [u for u in units if not u.is_provincial and u.superior_id not in ids]
    return inside + [x for top in tops for x in (top, *below[top.id])]


def _unit_row(unit: Any, found: Any, topic: StudyTopic) -> list[dict[str, Any]]:
    if found is None:
        open_light = steps.light_until(topic.due_on)
        word = {"status": open_light["status"], "word": _("未开展")}
        return [
            cell(unit.short_name),
            cell(0, num=True),
            cell("—", num=True),
            cell(day(topic.due_on, "short"), light=word),
        ]
    held, covered, due = found
    light = (
        {"status": "ok", "word": _("已覆盖")}
        if covered >= due
        else {"status": "slow", "word": _("还差 %d 人") % (due - covered)}
    )
    return [
        cell(unit.short_name),
        cell(len(held), num=True),
        cell(_share(covered, due), num=True),
        cell("", light=light),
    ]


def _session_row(s: StudySession, actor: Any) -> list[dict[str, Any]]:
    may = (
        not s.void_reason
        and actor.may(act.VoidSession.name)
        and (s.unit_id == actor.unit.id or actor.role in act.OFFICE)
    )
    state = cell(_("已作废"), note=s.void_reason) if s.void_reason else cell(_("作废") if may else _("有效"))
    if may:
        state["href"] = reverse("console:study_void", args=[s.pk])
    return [
        cell(day(s.held_on, "short")), cell(s.unit.short_name), cell(s.get_form_display()), cell(s.speaker),
        cell(f"{s.present_count}/{s.due_count}", num=True), state,
    ]  # fmt: skip


@staff(act.PlanTopic.name)
def topic_new(request: HttpRequest) -> HttpResponse:
    """Put a topic into the programme of the plan in force."""
    plan = plan_in_force()
    if plan is None:
        return redirect("console:study")
    return handle(
        request,
        act.PlanTopic,
        forms.TopicForm(request.POST or None),
        to=lambda result: reverse("console:study_topic", args=[result["topic"]]),
        done=_("已安排。"),
        data={"plan": plan.pk},
        context={"lead": plan.title, "back": reverse("console:study")},
    )


@staff(act.RecordSession.name)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a session of one's own unit."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    topic_record = get_object_or_404(StudyTopic, pk=pk)
    return handle(
        request,
        act.RecordSession,
        forms.SessionForm(request.POST or None, request.FILES or None),
        to=reverse("console:study_topic", args=[pk]),
        done=_("已登记。"),
        data={"topic": pk},
        context={"about": [(_("专题"), topic_record.title), (_("组织单位"), actor.unit.name)]},
        store=steps.keeper(request),
    )


@staff(who.STUDY)
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A session has its place on its topic's page."""
    found = get_object_or_404(seeing.sessions(request.actor), pk=pk)  # type: ignore[attr-defined]
    return redirect("console:study_topic", pk=found.topic_id)


@staff(act.VoidSession.name)
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Void a session."""
    found = get_object_or_404(seeing.sessions(request.actor), pk=pk)  # type: ignore[attr-defined]
    return handle(
        request,
        act.VoidSession,
        forms.VoidForm(request.POST or None, record=found),
        to=reverse("console:study_topic", args=[found.topic_id]),
        done=_("已作废。"),
        data={"session": pk},
        verb=_("作废"),
        context={
            "about": [
                (_("专题"), str(found.topic)),
                (_("组织单位"), found.unit.name),
                (_("日期"), day(found.held_on, "full")),
                (_("实到/应到"), f"{found.present_count}/{found.due_count}"),
            ]
        },
    )
