"""Things that the plan says shall be made."""

from __future__ import annotations

from jimin.domains.planning.reading.model import Deliverable, Point


def find_deliverables(points: tuple[Point, ...], year: int) -> tuple[Deliverable, ...]:
    """Deliverables of these points."""
    return ()
