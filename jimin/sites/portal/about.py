"""What a visitor should know of this site, and what a search engine may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: Only the public's pages are for search engines; a checked document is nobody's business but its holder's.
ROBOTS = "User-agent: *\nDisallow: /console/\nDisallow: /api/\nDisallow: /live/\nDisallow: /verify/\n"


def about(request: HttpRequest) -> HttpResponse:
    """What is recorded, how the site can be used, whom to ask."""
    return render(request, "portal/about.html")


def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
