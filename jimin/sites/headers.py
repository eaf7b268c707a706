"""Headers that every answer carries, beside the content security policy (django-csp) and Django's own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: What a page of ours never asks the browser for.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
#: Under these addresses everything is of one person: no browser and no proxy keeps it.
PERSONAL = ("/console/", "/api/")


class HeadersMiddleware:
    """Cross-Origin-Resource-Policy, Permissions-Policy, and no-store for personal pages. A view's own words stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith(PERSONAL):
            response.setdefault("Cache-Control", "no-store, private")
        return response
