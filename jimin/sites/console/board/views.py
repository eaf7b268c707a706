"""The board's pages. Reading only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning import board, board_people, board_point, board_units, board_words
from jimin.domains.planning.actions.orders import DraftOrder
from jimin.domains.planning.models import Plan, PlanState, Point, Task
from jimin.domains.planning.parameters import number
from jimin.domains.planning.visibility import orderable
from jimin.engines.indicators.figures import Light
from jimin.engines.indicators.figures import settings as lights
from jimin.engines.indicators.models import Indicator
from jimin.sites.console import links
from jimin.sites.console.board import exports, present
from jimin.sites.console.board.asked import Asked, read, sees
from jimin.sites.console.guard import staff
from jimin.sites.kept import kept

ROWS = 200  # rows behind a figure shown on one page


def _plan() -> Plan | None:
    """The plan that has a board: one that was confirmed."""
    plan = board.current()
    return plan if plan is not None and plan.state != PlanState.READ else None


def _base(request: HttpRequest, asked: Asked, title: str = "") -> dict[str, Any]:
    trail = [(_("要点看板"), reverse("console:plan") + asked.query())]
    if title:
        trail.append((title, ""))
    return {
        "asked": asked,
        "plan": asked.plan,
        "trail": trail,
        "here": request.get_full_path(),
        "exports": exports.choices(asked),
    }


@staff("planning.read")
def whole(request: HttpRequest) -> HttpResponse:
    """The board: the whole plan on one page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    plan = _plan()
    if plan is None:
        return render(
            request,
            "console/board/none.html",
            {"unread": board.current(), "may_import": actor.may("planning.plan.import")},
        )
    asked = read(request, plan, actor)
    light, by_lead = request.GET.get("light", ""), request.GET.get("by") == "lead"
    here = reverse("console:plan") + asked.query(light=light, by="lead" if by_lead else "")
    key = ("board", plan.id, plan.version, asked.period, asked.unit, light, by_lead)
    made = kept(key, lambda: _whole(asked, light, by_lead, here))
    return render(request, "console/board/board.html", _base(request, asked) | made)


def _whole(asked: Asked, light: str, by_lead: bool, here: str) -> dict[str, Any]:
    """The board's own part of the page, the same for everybody who asks for it."""
    data = board.read(asked.plan, asked.day, asked.unit)
    owners = board_people.owners((s.point.lead_id for s in data.states), asked.day)
    biggest = data.biggest
    view = board_point.look(data, biggest.point.no) if biggest else None
    chapters = present.chapters(data, asked, biggest.point.no if biggest else 0)
    listed = present.by_lead(data, owners, asked) if by_lead else present.sections(data, light, owners, asked)
    context = {
        "asked": asked,
        "plan": asked.plan,
        "here": here,
        "board": data,
        "chapters": chapters,
        "strip": present.strip(data, asked),
        "sections": listed,
        "left_out": sum(s["all"] - len(s["rows"]) for s in listed),
        "by_lead": by_lead,
        "light": light,
        "turns": [(t, board_words.reason(t), present.point_url(t.state.point.no, asked)) for t in data.turns[:8]],
        "missing": board_people.missing(asked.plan, asked.day, asked.unit),
        "slow_from": lights()["slow_from"],
        "late": data.counts[Light.LATE],
        "slow": data.counts[Light.SLOW],
        "ok": data.counts[Light.OK],
        "biggest": biggest,
        "left_text": board_words.counted(biggest.main.left, biggest.main) if biggest and biggest.main else "",
        "biggest_url": present.point_url(biggest.point.no, asked) if biggest else "",
    }
    if view is not None:
        context |= point_context(view, asked, owners)
    body = render_to_string("console/board/_board.html", context)
    return {"body": body, "points": len(data.states), "chapters": len(chapters), "year_gone": _year_gone(asked)}


def _year_gone(asked: Asked) -> int:
    first, last = asked.day.replace(month=1, day=1), asked.day.replace(month=12, day=31)
    return round(((asked.day - first).days + 1) * 100 / ((last - first).days + 1))


def point_context(view: board_point.PointView, asked: Asked, owners: Any) -> dict[str, Any]:
    """What the panel of one point needs."""
    point = view.state.point
    figures = [
        present.bar(f)
        | {
            "mark": view.marks.get(f.indicator.id, ""),
            "list": board_point.denominator_list(f.indicator),
            "href": present.indicator_url(f.indicator.code, asked),
            "choose": present.point_url(point.no, asked, i=f.indicator.code),
        }
        for f in view.state.figures
    ]
    return {
        "view": view,
        "point": point,
        "point_word": board_words.state_word(view.state),
        "point_owner": owners.get(point.lead_id, board_people.Owner()),
        "point_url": present.point_url(point.no, asked),
        "figures": figures,
        "made": [
            {
                "made": m,
                "mark": view.thing_marks[m.deliverable.id],
                "trouble": board_words.made_trouble(m) if m.overdue else "",
            }
            for m in view.state.made
        ],
        "map": present.drawn(view, asked, asked.unit.jurisdiction if asked.unit else ""),
        "counties": present.county_rows(view.worst, asked),
        "pace": board_words.pace(view.shown) if view.shown else "",
        "steps": [(s, links.address(s.record)) for s in view.steps],
        "orders": [(o, links.address(f"planning.supervisionorder:{o.order.pk}")) for o in view.orders],
        "before_url": present.point_url(view.previous.no, asked) if view.previous else "",
        "after_url": present.point_url(view.following.no, asked) if view.following else "",
        "drill_url": present.indicator_url(view.shown.indicator.code, asked) if view.shown else "",
    }


