"""The signals: each a function of a day that yields findings. Domains register theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is due (or behind): a key that stays the same, whose it is, by when."""

    key: str
    title: str
    link: str
    unit: UUID
    due_on: date | None
    place: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signal:
    """A named look at the records. `find` gets the day and the last day that still needs a reminder."""

    name: str
    title: str
    find: Callable[[date, date], Iterable[Finding]]


SIGNALS: dict[str, Signal] = {}


def signal(name: str, title: str) -> Callable[[Callable[[date, date], Iterable[Finding]]], Signal]:
    """Decorator: register a function as a signal."""

    def register(find: Callable[[date, date], Iterable[Finding]]) -> Signal:
        SIGNALS[name] = Signal(name, title, find)
        return SIGNALS[name]

    return register
