"""The token that opens a stream: who, which places, for which page's origin; signed, and good for a minute."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

from jimin.core.access.scope import Actor, Scope
from jimin.core.divisions.models import Level

SALT = "jimin.live"
SECONDS = 60  # to connect; an open stream may go on
LEVELS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWN)


class BadToken(Exception):
    """The token was not signed here, or its minute is over."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says."""

    account: str
    origin: str  # "http://127.0.0.1:8000": the only foreign page that may read the stream
    scope: Scope


def issue(actor: Actor, origin: str = "") -> str:
    """A token for a signed-in actor on a page of `origin` (empty: only pages of the live process's own host)."""
    scope = actor.scope
    return signing.dumps([str(actor.account.id), origin, scope.level, list(scope.codes)], salt=SALT)


def read(token: str) -> Pass:
    """What a token says. Raises BadToken."""
    try:
        account, origin, level, codes = signing.loads(token, salt=SALT, max_age=SECONDS)
        return Pass(str(account), str(origin), Scope(str(level), tuple(str(c) for c in codes)))
    except (signing.BadSignature, ValueError, TypeError):
        raise BadToken from None


def covers(scope: Scope, note: dict[str, str]) -> bool:
    """Whether a note lies inside a scope. A note without a place is the province's own business."""
    if scope.level == Level.PROVINCE:
        return True
    place = note.get(scope.level, "") if scope.level in LEVELS else ""
    return bool(place) and place in scope.codes
