"""How a person wants to see the pages: standard, 长辈版 or 特大; light, dark or as the device. No JavaScript needed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

LOOKS = {"standard": "", "elder": "elder", "xl": "elder xl"}  # name: classes of the root element
THEMES = {"auto": "", "light": "theme-light", "dark": "theme-dark"}
YEAR = 365 * 24 * 3600


def look(request: HttpRequest) -> str:
    """The chosen look's classes; anything unknown is the standard."""
    return LOOKS.get(request.COOKIES.get("jimin_look", ""), "")


def theme(request: HttpRequest) -> str:
    """The chosen theme's class; empty: as the device."""
    return THEMES.get(request.COOKIES.get("jimin_theme", ""), "")


def safe_next(request: HttpRequest, default: str) -> str:
    """The address to go on to, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else default


@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep `look` or `theme` in a cookie for a year and go back to the page."""
    response = HttpResponseRedirect(safe_next(request, "/"))
    for name, known in (("look", LOOKS), ("theme", THEMES)):
        if (value := request.POST.get(name, "")) in known:
            response.set_cookie(
                f"jimin_{name}",
                value,
                max_age=YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response
