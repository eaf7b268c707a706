"""Wrong passwords: how many, counted how (django-axes keeps the counts).

Three counts, all over the same stretch of time. An account at one address; an account from everywhere; and a browser
that has signed in to the account before (it holds a signed cookie), which is counted by itself alone. So who guesses
from many addresses is stopped, and a colleague who types wrong passwords for somebody, even from the same address,
cannot lock that person out of the browser he uses every day.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.contrib.auth.signals import user_login_failed
from django.core import signing
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse

from jimin.core import clock
from jimin.core.access import limits
from jimin.core.access.models import Account
from jimin.core.access.typed import stand_in

COOKIE, SALT = "jimin_device", "jimin.device"
TOKENS = "(token)"  # wrong tokens of the API are counted under this name; nothing typed is counted under it

Credentials = dict[str, Any] | None


def cool_off(request: HttpRequest | None = None) -> timedelta:
    """How long a lock lasts, for axes."""
    return timedelta(seconds=limits.seconds("lock"))


def limit(request: HttpRequest | None, credentials: Credentials) -> int:
    """How many failures lock, for axes."""
    return limits.count("token_tries" if is_of_tokens(request) else "tries")


def is_of_tokens(request: HttpRequest | None) -> bool:
    """Whether a failure is a wrong token's. Only `wrong_token` says so: what somebody types as a name never does."""
    return bool(getattr(request, "of_tokens", False))


def counted_as(request: HttpRequest, credentials: Credentials) -> str:
    """The name under which axes counts: the account, or the account on a browser that knows it."""
    if is_of_tokens(request):
        return TOKENS
    username = stand_in(str((credentials or {}).get("username") or request.POST.get("username", ""))[:200])
    # No account has these; typed, they would pass for somebody's browser, or for the tokens.
    username = username.replace("#", "＃").replace("(", "（")
    device = _device(request, username)
    return f"{username}#{device}" if device else username


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """Axes' own handler, and the count of an account from everywhere."""

    def get_failures(self, request: HttpRequest, credentials: Credentials = None) -> int:
        """The failures that count for this try; the account's limit stands for its own."""
        own = int(super().get_failures(request, credentials))
        name, most = counted_as(request, credentials), limit(request, credentials)
        if name == TOKENS:
            return own
        everywhere = int(_fresh().filter(username=name).aggregate(n=Sum("failures_since_start"))["n"] or 0)
        if "#" in name:  # a browser's cookie may be carried elsewhere: it has its few tries wherever it is
            return everywhere
        return max(own, most) if everywhere >= limits.count("account_tries") else own


def _fresh() -> Any:
    return AccessAttempt.objects.filter(attempt_time__gte=clock.now() - cool_off())


def _of(username: str) -> Q:
    return Q(username=username) | Q(username__startswith=f"{username}#")


def is_locked(username: str) -> bool:
    """Whether some place is locked for an account just now."""
    return username in locked([username])


def locked(usernames: list[str] | None = None) -> set[str]:
    """The accounts for which some place is locked just now (of `usernames`, or of all)."""
    sums: dict[tuple[str, str], int] = {}  # (account, address or browser; empty: from everywhere) → failures
    for name, address, failures in _fresh().values_list("username", "ip_address", "failures_since_start"):
        account, _hash, device = str(name).partition("#")
        if account == TOKENS or (usernames is not None and account not in usernames):
            continue
        for place in {device or str(address), device}:
            sums[account, place] = sums.get((account, place), 0) + failures
    most = {True: limits.count("tries"), False: limits.count("account_tries")}
    return {account for (account, place), n in sums.items() if n >= most[bool(place)]}


def unlock(username: str) -> int:
    """Forget the failures of an account, everywhere. Returns how many counts there were."""
    return int(AccessAttempt.objects.filter(_of(username)).delete()[0])


# -- wrong tokens of the API -----------------------------------------------------------------------


def wrong_token(request: HttpRequest) -> bool:
    """Count a token nobody knows, by its address. Returns whether that address has to wait now.

    A token that holds is never refused for the wrong ones of its neighbours. Axes sees a bare request: neither the
    token nor what was asked is kept.
    """
    bare = _bare(request)
    bare.of_tokens = True  # type: ignore[attr-defined]
    who = {"username": TOKENS}
    if AxesProxyHandler.is_locked(bare, who):
        return True
    user_login_failed.send(sender=__name__, credentials=who, request=bare)
    return False


# -- the own password, asked for once more ---------------------------------------------------------

_here: ContextVar[HttpRequest | None] = ContextVar("lockout_here", default=None)


def at(request: HttpRequest) -> None:
    """Every request begins with this: an action knows no request, and a wrong password is counted by its address."""
    _here.set(_bare(request))


def _bare(request: HttpRequest) -> HttpRequest:
    """The request's address alone, for axes."""
    bare = HttpRequest()
    bare.META = {k: request.META[k] for k in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR") if k in request.META}
    return bare


def own_is_locked(account: Account) -> bool:
    """Whether the own password is not taken just now: too many wrong ones, at the sign-in or inside."""
    return bool(AxesProxyHandler.is_locked(_here.get() or HttpRequest(), {"username": account.username}))


def own_was_wrong(account: Account) -> None:
    """Count a wrong password of somebody who is signed in, as the sign-in counts it. Audited by sessions."""
    inside = _here.get() or HttpRequest()
    inside.inside = True  # type: ignore[attr-defined]
    user_login_failed.send(sender=__name__, credentials={"username": account.username}, request=inside)


# -- the browsers that an account has signed in from ---------------------------------------------


def remember(request: HttpRequest, response: HttpResponse, account: Account, secure: bool) -> None:
    """After a sign-in: this browser is known for the account (a signed cookie that only the sign-in page is sent)."""
    mark = _device(request, account.username) or secrets.token_urlsafe(12)
    response.set_cookie(
        COOKIE,
        signing.dumps([account.username, mark, account.browsers_era], salt=SALT),
        max_age=limits.seconds("device"),
        path="/console/signin/",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _device(request: HttpRequest, username: str) -> str:
    """The mark of this browser if it is known for the account; else empty."""
    try:
        known, mark, era = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=limits.seconds("device"))
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    if known != username or not Account.objects.filter(username=known, browsers_era=era, is_active=True).exists():
        return ""  # another's; or of before the password changed, or the holder had the browsers forgotten
    return str(mark)
