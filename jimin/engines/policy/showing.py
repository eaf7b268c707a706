"""What may be shown to whom. A number nobody has verified is never shown to a citizen as law.

Staff see every value, and 参数未核实 wherever one without a verified document was used. A citizen sees an amount only when
every value behind it is verified. What a demonstration confirmed says 演示 to both, and is law on a demonstration alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from jimin.engines.policy.explain import Line
from jimin.engines.policy.parameters import Dated
from jimin.engines.policy.units import Stored, Unit, say


class Audience(StrEnum):
    """Who looks."""

    STAFF = "staff"
    CITIZEN = "citizen"


class Mark(StrEnum):
    """What stands beside a value."""

    NONE = ""
    UNVERIFIED = "unverified"  # 参数未核实
    DEMO = "demo"  # 演示


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it may be shown: its words (None: it may not, or there is none) and its mark."""

    words: str | None
    mark: Mark
    withheld: bool = False


def mark(values: Iterable[Dated]) -> Mark:
    """The mark of whatever stands on these values: 参数未核实 weighs more than 演示. What nobody has set is no number."""
    found = [v for v in values if v.value is not None]
    if any(not v.verified for v in found):
        return Mark.UNVERIFIED
    return Mark.DEMO if any(v.demo for v in found) else Mark.NONE


def value(unit: Unit, dated: Dated | None, audience: Audience) -> Shown:
    """A parameter's value."""
    if dated is None or dated.value is None:
        return Shown(None, Mark.NONE)
    return _shown(unit, dated.value, mark([dated]), audience)


def result(line: Line, audience: Audience) -> Shown:
    """What a variable came to, with everything it stood on: an amount, a decision.

    Raises ValueError for a line that only points at another one: what it stood on is told there.
    """
    if line.repeated:
        raise ValueError(f"{line.name} is told in full elsewhere in the tree")
    return _shown(line.unit, line.value, mark(used(line)), audience)


def _shown(unit: Unit, stored: Stored, found: Mark, audience: Audience) -> Shown:
    withheld = audience is Audience.CITIZEN and found is Mark.UNVERIFIED
    return Shown(None if withheld or stored is None else say(unit, stored), found, withheld)


def used(line: Line) -> Iterator[Dated]:
    """Every parameter value below a line of reasons."""
    if line.dated is not None:
        yield line.dated
    for each in line.lines:
        yield from used(each)


def unverified(line: Line) -> set[str]:
    """The parameters below a line whose value is without a verified document."""
    mine = {line.name} if line.dated is not None and not line.dated.verified else set[str]()
    return mine.union(*(unverified(each) for each in line.lines))
