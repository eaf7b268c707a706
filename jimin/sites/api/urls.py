"""The addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from jimin.sites.api.application import add_actions, api
from jimin.sites.api.planning import READS, router

#: Changes that other systems may ask for. A token names those it was given; none can do more than its role.
ACTIONS = frozenset(
    {
        "planning.report.file",
        "planning.report.sign",
        "planning.report.review",
        "planning.report.accept",
        "planning.report.return",
        "planning.item.register",
        "planning.item.confirm",
        "planning.item.update",
        "planning.item.void",
        "planning.reply.write",
        "planning.stage.complete",
    }
)

#: What a token can be given: these changes, and the permissions that the reading addresses ask for.
OFFERED = ACTIONS | READS

api.add_router("", router)
add_actions(ACTIONS)

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
