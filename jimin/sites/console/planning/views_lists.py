"""The lists of the plan's work: registers with the button that begins something new."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from jimin.domains.planning.models import Assignment, Point
from jimin.sites.console import registers
from jimin.sites.console.planning.common import actor_of

TEMPLATE = "console/planning/list.html"


def tasks(request: HttpRequest) -> HttpResponse:
    """任务."""
    return registers.show(request, "planning.tasks", TEMPLATE, _own)


def deliverables(request: HttpRequest) -> HttpResponse:
    """成果台账."""
    return registers.show(request, "planning.deliverables", TEMPLATE, _led)


def reports(request: HttpRequest) -> HttpResponse:
    """月度报告."""
    return registers.show(request, "planning.reports", TEMPLATE)


def orders(request: HttpRequest) -> HttpResponse:
    """督查督办."""
    return registers.show(request, "planning.orders", TEMPLATE)


def items(request: HttpRequest) -> HttpResponse:
    """指标台账."""
    return registers.show(request, "planning.items", TEMPLATE, _register_button)


def _led(request: HttpRequest) -> dict[str, Any]:
    """For an office that leads points: its own rows in one press."""
    actor = actor_of(request)
    if not Point.objects.filter(lead=actor.unit).exists():
        return {}
    return {"buttons": [(_("本处室牵头的"), f"?{urlencode({'lead': actor.unit.code})}", "sm")]}


def _own(request: HttpRequest) -> dict[str, Any]:
    """For an office that carries tasks: its own in one press."""
    actor = actor_of(request)
    if not Assignment.objects.filter(unit=actor.unit, withdrawn_on=None).exists():
        return _led(request)
    return {"buttons": [(_("本单位承担的"), f"?{urlencode({'unit': actor.unit.code})}", "sm")]}


def _register_button(request: HttpRequest) -> dict[str, Any]:
    if not actor_of(request).may("planning.item.register"):
        return {}
    chosen = request.GET.get("indicator", "")
    url = reverse("console:item_register") + (f"?indicator={chosen}" if chosen else "")
    return {"buttons": [(_("登记台账"), url, "pri")]}
