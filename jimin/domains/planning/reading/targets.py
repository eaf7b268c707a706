"""Numbers that the plan promises."""

from __future__ import annotations

from jimin.domains.planning.reading.model import Doubt, Point, Target


def find_targets(points: tuple[Point, ...], year: int) -> tuple[tuple[Target, ...], tuple[Doubt, ...]]:
    """Targets and doubts of these points."""
    return (), ()
