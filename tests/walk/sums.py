"""Numbers against what stands behind them.

A template marks a number with data-figure="12" (plain, without grouping) and, in data-behind, the name of the set
behind it; the set is the element with data-rows="that name", its parts are [data-part] inside ("" counts one, a number
counts itself). The set is looked for behind the figure's link, on every page of the list there; without a link on the
page itself (data-here: although there is a link). data-more="3" on a set says how many parts a cap leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

PAGES = 4  # of one list; a longer one is not added up


@dataclass(frozen=True)
class Figure:
    """A number on a page: its plain value, the words around it, the set behind it and where that is."""

    shown: str
    text: str
    rows: str
    href: str
    what: str


Looked = dict[str, Any]  # what look.js says of a page


def figures(looked: Looked) -> list[Figure]:
    """The numbers of a page that say what they are made of."""
    return [Figure(**f) for f in looked["figures"]]


def faults(looked: Looked, found: list[Figure], open_page: Callable[[str], Looked | None]) -> Iterator[tuple[str, str]]:
    """(check, what) for every figure that its parts do not add up to, or that has none."""
    for figure in found:
        if not figure.href and looked["later"]:
            continue  # its set began on an earlier page of the list
        value = plain(figure.shown)
        if value is None:
            yield "a figure", f"{figure.what}: data-figure=“{figure.shown}” is no number"
        elif not says(figure.text, value):
            yield "a figure", f"{figure.what}: says “{figure.text.strip()[:60]}”, and data-figure {figure.shown}"
        else:
            yield from _against(figure, value, looked, open_page)


def _against(
    figure: Figure, value: Decimal, looked: Looked, open_page: Callable[[str], Looked | None]
) -> Iterator[tuple[str, str]]:
    first = open_page(figure.href) if figure.href else looked
    if first is None:
        yield "a figure", f"{figure.what}: {figure.href} does not open"
        return
    total, whole = add_up(first, figure.rows, open_page)
    if total is None and value:
        yield "a figure", f"{figure.what}: nothing called “{figure.rows}” at {figure.href or 'its own page'}"
    elif total is not None and whole and total != value:
        yield "a figure", f"{figure.what}: {value} here, {total} in “{figure.rows}” at {figure.href or 'its own page'}"


def add_up(looked: Looked, name: str, open_page: Callable[[str], Looked | None]) -> tuple[Decimal | None, bool]:
    """The sum of a set's parts over the pages of its list, and whether that was all; None when there is no such set."""
    if name not in looked["sets"]:
        return None, True
    total = Decimal(0)
    for _page in range(PAGES):
        found = looked["sets"].get(name)
        if found is None:
            return total, True
        total += sum((plain(p) or Decimal(0) for p in found["parts"]), Decimal(found["more"]))
        following = open_page(looked["next"]) if looked["next"] else None
        if following is None:
            return total, True
        looked = following
    return total, False


def plain(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def says(text: str, value: Decimal) -> bool:
    """Whether the words show the number, however it is grouped."""
    digits = "".join(c for c in text if c.isdigit() or c == ".")
    return f"{value.normalize():f}" in digits
