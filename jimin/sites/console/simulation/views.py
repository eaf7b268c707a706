"""模拟测算: the list, a new scenario, one scenario while it runs and when it is done, and several side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.engines.policy import programmes, register
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.programmes import Programme
from jimin.engines.simulation import population
from jimin.engines.simulation.actions import SaveScenario
from jimin.engines.simulation.limits import least
from jimin.engines.simulation.models import Scenario, Stage, State
from jimin.engines.simulation.registers import Scenarios, light
from jimin.sites.console import registers
from jimin.sites.console.forms import handle, must_be_allowed
from jimin.sites.console.guard import staff
from jimin.sites.console.law.parameters import may_propose
from jimin.sites.console.simulation.forms import ScenarioForm, lines
from jimin.sites.console.simulation.present import Result, change_words, told
from jimin.sites.console.simulation.who import READ

MOST_BESIDE = 3
TOLD = 6  # missing facts that are named
OTHERS = 30  # scenarios that are offered for comparing


def seen(request: HttpRequest) -> QuerySet[Scenario]:
    """The scenarios in the actor's scope."""
    return Scenarios().rows(_actor(request)).select_related("outcome")


def listing(request: HttpRequest) -> HttpResponse:
    """Every saved scenario in the scope."""
    return registers.show(request, Scenarios.name, more=_more)


def _more(request: HttpRequest) -> dict[str, Any]:
    may = _actor(request).may(SaveScenario.name)
    return {"buttons": [(_("新方案"), reverse("console:simulation_new"), "pri")] if may else []}


@require_safe
@staff(SaveScenario.name)
def choose(request: HttpRequest) -> HttpResponse:
    """Which programme."""
    rows = [(p, reverse("console:simulation_ask", args=[p.name])) for p in programmes.PROGRAMMES.values()]
    context = {"programmes": rows, "trail": [_home(), (_("新方案"), "")]}
    return render(request, "console/simulation/choose.html", context)


@staff(SaveScenario.name)
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """What is changed; saved, it is reckoned at once."""
    programme = _programme(name)
    actor = _actor(request)
    must_be_allowed(actor, SaveScenario)
    place = divisions.province().code if actor.unit.is_provincial else actor.unit.jurisdiction
    like = _like(request)
    day = like.day if like else clock.business_day()
    try:
        law = register.in_force(programme.domain.name, day)
        offered = lines(law, programme, population.counties(place)) if place else []
    except RuleError as error:
        raise Http404(str(error)) from None
    initial: dict[str, Any] = {"day": day, "name": ""}
    for change in like.changes if like else ():
        key = f"{change['path']}:{change['area']}"
        initial |= {key: change["value"], f"how:{key}": change["how"]}
    form = ScenarioForm(request.POST or None, programme=programme, lines=offered, initial=initial)
    return handle(
        request,
        SaveScenario,
        form,
        to=lambda result: reverse("console:scenario", args=[result["scenario"]]),
        done=_("方案已保存，正在测算。"),
        data={"programme": programme.name},
        title=_("如果……：%s") % programme.title,
        template="console/simulation/ask.html",
        context={
            "programme": programme,
            "place": divisions.name(place) if place else "",
            "nothing": not form.fields["population"].choices,  # type: ignore[attr-defined]
            "trail": [_home(), (programme.title, "")],
        },
    )


def _like(request: HttpRequest) -> Scenario | None:
    """An earlier scenario to begin from, when it may be seen."""
    try:
        return seen(request).filter(pk=UUID(request.GET.get("like", ""))).first()
    except ValueError:
        return None


