"""The outermost gate: which methods and sizes come in at all, and what every answer carries on its way out.

It stands before everything else, so it covers pages, files, the API, static files and every page of failure.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jimin.core.files.limits import MB, limits
from jimin.sites import errors
from jimin.sites.health import HEALTHY, READY

METHODS = ("GET", "HEAD", "POST")
HEADERS = {
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Below these, an answer may hold what only the one who asked may see, or is true for this moment alone (a document's
#: standing, the health): kept by no proxy and by no browser. A failure is kept nowhere either. No view says so itself.
KEPT_NOWHERE = ("/console/", "/api/", "/live/", "/verify", HEALTHY, READY)


class GateMiddleware:
    """Refuses other methods (405) and requests that are too long (413) before a byte of them is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._turned_away(request) or self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(KEPT_NOWHERE) or response.status_code >= 500:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def _turned_away(self, request: HttpRequest) -> HttpResponse | None:
        if request.method not in METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(METHODS)})
        most = most_bytes(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > most:
            return errors.too_big(request, most)
        return None


def most_bytes(request: HttpRequest) -> int:
    """How long a request may be: the API's are read into memory, a page's may hold several files."""
    if request.path.startswith("/api/"):
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return limits()["request_mb"] * MB
