"""Over whom a scenario is reckoned: a snapshot of the lake, or invented households that say so everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.programmes import Domain
from jimin.engines.simulation.limits import limits

if TYPE_CHECKING:
    from jimin.engines.policy.columns import Table

COUNTY_DIGITS = 6
SYNTHETIC, SNAPSHOT = "synthetic", "snapshot"
#: (how many, six-digit counties, day) → Arrow tables of households and persons.
Maker = Callable[[int, Sequence[str], date], tuple[Any, Any]]
MAKERS: dict[str, Maker] = {}


def declare(domain: str, maker: Maker) -> None:
    """Make known who invents households for a rule set."""
    MAKERS[domain] = maker


@dataclass(frozen=True, slots=True)
class Population:
    """A population by its id, with its words for the reader; `synthetic`: invented, no figure of any place."""

    id: str
    title: str
    synthetic: bool


def available(domain: Domain) -> list[Population]:
    """What can be chosen, the best first: the snapshots of the lake from the newest on, then invented households."""
    from jimin.engines.lake import snapshot

    taken = reversed(snapshot.snapshots()) if domain.sources is not None else ()
    found = [
        Population(f"{SNAPSHOT}:{t.name}", _("数据湖快照 %(name)s（%(day)s）") % {"name": t.name, "day": t.day}, False)
        for t in taken
    ]
    if domain.name in MAKERS:
        count = int(limits()["synthetic"])
        title = _("合成数据 %(n)s 户（编造的家庭，不是任何地方的数）") % {"n": f"{count:,}"}
        found.append(Population(f"{SYNTHETIC}:{count}", title, True))
    return found


def find(domain: Domain, key: str) -> Population:
    """The population of an id. Raises RuleError."""
    known = available(domain)
    for each in known:
        if each.id == key:
            return each
    allowed = "；".join(p.title for p in known) or "还没有数据湖快照，请系统运维先做一份"
    raise RuleError(f"没有这份测算数据“{key[:60]}”", allowed=allowed)


def counties(place: str) -> list[str]:
    """The six-digit counties of a place (a 12-digit code), in their order."""
    where = divisions.place(place)
    column = {Level.PROVINCE: "", Level.PREFECTURE: "prefecture", Level.COUNTY: "county"}[Level(where.level)]
    every = (p.code for p in divisions.all_of(Level.COUNTY))
    return [c[:COUNTY_DIGITS] for c in every if not column or divisions.columns(c)[column] == place]


def read(connection: Any, domain: Domain, chosen: Population, places: Sequence[str], day: date) -> tuple[Table, Table]:
    """(households, persons) of a population on a DuckDB connection, in these counties and nowhere else."""
    from jimin.engines.lake import snapshot
    from jimin.engines.policy.columns import ID

    if chosen.synthetic:
        count = int(chosen.id.partition(":")[2])
        made = MAKERS[domain.name](count, places, day)
        for name, table in zip(("homes", "people"), made, strict=True):
            connection.con.register(name, table)
        # One whose county is not known stays: it is undecided, and counted so.
        return connection.table("homes"), connection.table("people")
    if domain.sources is None:
        raise RuleError(f"{domain.name} 没有说明事实在数据湖的哪里", then="请选合成数据")
    taken = snapshot.find(chosen.id.partition(":")[2])
    homes, people = domain.sources().read(connection, taken, domain.rules, day)
    homes = homes.filter(homes.division.isin(list(places)))
    return homes, people.semi_join(homes, [ID])
