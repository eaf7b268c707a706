"""Read the register of divisions: what others may ask. All of it is served from one cached table.

The table (13,000 rows) is read once a process; `changed()` forgets it in this process. The register
changes a few times a year, by loading a pack, after which the other processes are restarted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from jimin.core.divisions.models import Division, Kind, Level

COLUMNS = ("prefecture", "county", "town", "village")
TOWNS = (Kind.TOWN, Kind.TOWNSHIP, Kind.ETHNIC_TOWNSHIP)  # 乡镇
TOWNS_AND_STREETS = (*TOWNS, Kind.STREET)  # 乡镇（街道）
VILLAGES = (Kind.VILLAGE,)
VILLAGES_AND_COMMUNITIES = (Kind.VILLAGE, Kind.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Place:
    """A division as it stands: 12-digit code, name, level, 建制类型 and the code above it."""

    code: str
    name: str
    level: str
    kind: str
    parent: str


class UnknownDivision(LookupError):
    """No current division has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"区划代码“{code}”不在现行区划表中；请核对 12 位代码，或先在区划登记中补录。")


@lru_cache(maxsize=1)
def _table() -> dict[str, Place]:
    rows = Division.objects.filter(valid_to=None).values_list("code", "name", "level", "kind", "parent_code")
    return {code: Place(code, name, level, kind, parent) for code, name, level, kind, parent in rows.iterator()}


@lru_cache(maxsize=1)
def _children() -> dict[str, list[Place]]:
    table: dict[str, list[Place]] = defaultdict(list)
    for place in _table().values():
        table[place.parent].append(place)
    return table


_listeners: list[Callable[[], None]] = []


def on_change(forget: Callable[[], None]) -> None:
    """Call `forget` whenever the register was written (a table made from it must be read again)."""
    _listeners.append(forget)


def changed() -> None:
    """Forget the cached table, and all that was made from it: the register was written."""
    _table.cache_clear()
    _children.cache_clear()
    for forget in _listeners:
        forget()


def place(code: str) -> Place:
    """The current division of a 12-digit code. Raises UnknownDivision."""
    try:
        return _table()[code]
    except KeyError:
        raise UnknownDivision(code) from None


def children(code: str) -> list[Place]:
    """The divisions directly below, in the order of their codes."""
    return sorted(_children().get(code, []), key=lambda p: p.code)


def all_of(level: str) -> list[Place]:
    """Every current division of a level, in the order of the codes."""
    return sorted((p for p in _table().values() if p.level == level), key=lambda p: p.code)


def province() -> Place:
    """The one province of this installation."""
    return next(p for p in _table().values() if p.level == Level.PROVINCE)


def lineage(code: str) -> list[Place]:
    """From the province down to the division itself."""
    chain = [place(code)]
    while chain[0].parent:
        chain.insert(0, place(chain[0].parent))
    return chain


def columns(code: str) -> dict[str, str]:
    """The scope columns of a record at this division: prefecture, county, town, village (empty above its level)."""
    found = {p.level: p.code for p in lineage(code)} if code else {}
    return {name: found.get(name, "") for name in COLUMNS}


def name(code: str) -> str:
    """The division's name, or an empty text for no division."""
    return place(code).name if code else ""
