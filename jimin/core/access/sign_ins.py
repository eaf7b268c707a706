"""A sign-in and its end: who, where, when last used; idle time and the longest time; ending it from elsewhere.

The session row is Django's own. Beside it stands a `SignIn`, which stays after the end. Ending deletes the session row,
so the very next request of that browser is a stranger's.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from jimin.core import clock
from jimin.core.access import address, limits, lockout, once
from jimin.core.access.models import Account, SignIn

BEGAN, SEEN, ID = "began", "seen", "sign_in"
NONE = str(uuid.UUID(int=0))  # a session of before there were rows
UNASKED = "X-Jimin-Unasked"  # the page asked by itself (live news): no use that keeps a sign-in alive
WRITE_EVERY = 60  # seconds between two notes of “last used”


class SignInMiddleware:
    """Ends a sign-in that was idle or lasted too long before anything sees it; else notes that it is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        once.take()  # a thread serves many people
        lockout.at(request)
        if not request.path.startswith("/static/") and request.user.is_authenticated:
            over = _over(request.session, int(time.time()))
            if over:
                finish(request, over)
            elif UNASKED not in request.headers:
                _use(request)
        return self.get_response(request)


def _over(session: Any, now: int) -> str:
    """Why a session is over, or empty. One without times (of an older version) begins now."""
    if now - int(session.get(SEEN, now)) > limits.seconds("idle"):
        return SignIn.End.IDLE
    if now - int(session.get(BEGAN, now)) > limits.seconds("longest"):
        return SignIn.End.LONGEST
    return ""


def _use(request: HttpRequest) -> None:
    """Note the use, at most once a minute; a clock that was set back is noted too."""
    now = int(time.time())
    request.session.setdefault(BEGAN, now)
    if abs(now - int(request.session.get(SEEN, 0))) < WRITE_EVERY:
        return
    request.session[SEEN] = now
    if ID in request.session:
        SignIn.objects.filter(pk=request.session[ID]).update(seen_at=clock.now(), address=address.of(request))


def seconds_left(request: HttpRequest) -> int:
    """Until a sign-in that was used just now ends: the idle time, or what is left of the longest."""
    longest = int(request.session.get(BEGAN, time.time())) + limits.seconds("longest") - int(time.time())
    return max(0, min(limits.seconds("idle"), longest))


@receiver(user_logged_in)
def begin(request: HttpRequest, user: Account, **_more: Any) -> None:
    """After Django's login (its signal): the times and the row."""
    now = int(time.time())
    made = SignIn.objects.create(
        account=user,
        session_key=request.session.session_key or "",
        address=address.of(request),
        agent=request.META.get("HTTP_USER_AGENT", "")[:200],
        started_at=clock.now(),
        seen_at=clock.now(),
    )
    request.session.update({BEGAN: now, SEEN: now, ID: str(made.pk)})


def own(request: HttpRequest) -> UUID | None:
    """The sign-in of this request."""
    return UUID(request.session[ID]) if ID in request.session else None


def rotated(request: HttpRequest) -> None:
    """The session got another key (a changed password): the row follows."""
    SignIn.objects.filter(pk=request.session.get(ID, NONE)).update(session_key=request.session.session_key or "")


def finish(request: HttpRequest, end: str) -> None:
    """End this request's sign-in; the request goes on as a stranger's, and knows whose it was and why it ended."""
    account, pk = request.user, request.session.get(ID, NONE)
    logout(request)  # its signal tells `ended`
    request.ended = end  # type: ignore[attr-defined]
    request.ended_account = str(account.pk)  # type: ignore[attr-defined]
    SignIn.objects.filter(pk=pk).update(end=end)


@receiver(user_logged_out)
def ended(request: HttpRequest, **_more: Any) -> None:
    """Before Django's logout (its signal): close the row."""
    pk = request.session.get(ID, NONE)
    SignIn.objects.filter(pk=pk, ended_at=None).update(ended_at=clock.now(), end=SignIn.End.OUT, session_key="")


def end_all(account: Account, end: str, keep: UUID | None = None) -> int:
    """End an account's sign-ins (but one). Their next requests are a stranger's. Returns how many ended."""
    rows = SignIn.objects.filter(account=account, ended_at=None).exclude(pk=keep or uuid.UUID(int=0))
    keys = [key for key in rows.values_list("session_key", flat=True) if key]
    Session.objects.filter(session_key__in=keys).delete()
    return rows.update(ended_at=clock.now(), end=end, session_key="")


def present(account: Account) -> list[SignIn]:
    """The sign-ins that may still be in use, the latest first: those whose session row is there and not idle."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    since = clock.now().timestamp() - limits.seconds("idle")
    rows = SignIn.objects.filter(account=account, ended_at=None, session_key__in=alive).order_by("-seen_at")
    return [row for row in rows if row.seen_at.timestamp() >= since - WRITE_EVERY]
