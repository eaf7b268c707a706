"""Each request runs in one transaction under the scope of the one who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from jimin.core.access.models import Appointment
from jimin.core.access.scope import NOWHERE, Actor, appointments_of, set_scope
from jimin.core.audit.api import keeping_refusals

KEY = "appointment"


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a session: the chosen appointment, else the only or first one; None when there is none."""
    if not request.user.is_authenticated:
        return None
    held: list[Appointment] = list(appointments_of(request.user))
    request.roles = frozenset(a.role for a in held)  # type: ignore[attr-defined]  # of all posts (console.accounts.duties)
    chosen = request.session.get(KEY)
    for appointment in held:
        if chosen and appointment.id == UUID(chosen):
            return Actor.of(appointment)
    return Actor.of(held[0]) if held else None


class ScopeMiddleware:
    """Sets request.actor; opens the transaction; a response of 500 rolls it back. What was refused stays on record."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/static/"):
            return self.get_response(request)
        with keeping_refusals(), transaction.atomic():
            actor = actor_of(request)
            request.actor = actor  # type: ignore[attr-defined]
            set_scope(actor.scope if actor else NOWHERE)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response