@staff("planning.read")
def point(request: HttpRequest, no: int) -> HttpResponse:
    """One point in full."""
    plan = _plan()
    if plan is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = read(request, plan, actor)
    code = request.GET.get("i", "")
    key = ("point", plan.id, plan.version, asked.period, asked.unit, no, code)
    made = kept(key, lambda: _point(asked, no, code))
    if made is None:
        raise Http404
    may_order = actor.may(DraftOrder.name) and orderable(actor).filter(pk=made["task"]).exists()
    draft_url = f"{links.page('console:order_draft')}?task={made['task']}" if may_order else ""
    return render(
        request, "console/board/point.html", _base(request, asked, made["title"]) | made | {"draft_url": draft_url}
    )


@staff("planning.read")
def by_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of a point that another page knows by its record."""
    return redirect("console:plan_point", get_object_or_404(Point, pk=pk).no)


def _point(asked: Asked, no: int, code: str) -> dict[str, Any] | None:
    """A point's own part of its page, the same for everybody who asks for it; None when there is no such point."""
    data = board.read(asked.plan, asked.day, asked.unit, only=[no])
    view = board_point.look(data, no, code)
    if view is None:
        return None
    owners = board_people.owners([view.state.point.lead_id], asked.day)
    point = view.state.point
    shown = view.shown.indicator.id if view.shown else None
    context = point_context(view, asked, owners) | {
        "asked": asked,
        "here": present.point_url(no, asked, i=code),
        "board": data,
        "all_counties": present.county_rows(view.lines, asked),
        "missing": board_people.missing(asked.plan, asked.day, asked.unit, shown) if shown else None,
    }
    title = _("第 %(no)d 点 %(title)s") % {"no": no, "title": point.title}
    behind = view.state.light in (Light.LATE, Light.SLOW)
    task = Task.objects.filter(point=point, indicator=shown).values_list("id", flat=True).first() if behind else None
    return {"title": title, "point": point, "task": task, "body": render_to_string("console/board/_page.html", context)}


@staff("planning.read")
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """A figure by office, and inside one's own scope down to the rows behind it."""
    plan = _plan()
    if plan is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = read(request, plan, actor)
    measure = get_object_or_404(Indicator, code=code)
    wanted = request.GET.get("unit", "all")
    unit = None
    if wanted != "all":
        unit = get_object_or_404(ReportingUnit.objects.select_related("superior__superior"), code=wanted, valid_to=None)
    level = board_units.level(measure, unit, asked.day, board_point.aims_of(measure))
    inside = unit is None or sees(actor, unit)
    total = present.bar(level.total)
    task = measure.tasks.select_related("point").order_by("id").first()
    rows = [(r, links.address(r.record)) for r in level.rows[:ROWS]] if inside else []
    context = _base(request, asked, measure.title) | {
        "indicator": measure,
        "level": level,
        "total": total,
        "lines": present.county_rows(level.lines, asked),
        "rows": rows,
        "hidden": 0 if inside else len(level.rows),
        "more": max(len(level.rows) - ROWS, 0),
        "path": [(_("全省"), present.indicator_url(code, asked, "all"))]
        + [(u.short_name, present.indicator_url(code, asked, u.code)) for u in level.path],
        "list": board_point.denominator_list(measure),
        "of_point": task.point if task else None,
        "of_point_url": present.point_url(task.point.no, asked) if task else "",
        "summed": board_words.plain(level.summed.numerator),
        "months": [
            (m, reverse("console:plan_indicator", args=[code]) + f"?month={m:%Y-%m}&unit={wanted}")
            for m in asked.months
        ],
    }
    return render(request, "console/board/indicator.html", context)


@staff("planning.read")
def method(request: HttpRequest) -> HttpResponse:
    """How a light is reckoned: the method, the parameters and their source."""
    plan = _plan()
    measures = []
    if plan is not None:
        found = Indicator.objects.filter(tasks__point__plan=plan).distinct().order_by("tasks__point__no", "code")
        measures = [{"indicator": i, "list": board_point.denominator_list(i)} for i in found]
    context = {
        "trail": [(_("要点看板"), reverse("console:plan")), (_("推算办法与口径"), "")],
        "measures": measures,
        "slow_from": lights()["slow_from"],
        "trend_months": lights()["trend_months"],
        "late_days": number("stage_late_days"),
        "few_units": number("few_units"),
        "report_days": number("report_working_days"),
    }
    return render(request, "console/board/method.html", context)