@require_safe
@staff(READ)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One scenario: how far it is, why it failed, or what came out."""
    found = get_object_or_404(seen(request), pk=pk)
    state = found.state
    programme = _programme(found.programme)
    context: dict[str, Any] = {
        "scenario": found,
        "state": light(found),
        "programme": programme,
        "changes": [change_words(programme, c) for c in found.changes],
        "place": divisions.name(found.place),
        "running": state in (State.WAITING, State.RUNNING),
        "done": state == State.DONE,
        "may_save": _actor(request).may(SaveScenario.name),
        "trail": [_home(), (found.name, "")],
    }
    if context["running"]:
        context["stages"] = _stages(found)
    elif state in (State.FAILED, State.LOST):
        context["failure"] = found.outcome.failure if state == State.FAILED else ""
    else:
        context |= _result(request, found, programme)
    return render(request, "console/simulation/scenario.html", context)


def _stages(found: Scenario) -> list[dict[str, Any]]:
    passed = list(found.stages.values_list("stage", flat=True))
    now = passed[-1] if passed else ""
    order = [s.value for s in Stage]
    return [
        {
            "word": s.label,
            "status": "cur" if s.value == now else "ok" if s.value in order[: order.index(now)] else "todo",
        }
        if now
        else {"word": s.label, "status": "todo"}
        for s in Stage
    ]


def _result(request: HttpRequest, found: Scenario, programme: Programme) -> dict[str, Any]:
    others = seen(request).filter(programme=found.programme, outcome__failure="").exclude(pk=found.pk)[:OTHERS]
    exports = [(label, reverse("console:scenario_export", args=[found.pk, form])) for form, label in
               (("xlsx", "Excel"), ("csv", "CSV"))]  # fmt: skip
    result = Result(found)
    small = least()

    def few(n: int) -> str:
        return told(None if 0 < n < small else n)

    return {
        "result": result,
        "drawn": result.drawn,
        "grounds": [(g.words, few(g.before), few(g.after)) for g in result.outcome.grounds],
        "facts": [f.title for f in result.outcome.facts[:TOLD]],
        "others": others,
        "least": small,
        "exports": exports,
        "proposals": _proposals(_actor(request), found, programme),
    }


def _proposals(actor: Actor, found: Scenario, programme: Programme) -> list[tuple[str, str]]:
    """Where each changed number is proposed, for a post whose level sets it."""
    declared = programmes.national(programme.domain.name)
    rows = []
    for change in found.changes:
        parameter = declared.find(change["path"])
        if parameter is None or not may_propose(actor, parameter):
            continue
        query = f"?area={change['area']}" + (f"&value={change['value']}" if change["how"] == "set" else "")
        address = reverse("console:parameter_propose", args=[programme.domain.name, change["path"]])
        rows.append((change_words(programme, change), address + query))
    return rows


@require_safe
@staff(READ)
def compare(request: HttpRequest) -> HttpResponse:
    """Two or three scenarios of one programme side by side."""
    wanted = list(dict.fromkeys(request.GET.getlist("s")))[:MOST_BESIDE]
    try:
        keys = [UUID(w) for w in wanted]
    except ValueError:
        raise Http404 from None
    by_key = {s.pk: s for s in seen(request).filter(pk__in=keys, outcome__failure="")}
    results = [Result(by_key[k]) for k in keys if k in by_key]
    same = len({r.programme.name for r in results}) <= 1
    first = results[0].scenario if results else None
    left = (
        seen(request).filter(programme=first.programme, outcome__failure="").exclude(pk__in=keys)[:OTHERS]
        if first
        else []
    )
    context = {
        "results": results if same else [],
        "mixed": not same,
        "alike": len({(r.scenario.day, r.scenario.population, r.scenario.place) for r in results}) <= 1,
        "others": left if len(results) < MOST_BESIDE else [],
        "rows": _beside(results) if same else [],
        "counties": _counties(results) if same else [],
        "trail": [_home(), (_("比较"), "")],
    }
    return render(request, "console/simulation/compare.html", context)


def _beside(results: list[Result]) -> list[dict[str, Any]]:
    figures = [r.figures for r in results]
    labels = [f["label"] for f in figures[0]] if figures else []
    return [{"label": label, "cells": [f[i]["value"] for f in figures]} for i, label in enumerate(labels)]


def _counties(results: list[Result]) -> list[dict[str, Any]]:
    tables = [{r["key"]: r for r in result.counties} for result in results]
    keys = dict.fromkeys(k for table in tables for k in table)
    money = bool(results) and bool(results[0].programme.amount)

    def cell(row: dict[str, Any] | None) -> str:
        if row is None:
            return "—"
        return row["money"]["more"] if money else row["shown"]["entrants"]  # type: ignore[no-any-return]

    return [{"title": results[0].title(k), "cells": [cell(t.get(k)) for t in tables]} for k in keys]


def _programme(name: str) -> Programme:
    try:
        return programmes.get(name)
    except RuleError:
        raise Http404 from None


def _home() -> tuple[str, str]:
    return _("模拟测算"), reverse("console:simulation")


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]
