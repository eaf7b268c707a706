"""What a simulation finds, as plain data: pages read it without the machinery that reckons it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

UNKNOWN = ""  # the key of rows of which the place or kind is not known


@dataclass(frozen=True, slots=True)
class Kinds:
    """By what households are told apart: a number of members (a variable) and marks that are yes or no, with their titles."""

    size: str
    marks: Mapping[str, str]  # variable → title
    largest: int = 5  # sizes from here on are one group


KINDS: dict[str, Kinds] = {}


def declare(domain: str, kinds: Kinds) -> None:
    """Make the household types of a rule set known."""
    KINDS[domain] = kinds


@dataclass(frozen=True, slots=True)
class Group:
    """What a group of rows comes to, before (0) and after (1); costs are fen a period."""

    key: str
    rows: int = 0
    paid0: int = 0
    paid1: int = 0
    entrants: int = 0
    leavers: int = 0
    gain: int = 0
    loss: int = 0
    undecided0: int = 0
    undecided1: int = 0
    resolved: int = 0  # undecided before, decided after
    cost0: int = 0
    cost1: int = 0
    gained: int = 0  # fen more for those who gain or enter
    lost: int = 0  # fen less for those who lose or leave

    @property
    def more(self) -> int:
        """Fen more a period."""
        return self.cost1 - self.cost0


@dataclass(frozen=True, slots=True)
class Missing:
    """A ground of the decision that cannot be judged: how many undecided rows wait for it, before and after."""

    words: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact or number that is not known, and for how many of the rows that were looked at one by one."""

    title: str
    rows: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation found."""

    total: Group
    counties: tuple[Group, ...] = ()
    areas: tuple[Group, ...] = ()
    sizes: tuple[Group, ...] = ()
    marks: tuple[Group, ...] = ()
    steps: tuple[Fact, ...] = ()  # how the change spreads over those who get before and after
    grounds: tuple[Missing, ...] = ()
    facts: tuple[Fact, ...] = ()
    looked: int = 0  # how many undecided rows `facts` are from
    edges: tuple[int, ...] = field(default=())  # fen: between the steps

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Outcome:
        """From what `plain` gave."""
        kinds: dict[str, type] = {"grounds": Missing, "facts": Fact, "steps": Fact}
        lists = {f.name: tuple(kinds.get(f.name, Group)(**row) for row in kept[f.name])
                 for f in fields(cls) if f.name not in ("total", "looked", "edges")}  # fmt: skip
        return cls(total=Group(**kept["total"]), looked=kept["looked"], edges=tuple(kept["edges"]), **lists)
