"""A point's text cut into plain and marked pieces, so that a template can print both without building HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `numbers` are the findings that cover it, `last` those that end with it."""

    text: str
    numbers: tuple[int, ...] = ()
    last: tuple[int, ...] = field(default=())


def pieces(text: str, spans: Iterable[tuple[int, int, int]]) -> list[Piece]:
    """Cut `text` at the edges of the spans (start, end, number); overlaps give pieces with several numbers.

    Spans outside the text are cut to it; an empty one is left out.
    """
    inside = [(max(a, 0), min(b, len(text)), n) for a, b, n in spans]
    inside = [(a, b, n) for a, b, n in inside if a < b]
    edges = sorted({0, len(text), *(a for a, _b, _n in inside), *(b for _a, b, _n in inside)})
    found = []
    for a, b in zip(edges, edges[1:], strict=False):
        over = tuple(n for x, y, n in inside if x <= a and b <= y)
        found.append(Piece(text[a:b], over, tuple(n for _x, y, n in inside if y == b and n in over)))
    return found
