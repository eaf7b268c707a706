"""The lists of the plan's work: registers with the button that begins something new."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.sites.console import registers
from jimin.sites.console.planning.common import actor_of

TEMPLATE = "console/planning/list.html"


def tasks(request: HttpRequest) -> HttpResponse:
    """任务."""
    return registers.show(request, "planning.tasks", TEMPLATE)


def deliverables(request: HttpRequest) -> HttpResponse:
    """成果台账."""
    return registers.show(request, "planning.deliverables", TEMPLATE)


def reports(request: HttpRequest) -> HttpResponse:
    """月度报告."""
    return registers.show(request, "planning.reports", TEMPLATE)


def orders(request: HttpRequest) -> HttpResponse:
    """督查督办."""
    return registers.show(request, "planning.orders", TEMPLATE)


def items(request: HttpRequest) -> HttpResponse:
    """指标台账."""
    return registers.show(request, "planning.items", TEMPLATE, _register_button)


def _register_button(request: HttpRequest) -> dict[str, Any]:
    if not actor_of(request).may("planning.item.register"):
        return {}
    chosen = request.GET.get("indicator", "")
    url = reverse("console:item_register") + (f"?indicator={chosen}" if chosen else "")
    return {"buttons": [(_("登记台账"), url, "pri")]}
