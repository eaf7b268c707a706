"""Figures by county for the public. Where people are counted, a small cell is withheld, and one more with it, so that
nobody is recognised and nothing withheld can be reckoned from the total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml

from jimin.domains.planning import board_units, board_words
from jimin.domains.planning.parameters import number
from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator, Shape

_NOTE = re.compile(r"[（(].*?[）)]")


@dataclass(frozen=True, slots=True)
class Place:
    """A county's figure. `value` is “—” where nothing was reported; both are empty where `withheld`."""

    name: str
    above: str  # the 市（州）
    value: str
    made_of: str  # numerator / denominator of a share, else empty
    withheld: bool


@dataclass(frozen=True, slots=True)
class Places:
    """All counties of one figure. `fewer` is the number below which people are not shown; 0: none is withheld."""

    rows: tuple[Place, ...]
    fewer: int


@lru_cache(maxsize=1)
def _endings() -> tuple[str, ...]:
    path = Path(__file__).parent / "parameters" / "public.yaml"
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8"))["counts_people"])


def counts_people(indicator: Indicator) -> bool:
    """Whether the numerator or the denominator counts persons or households."""
    names = (indicator.numerator_title, indicator.denominator_title, indicator.unit.rpartition("/")[2])
    return any(_NOTE.sub("", name).strip().endswith(_endings()) for name in names if name)


def by_county(indicator: Indicator, day: date) -> Places:
    """The newest published figure of each county on `day`, in the order of the offices."""
    lines = board_units.by_county(indicator, day, ())
    parts = [line.figure.part for line in lines]
    few = number("few_people") if counts_people(indicator) else Decimal(0)
    hidden = withheld(parts, few, share=indicator.shape == Shape.SHARE)
    rows = tuple(
        Place(
            line.unit.short_name,
            line.above,
            "" if i in hidden else board_words.amount(line.figure.now, indicator),
            "" if i in hidden else _made_of(indicator, line.figure.part),
            i in hidden,
        )
        for i, line in enumerate(lines)
    )
    return Places(rows, int(few) if hidden else 0)


def _made_of(indicator: Indicator, part: Part | None) -> str:
    if indicator.shape != Shape.SHARE or part is None or part.denominator is None:
        return ""
    return f"{board_words.plain(part.numerator)} / {board_words.plain(part.denominator)}"


def withheld(parts: Sequence[Part | None], few: Decimal, *, share: bool) -> set[int]:
    """Which of the cells are not shown: the small ones; a single one takes the next smallest with it.

    Args: few, the number below which people are not shown (0: all are shown); share, whether the remainder of
    numerator and denominator is a group of people too.
    """
    known = {i: p for i, p in enumerate(parts) if p is not None}
    hidden = {i for i, p in known.items() if few and _small(p, few, share=share)}
    others = [i for i, p in known.items() if i not in hidden and p.numerator > 0]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda i: known[i].numerator))
    return hidden


def _small(part: Part, few: Decimal, *, share: bool) -> bool:
    groups = [part.numerator]
    if part.denominator is not None:
        groups.append(part.denominator)
        if share:
            groups.append(part.denominator - part.numerator)
    return any(0 < group < few for group in groups)
