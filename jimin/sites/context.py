"""What every page needs to know: who is working, which day it is, how the person wants to see it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from jimin.core import clock
from jimin.core.access import limits, sign_ins
from jimin.core.access.scope import Actor
from jimin.sites import preferences
from jimin.sites.console import menu
from jimin.sites.portal import tabs


def shell(request: HttpRequest) -> dict[str, Any]:
    """The shells' variables; nothing here asks the database unless a template asks for it."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "actor": actor,
        "business_day": clock.business_day(),
        "demo": clock.is_demo(),
        "look": preferences.look(request),
        "theme": preferences.theme(request),
        "menu": SimpleLazyObject(partial(menu.build, request, actor)),
        "tabs": SimpleLazyObject(partial(tabs.build, request)),
        "session_left": sign_ins.seconds_left(request) if actor else 0,
        "session_warn": limits.seconds("idle_warning"),
        "session_warn_minutes": limits.minutes("idle_warning"),
        "live_url": reverse("console:live_token") if actor else "",
    }
