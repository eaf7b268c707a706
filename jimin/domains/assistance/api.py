"""What others may use of social assistance: its programmes, how its facts are asked, and both in everyday words."""

from __future__ import annotations

from jimin.domains.assistance.plain import GROUNDS, NOT_SAID, PROGRAMMES, TOWN, Plain
from jimin.domains.assistance.programmes import ASSISTANCE
from jimin.domains.assistance.rules.questions import QUESTIONS, RELATIONS, SCREENS
from jimin.engines.policy import programmes as declared
from jimin.engines.policy.programmes import Programme

__all__ = [
    "ASSISTANCE",
    "GROUNDS",
    "NOT_SAID",
    "PROGRAMMES",
    "QUESTIONS",
    "RELATIONS",
    "SCREENS",
    "TOWN",
    "Plain",
    "programmes",
]


def programmes() -> list[Programme]:
    """Every declared programme of social assistance."""
    return [p for p in declared.PROGRAMMES.values() if p.domain is ASSISTANCE]
