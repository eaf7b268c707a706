"""What the pages about people share: who may, that no browser keeps them, places to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.core.registers.columns import name_of

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """The one who is at work; the guard has seen that there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def path_of(record: Any) -> str:
    """农安县合隆镇陈家店村: the names of a record's places below the prefecture."""
    codes = [code for code in (record.county, record.town, record.village) if code]
    return "".join(name_of(code) for code in codes) or name_of(record.prefecture)


def places(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """The villages of the actor's scope under their towns; the town itself where the village is not known."""
    towns = [t for code in actor.scope.codes for t in _towns(code)]
    return [
        (
            town.name,
            [*((p.code, p.name) for p in divisions.children(town.code)), (town.code, _("%s（村不清楚）") % town.name)],
        )
        for town in towns
    ]


def _towns(code: str) -> list[divisions.Place]:
    place = divisions.place(code)
    if place.level == Level.TOWN:
        return [place]
    if place.level == Level.VILLAGE:
        return [divisions.place(place.parent)]
    return [town for child in divisions.children(code) for town in _towns(child.code)]
