"""Who wants to know what: the register of consumers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jimin.core.events.models import OutboxEvent

Run = Callable[[OutboxEvent], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A function that is called once for each event of these names, in a transaction of its own."""

    name: str
    events: frozenset[str]
    run: Run


CONSUMERS: dict[str, Consumer] = {}


def consumer(*events: str, name: str) -> Callable[[Run], Run]:
    """Register a function for events. `name` is kept with each event it has dealt with: never change it.

    The function runs without a scope (row-level security shows it nothing): it sets one, or performs actions. What it
    does besides the database must be safe to repeat. It raises when it could not do its work.
    """

    def register(run: Run) -> Run:
        if name in CONSUMERS:
            raise ValueError(f"consumer {name!r} is declared twice")
        CONSUMERS[name] = Consumer(name, frozenset(events), run)
        return run

    return register


def of(event: str) -> list[Consumer]:
    """The consumers of an event, in the order of their names."""
    return [c for _, c in sorted(CONSUMERS.items()) if event in c.events]
