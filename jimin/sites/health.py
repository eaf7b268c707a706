"""`/healthz` and `/readyz`, for a proxy, a container or a monitor: yes or no, and nothing else for strangers.

Answered right behind the gate: no session, no host check (a probe calls by address), no database for /healthz.
What is wrong stands in the log and in `jimin status`, not in the answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jimin.core import health

HEALTHY, READY = "/healthz", "/readyz"
KEPT = 2.0  # seconds that an answer is good for, however often a stranger asks

log = logging.getLogger("jimin.health")


class HealthMiddleware:
    """Answers the two addresses and lets everything else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.looked, self.problem = float("-inf"), None  # type: float, str | None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == HEALTHY:
            return _plain("ok", 200)
        if request.path_info == READY:
            problem = self._problem()
            return _plain("not ready", 503) if problem else _plain("ok", 200)
        return self.get_response(request)

    def _problem(self) -> str | None:
        if time.monotonic() - self.looked > KEPT:
            found = health.first_problem()
            if found and found != self.problem:
                log.warning("not ready: %s", found)
            self.looked, self.problem = time.monotonic(), found
        return self.problem


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text + "\n", content_type="text/plain; charset=utf-8", status=status)
