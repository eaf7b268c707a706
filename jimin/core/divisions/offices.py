"""Which office answers for a place, and the tree of offices. Served from tables that are read once a process."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from jimin.core.divisions import api
from jimin.core.divisions.models import Level, ReportingUnit, UnitKind

COUNTY_LEVEL = (UnitKind.COUNTY, UnitKind.ZONE, UnitKind.COMMITTEE)


@dataclass(frozen=True)
class Tree:
    """The tree of reporting units: each unit's chain of superiors (the nearest first), and the short names."""

    above: dict[UUID, tuple[UUID, ...]]
    names: dict[UUID, str]

    def below(self, unit: UUID | None) -> set[UUID]:
        """The unit and every unit under it; all units for None (the province)."""
        if unit is None:
            return set(self.above)
        return {u for u, chain in self.above.items() if u == unit or unit in chain}


@lru_cache(maxsize=1)
def tree() -> Tree:
    """The tree as it stands."""
    rows = list(ReportingUnit.objects.values_list("id", "superior_id", "short_name"))
    parent = {unit: superior for unit, superior, _name in rows}
    above: dict[UUID, tuple[UUID, ...]] = {}
    for unit in parent:
        chain, step = [], parent[unit]
        while step is not None:
            chain.append(step)
            step = parent[step]
        above[unit] = tuple(chain)
    return Tree(above, {unit: name for unit, _superior, name in rows})


@lru_cache(maxsize=1)
def owners() -> dict[str, UUID]:
    """Which county-level office answers for a division code: a zone's areas, and the counties' own codes."""
    units = ReportingUnit.objects.filter(kind__in=COUNTY_LEVEL, valid_to=None).prefetch_related("areas")
    found = {u.jurisdiction: u.id for u in units if u.jurisdiction}
    found.update({a.division_code: u.id for u in units for a in u.areas.all()})
    return found


def of_division(code: str) -> UUID | None:
    """The county-level office that answers for a place: the nearest one upwards. None above the counties."""
    known = owners()
    return next((known[p.code] for p in reversed(api.lineage(code)) if p.code in known), None)


@lru_cache(maxsize=16)
def counts(kinds: tuple[str, ...]) -> dict[UUID, int]:
    """How many towns or villages of these 建制类型 each county-level office answers for; a zone's are not its county's."""
    found: dict[UUID, int] = defaultdict(int)
    for level in (Level.TOWN, Level.VILLAGE):
        for place in api.all_of(level):
            if place.kind in kinds and (office := of_division(place.code)) is not None:
                found[office] += 1
    return dict(found)


def changed() -> None:
    """Forget the tables: the register of divisions or offices was written."""
    tree.cache_clear()
    owners.cache_clear()
    counts.cache_clear()


api.on_change(changed)
