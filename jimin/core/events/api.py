"""Tell the other rooms that something happened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from jimin.core import clock


@dataclass(frozen=True, slots=True)
class Event:
    """A name, the record it is about, and a few ids."""

    name: str
    subject: models.Model
    payload: dict[str, Any] = field(default_factory=dict)


INSERT = """
INSERT INTO events_outboxevent (day, name, subject, payload, prefecture, county, town, attempts, error)
SELECT %s, e.name, e.subject, e.payload::jsonb, e.prefecture, e.county, e.town, 0, ''
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
     WITH ORDINALITY AS e(name, subject, payload, prefecture, county, town, place)
ORDER BY e.place
"""


def emit(events: Iterable[Event]) -> None:
    """Write events to the outbox in their order, in the caller's transaction."""
    rows = list(events)
    if not rows:
        return
    columns: list[list[str]] = [
        [e.name for e in rows],
        [f"{e.subject._meta.label_lower}:{e.subject.pk}" for e in rows],
        [json.dumps(e.payload) for e in rows],
        *([getattr(e.subject, level, "") for e in rows] for level in ("prefecture", "county", "town")),
    ]
    with connection.cursor() as cursor:
        # One fixed statement for any number of events: bulk_create takes half the time of a bulk action.
        cursor.execute(INSERT, [clock.business_day(), *columns])
