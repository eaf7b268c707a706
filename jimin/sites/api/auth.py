"""Who calls: a bearer token, which acts as one appointment for named permissions only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from jimin.core.access.scope import Actor, set_scope
from jimin.core.access.tokens import actor_of


class Token(HttpBearer):
    """Sets request.actor and the transaction's scope; an unknown token is answered 401."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        actor: Actor | None = actor_of(token)
        if actor is not None:
            request.actor = actor  # type: ignore[attr-defined]
            set_scope(actor.scope)
        return actor
