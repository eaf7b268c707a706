"""Reads a yearly work plan (text, Word or PDF) into chapters, points, numbers and deliverables."""

from jimin.domains.planning.reading.model import (
    Chapter,
    Deliverable,
    Doubt,
    PlanText,
    Point,
    Problem,
    Refused,
    Sentence,
    Target,
)
from jimin.domains.planning.reading.reader import read_plan

__all__ = [
    "Chapter",
    "Deliverable",
    "Doubt",
    "PlanText",
    "Point",
    "Problem",
    "Refused",
    "Sentence",
    "Target",
    "read_plan",
]
