"""What a person owes before any work: another password after a start password, a second factor for some posts.

The sign-in writes it into the session, and each page looks again: a post may be given, or its rule begin, in the middle
of a day. Until it is done, every page of the console leads to the page that does it: the
wall stands before all views, so a page that is added later is behind it too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from jimin.core.access import factor
from jimin.core.access.models import Account
from jimin.core.access.scope import appointments_of

KEY, AFTER = "owes", "after"
PASSWORD, FACTOR = "password", "factor"
PAGES = {PASSWORD: "console:password", FACTOR: "console:factor"}
#: Open to one who still owes something: what does it, and the way out.
FREE = {
    "password", "factor", "factor_begin", "factor_confirm", "signin", "signin_code", "signout", "signed_out", "here",
}  # fmt: skip


def owed(account: Account) -> list[str]:
    """What an account that signs in now has to do first."""
    roles = set(appointments_of(account).values_list("role", flat=True))
    duties = [PASSWORD] if account.must_change_password else []
    return duties + ([FACTOR] if factor.required(roles) and factor.active(account) is None else [])


def done(request: HttpRequest, duty: str) -> None:
    """Strike one from the session's list."""
    request.session[KEY] = [d for d in request.session.get(KEY, []) if d != duty]


def next_page(request: HttpRequest, default: str) -> str:
    """Where to go on: to the next duty; after the last one to where the sign-in was to lead; else `default`."""
    duties = request.session.get(KEY, [])
    return reverse(PAGES[duties[0]]) if duties else str(request.session.pop(AFTER, default))


def begin(request: HttpRequest, account: Account, wanted: str) -> str:
    """At a sign-in: write down what is owed and where to go afterwards. Returns where to go now."""
    request.session[KEY] = owed(account)
    if request.session[KEY]:
        request.session[AFTER] = wanted
    return next_page(request, wanted)


def look_again(request: HttpRequest, account: Account) -> None:
    """Bring the session's list up to date. Costs a question to the database only for posts that must have a factor."""
    if KEY not in request.session:  # no sign-in of the page, which writes the list
        return
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    now = [PASSWORD] if account.must_change_password else []
    now += [FACTOR] if factor.required(roles) and factor.active(account) is None else []
    if now != request.session[KEY]:
        if now and AFTER not in request.session and request.method == "GET" and "HX-Request" not in request.headers:
            request.session[AFTER] = request.get_full_path()
        request.session[KEY] = now


class DutiesMiddleware:
    """Leads every other page of the console to the first duty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not request.path.startswith("/console/") or match is None or not request.user.is_authenticated:
            return None
        if match.app_name == "console" and match.url_name in FREE:
            return None
        look_again(request, request.user)  # type: ignore[arg-type]  # ours is the only model of accounts
        if not request.session.get(KEY):
            return None
        url = next_page(request, "/console/")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
