"""政策参数: what every parameter is at a place on a day, and one parameter through time and by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jimin.core import clock
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.core.registers.columns import name_of
from jimin.engines.policy import actions, library, programmes, register, seeing, showing, units
from jimin.engines.policy.models import RecordState
from jimin.engines.policy.parameters import AREAS, Dated, Parameter
from jimin.engines.policy.registers import status
from jimin.engines.policy.showing import Audience, Mark
from jimin.sites.console.guard import staff
from jimin.sites.console.law import who
from jimin.sites.console.law.rules import cites

SETTERS = {
    "nation": lazy("国家"),
    "province": lazy("省"),
    "prefecture": lazy("设区的市（州）"),
    "county": lazy("县（市、区）"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for. A wrong choice is as good as none, and the page shows what it chose."""

    place: str
    day: date
    state: str
    q: str

    @classmethod
    def of(cls, request: HttpRequest, places: Iterable[divisions.Place]) -> Asked:
        codes = [p.code for p in places]
        actor: Any = request.actor  # type: ignore[attr-defined]
        own = actor.unit.jurisdiction
        default = next((c for c in codes if own and c == divisions.columns(own)["prefecture"]), codes[0])
        asked = request.GET.get("place", "")
        return cls(
            asked if asked in codes else default,
            _day(request.GET.get("on", "")),
            request.GET.get("state", ""),
            request.GET.get("q", "").strip()[:60],
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.business_day()


def _states() -> dict[str, str]:
    return {"set": _("有数值"), "unset": _("未定"), "unverified": _("参数未核实"), "demo": _("演示")}


@require_safe
@staff(who.PARAMETERS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every declared parameter with what it is at one place on one day."""
    places = [divisions.province(), *divisions.all_of(Level.PREFECTURE)]
    asked = Asked.of(request, places)
    groups = []
    for domain in programmes.DOMAINS.values():
        rows = [_row(domain.name, p, asked) for p in register.law(domain.name).items.values()]
        groups.append((domain, [r for r in rows if _fits(r, asked)]))
    whole = [r for _domain, rows in groups for r in rows]
    context = {
        "groups": groups,
        "asked": asked,
        "places": places,
        "states": _states(),
        "counts": {state: sum(1 for r in whole if state in r["states"]) for state in _states()},
        "n": len(whole),
        "unused": [(r, why) for d in programmes.DOMAINS for r, why in register.unused(d)],
        "trail": [(_("政策参数"), "")],
    }
    return render(request, "console/law/parameters.html", context)


def _fits(row: dict[str, Any], asked: Asked) -> bool:
    words = library.plain(f"{row['title']} {row['path']}")
    return (not asked.state or asked.state in row["states"]) and all(w in words for w in library.plain(asked.q).split())


def _row(domain: str, parameter: Parameter, asked: Asked) -> dict[str, Any]:
    values = [(area, parameter.at(asked.day, asked.place[:6], area)) for area in areas(parameter)]
    shown = [(area, showing.value(parameter.unit, v, Audience.STAFF)) for area, v in values]
    marks = {s.mark for _area, s in shown}
    states = {"unset" if all(s.words is None for _area, s in shown) else "set"}
    states |= {"unverified"} if Mark.UNVERIFIED in marks else set()
    states |= {"demo"} if Mark.DEMO in marks else set()
    return {
        "title": parameter.title,
        "path": parameter.path,
        "href": reverse("console:parameter", args=[domain, parameter.path]),
        "values": shown,
        "set_by": setters(parameter),
        "cites": cites(parameter.values[0].cite),
        "states": states,
    }


def areas(parameter: Parameter) -> tuple[str, ...]:
    """城镇 and 农村, or nothing to choose."""
    return AREAS if parameter.by_area else ("",)


def setters(parameter: Parameter) -> str:
    """Who may set it, in words."""
    return "、".join(str(SETTERS[s]) for s in parameter.set_by)


def declared(domain: str, path: str) -> Parameter:
    """A parameter with everything confirmed. Raises Http404."""
    found = register.law(domain).find(path) if domain in programmes.DOMAINS else None
    if found is None:
        raise Http404
    return found


@require_safe
@staff(who.LAW)
def one(request: HttpRequest, domain: str, path: str) -> HttpResponse:
    """One parameter: its values through time and by place, what is proposed, its source, and who uses it."""
    parameter = declared(domain, path)
    actor: Any = request.actor  # type: ignore[attr-defined]
    today = clock.business_day()
    rows = seeing.records(actor).filter(domain=domain, path=path)
    waiting = rows.exclude(state=RecordState.CONFIRMED).order_by("-id")
    values = sorted(parameter.values, key=lambda v: (v.division, v.area, v.since))
    users = library.users_of_parameter(domain, path)
    context = {
        "parameter": parameter,
        "facts": [
            (_("代号"), format_html("<code>{}</code>", path)),
            (_("单位"), units.WORDS[parameter.unit]),
            (_("由谁规定"), setters(parameter)),
            (_("说明"), parameter.note or "—"),
        ],
        "cites": [c for cite in dict.fromkeys(v.cite for v in parameter.values) for c in cites(cite)],
        "values": [_value(parameter, v, today) for v in values],
        "waiting": [
            (r, status(r), name_of(r.division), reverse("console:parameter_record", args=[r.pk])) for r in waiting
        ],
        "unused": [(r, why) for r, why in register.unused(domain) if r.path == path],
        "users": [
            {"title": f.title, "note": f.name, "href": reverse("console:rule", args=[domain, f.name])}
            for f in {f.name: f for f in users}.values()
        ],
        "tests": library.tests_of(domain, *{f.name for f in users}),
        "propose": reverse("console:parameter_propose", args=[domain, path]) if may_propose(actor, parameter) else "",
        "trail": _trail(actor, parameter),
    }
    return render(request, "console/law/parameter.html", context)


def _trail(actor: Any, parameter: Parameter) -> list[tuple[str, str]]:
    opens = actor.may(who.PARAMETERS)
    above = (_("政策参数"), reverse("console:parameters")) if opens else (_("法规与规则"), reverse("console:law"))
    return [above, (parameter.title, "")]


def may_propose(actor: Any, parameter: Parameter) -> bool:
    """Whether an actor's post and place may set this parameter (the action asks again, and for the duty too)."""
    if not actor.may(actions.ProposeParameter.name):
        return False
    code = divisions.province().code if actor.unit.is_provincial else actor.unit.jurisdiction
    return bool(code) and actions.SETTERS.get(Level(divisions.place(code).level)) in parameter.set_by


def _value(parameter: Parameter, dated: Dated, today: date) -> dict[str, Any]:
    shown = showing.value(parameter.unit, dated, Audience.STAFF)
    if dated.since > today:
        state = {"status": "todo", "word": _("尚未施行")}
    elif dated.until is not None and dated.until <= today:
        state = {"status": "none", "word": _("已停止")}
    else:
        newest = parameter.at(today, dated.division, dated.area)
        mine = newest is dated
        state = {"status": "ok", "word": _("施行中")} if mine else {"status": "none", "word": _("已被接替")}
    if dated.value is None:
        state = {"status": "none", "word": _("未定")}
    return {
        "dated": dated,
        "shown": shown,
        "place": name_of(f"{dated.division}000000") if dated.division else _("全国"),
        "state": state,
        "href": reverse("console:parameter_record", args=[dated.record]) if dated.record else "",
    }
