"""Who calls: a bearer token, which acts as one appointment for named permissions only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from jimin.core.access import lockout
from jimin.core.access.scope import set_scope
from jimin.core.access.tokens import BadToken, actor_of


class TooManyWrong(Exception):
    """Too many unknown tokens came from this address."""


class Token(HttpBearer):
    """Sets request.actor and the transaction's scope. Raises BadToken (401) or TooManyWrong (429)."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        try:
            actor = actor_of(token)
        except BadToken as bad:
            if not bad.known and lockout.wrong_token(request):
                raise TooManyWrong from None
            raise
        request.actor = actor  # type: ignore[attr-defined]
        set_scope(actor.scope)
        return actor
