"""Tell the other rooms that something happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from jimin.core import clock
from jimin.core.events.models import OutboxEvent


@dataclass(frozen=True, slots=True)
class Event:
    """A name, the record it is about, and a few ids."""

    name: str
    subject: models.Model
    payload: dict[str, Any] = field(default_factory=dict)


def emit(events: Iterable[Event]) -> None:
    """Write events to the outbox, in the caller's transaction."""
    OutboxEvent.objects.bulk_create(
        [
            OutboxEvent(
                day=clock.business_day(),
                name=e.name,
                subject=f"{e.subject._meta.label_lower}:{e.subject.pk}",
                payload=e.payload,
                prefecture=getattr(e.subject, "prefecture", ""),
                county=getattr(e.subject, "county", ""),
                town=getattr(e.subject, "town", ""),
            )
            for e in events
        ],
        batch_size=1000,
    )
