"""Small cells: a count so small that it points at somebody is not shown, and cannot be reckoned from the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from jimin.engines.policy.outcome import Group

COUNTS = ("rows", "paid0", "paid1", "entrants", "leavers", "gain", "loss", "undecided0", "undecided1", "resolved")
#: An amount is told only where the counts behind it are: the money of one household is its amount.
BEHIND: Mapping[str, tuple[str, ...]] = {
    "cost0": ("paid0",),
    "cost1": ("paid1",),
    "more": ("paid0", "paid1", "entrants", "leavers", "gain", "loss", "resolved"),
    "gained": ("entrants", "gain"),
    "lost": ("leavers", "loss"),
}

Shown = dict[str, int | str | None]


def shown(groups: Sequence[Group], least: int, *, parts: bool = True) -> list[Shown]:
    """The groups with None for what is not shown. `parts`: the groups make up a whole whose total stands beside them.

    A single hidden count among parts would be the total less the others, so the smallest other one is hidden with it.
    """
    rows: list[Shown] = [{**asdict(g), "more": g.more} for g in groups]
    hidden = [{name for name in COUNTS if 0 < getattr(g, name) < least} for g in groups]
    if parts:
        for name in COUNTS:
            alone = [i for i, names in enumerate(hidden) if name in names]
            others = [i for i, g in enumerate(groups) if getattr(g, name) and i not in alone]
            if len(alone) == 1 and others:
                hidden[min(others, key=lambda i: getattr(groups[i], name))].add(name)
    for row, names in zip(rows, hidden, strict=True):
        for name in names:
            row[name] = None
        for amount, behind in BEHIND.items():
            if names & set(behind):
                row[amount] = None
    _costs(rows)
    return rows


def _costs(rows: list[Shown]) -> None:
    """What was before and what is more give what is after: two of the three are not told when one is hidden."""
    for row in rows:
        if row["more"] is None:
            row["cost1"] = None
        elif row["cost0"] is None or row["cost1"] is None:
            row["more"] = None
