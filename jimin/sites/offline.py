"""The service worker, served from the root so that it may answer for every page."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import cache_control


@cache_control(max_age=0, must_revalidate=True)
def worker(request: HttpRequest) -> FileResponse:
    """jimin/sw.js as a script of the whole site."""
    return FileResponse(Path(str(finders.find("jimin/sw.js"))).open("rb"), content_type="text/javascript")
