"""Who may open a page of the console."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Forbidden
from jimin.core.audit import api as audit
from jimin.sites.console import kept_form

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def staff(permission: str = "") -> Callable[[View], View]:
    """A view for signed-in staff with an appointment, and with `permission` when one is named.

    Nobody: to the sign-in page and back. No appointment today: to the page that says so. Not allowed: raises
    Forbidden, which the site shows as a page of refusal.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return HttpResponseRedirect(reverse("console:appointments"))
            if permission and not actor.may(permission):
                refusal = Forbidden(
                    _("“%(role)s”岗位看不了这一页。") % {"role": actor.appointment.get_role_display()},
                    next_step=_("需要时请换一个岗位，或联系本单位的系统管理员。"),
                )
                audit.refused(actor, permission, refusal)
                raise refusal
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, which then comes back here and says if an earlier sign-in ran out."""
    part = request.headers.get("HX-Request")
    here = request.headers.get("HX-Current-URL", "/console/") if part else request.get_full_path()
    query = {"next": here} if request.method == "GET" or part else {}
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        query["expired"] = getattr(request, "ended", "") or "1"
    if request.method == "POST" and not part:
        kept_form.keep(request)
    url = f"{settings.LOGIN_URL}?{urlencode(query)}"
    if part:  # a part of a page: the whole page has to go
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
