"""The plan in plain words: home, the whole plan, one situation, one point. Only the plan in force, only public totals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.domains.planning import api as planning
from jimin.domains.planning.api import Promise, PublicPlan, PublicPoint
from jimin.sites.kept import kept
from jimin.sites.portal import situations
from jimin.sites.portal.situations import Situation

#: how many promises the first page shows
FIRST = 6
GOAL: dict[str, Words] = {"ge": lazy("不少于 %(goal)s"), "le": lazy("不超过 %(goal)s"), "eq": lazy("做到 %(goal)s")}


def home(request: HttpRequest) -> HttpResponse:
    """What this site can do for a person: the plan by situation, a few promises, checking a document, help."""
    plan = _plan()
    context = {"plan": plan, "situations": _links(_situations(plan)), "promises": _first(plan)}
    return render(request, "portal/home.html", context)


def _first(plan: PublicPlan | None) -> list[dict[str, Any]]:
    """The promises that the first page shows: those the pack names, else the first ones of the plan."""
    lines = {p.code: _line(x, p, href=True) for x in _points(plan).values() for p in x.promises}
    codes = situations.first(plan.document_no) if plan else []
    return [lines[c] for c in codes or lines if c in lines][:FIRST]


def whole(request: HttpRequest) -> HttpResponse:
    """The plan, chapter by chapter."""
    plan = _plan()
    if plan is None:
        return render(request, "portal/no_plan.html")
    chapters = [{"chapter": c, "points": [_item(p) for p in c.points]} for c in plan.chapters]
    context = {"plan": plan, "chapters": chapters, "situations": _links(_situations(plan))}
    return render(request, "portal/plan.html", context)


def situation(request: HttpRequest, key: str) -> HttpResponse:
    """The points that matter in one situation, in full."""
    plan = _plan()
    found = _situations(plan)
    chosen = next((s for s in found if s.key == key), None)
    if plan is None or chosen is None:
        raise Http404
    points = _points(plan)
    cards = [_card(points[no]) for no in chosen.points if no in points]
    others = _links(s for s in found if s.key != key)
    return render(
        request, "portal/situation.html", {"plan": plan, "situation": chosen, "cards": cards, "situations": others}
    )


def point(request: HttpRequest, no: int) -> HttpResponse:
    """One point: plain words, promises, who is responsible, the original, the counties' figures."""
    plan = _plan()
    points = _points(plan)
    if plan is None or no not in points:
        raise Http404
    places = kept(("public places", plan.document_no, no), lambda: planning.public_places(no))
    card = _card(points[no])
    tables = [
        {"promise": line["promise"], "places": places[line["promise"].code]}
        for line in card["promises"]
        if line["promise"].code in places and places[line["promise"].code].rows
    ]
    order = list(points)
    at = order.index(no)
    context = {
        "plan": plan, "card": card, "tables": tables, "chapter": next(c for c in plan.chapters if points[no] in c.points),
        "before": points[order[at - 1]] if at else None,
        "after": points[order[at + 1]] if at + 1 < len(order) else None,
    }  # fmt: skip
    return render(request, "portal/point.html", context)


def _plan() -> PublicPlan | None:
    return kept(("public plan",), planning.public_plan)


def _points(plan: PublicPlan | None) -> dict[int, PublicPoint]:
    return {p.no: p for c in plan.chapters for p in c.points} if plan else {}


def _situations(plan: PublicPlan | None) -> list[Situation]:
    """The situations for which the plan in force has a point."""
    points = _points(plan)
    return [s for s in situations.of_plan(plan.document_no) if any(no in points for no in s.points)] if plan else []


def _links(found: Iterable[Situation]) -> list[dict[str, Any]]:
    return [
        {"title": s.title, "note": s.note, "note_lang": "zh-Hans", "href": reverse("portal:situation", args=[s.key])}
        for s in found
    ]


def _item(point: PublicPoint) -> dict[str, Any]:
    """A point in a list: its title, its plain words, its light."""
    return {"point": point, "href": reverse("portal:point", args=[point.no]), "lit": point.status != "none"}


def _card(point: PublicPoint) -> dict[str, Any]:
    """A point with everything that may be said about it."""
    return {
        "point": point,
        "href": reverse("portal:point", args=[point.no]),
        "promises": [_line(point, p) for p in point.promises],
        "done": sum(1 for thing in point.things if thing.done),
        "overdue": _overdue(point),
    }


def _overdue(point: PublicPoint) -> int:
    """How many things are overdue where they alone, and none of its numbers, hold a point back."""
    behind = ("late", "slow")
    if any(p.status in behind for p in point.promises):
        return 0
    return sum(1 for thing in point.things if thing.status in behind)


def _line(point: PublicPoint, promise: Promise, *, href: bool = False) -> dict[str, Any]:
    """A promise in everyday words: what was said, until when, and what of it is there."""
    goals = [_("%(by)s%(goal)s") % {"by": _by(promise.by), "goal": _goal(promise, promise.goal)}]
    goals += [_("%(by)s%(goal)s") % {"by": _by(by), "goal": _goal(promise, goal)} for goal, by in promise.later]
    return {
        "promise": promise,
        "said": _("；").join(goals),
        "href": reverse("portal:point", args=[point.no]) if href else "",
    }


def _goal(promise: Promise, amount: str) -> str:
    return str(GOAL[promise.comparator]) % {"goal": amount}


def _by(day: date) -> str:
    """Until when, as people say it."""
    if (day.month, day.day) == (12, 31):
        return _("%(year)s年底前") % {"year": day.year}
    return _("%(year)s年%(month)s月%(day)s日前") % {"year": day.year, "month": day.month, "day": day.day}
