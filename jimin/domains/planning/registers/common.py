"""What several registers of the office show: how a work stands, where it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.calendar import api as calendar
from jimin.core.registers.api import Status
from jimin.engines.alerts.actions import settings
from jimin.engines.cases.models import Work


def state(work: Work) -> Status:
    """A work's light: closed, late by so many days, near its limit, or on its way."""
    return Status("ok", _("已办结")) if work.closed_on is not None else until(work.due_on)


def until(due_on: date | None) -> Status:
    """The light of something open with a limit."""
    day = clock.business_day()
    if due_on is None:
        return Status("cur", _("办理中"))
    if due_on < day:
        n = (day - due_on).days
        return Status("late", ngettext("逾期 %d 天", "逾期 %d 天", n) % n)
    near = calendar.add_working_days(day, settings()["remind_before"]).date
    return Status("slow", _("快到期")) if due_on <= near else Status("cur", _("办理中"))


def where(record: Any) -> str:
    """Whose desk a record's work lies on; empty when it is closed."""
    work = record.work
    return "" if work.closed_on is not None else f"{work.holder_unit} · {work.get_holder_role_display()}"


def units(actor: Actor) -> list[tuple[str, str]]:
    """The units in the actor's sight, as choices."""
    return [(str(pk), name) for pk, name in actor.units().values_list("id", "short_name")]
