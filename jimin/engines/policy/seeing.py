"""Who sees which value records. What is confirmed is law and everybody's; what is proposed, its office's and those above."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jimin.core.access.scope import Actor
from jimin.core.divisions.models import Level
from jimin.engines.policy.models import ParameterRecord, RecordState


def records(actor: Actor) -> QuerySet[ParameterRecord]:
    """The records an actor may see."""
    rows = ParameterRecord.objects.select_related("office", "work", "work__holder_unit", "scan")
    if actor.scope.level == Level.PROVINCE:
        return rows
    return rows.filter(Q(state=RecordState.CONFIRMED) | Q(office=actor.unit) | actor.scope.q())


def may_see(actor: Actor, pk: str) -> bool:
    """Whether an actor may see a record, and so its scan."""
    return records(actor).filter(pk=pk).exists()
