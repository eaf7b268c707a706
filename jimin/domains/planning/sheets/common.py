"""What several sheets of the plan's work offer: plans and units to choose from."""

from __future__ import annotations

from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.domains.planning.models import PlanState
from jimin.domains.planning.visibility import plans


def standing_plans(actor: Actor) -> list[tuple[str, str]]:
    """The plans that were not replaced, the newest first."""
    rows = plans(actor).exclude(state=PlanState.REPLACED).order_by("-year", "-id")
    return [(str(pk), title) for pk, title in rows.values_list("id", "title")]


def units(actor: Actor) -> list[tuple[str, str]]:
    """The units in the actor's sight by their codes."""
    return list(actor.units().order_by("rank").values_list("code", "short_name"))


def answering_units(actor: Actor) -> list[tuple[str, str]]:
    """Every standing unit that can be asked to answer: all but the towns."""
    rows = ReportingUnit.objects.filter(valid_to=None).exclude(kind=UnitKind.TOWN).order_by("rank")
    return list(rows.values_list("code", "short_name"))
