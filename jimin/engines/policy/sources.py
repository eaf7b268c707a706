"""Where the facts of a rule set stand in a snapshot of the lake; a fact that stands nowhere is unknown, never a default.

Sources(persons={"born": From("persons", "birth")}, households={})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis

from jimin.engines.lake.snapshot import Snapshot
from jimin.engines.lake.tables import TABLES
from jimin.engines.policy.columns import ID, PERSON, TYPES, Table
from jimin.engines.policy.formulas import Input, Rules

COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class From:
    """A column of a lake table with one row a person or household; `turned` makes the fact of it (an Ibis expression)."""

    table: str
    column: str
    turned: Callable[[Any], Any] = field(default=lambda column: column)


@dataclass(frozen=True)
class Sources:
    """From where each fact of a person and of a household is taken; 城镇 or 农村 from `area`, if anywhere."""

    persons: Mapping[str, From] = field(default_factory=dict)
    households: Mapping[str, From] = field(default_factory=dict)
    area: From | None = None

    def read(self, connection: Any, snapshot: Snapshot, rules: Rules, day: date) -> tuple[Table, Table]:
        """(households, persons) as `columns.Province` reads them: who lived together on the day, and what is known."""

        def table(name: str) -> Table:
            return connection.read_parquet(str(snapshot.file(name)))

        members, homes = table("members"), table("households")
        there = (members.valid_from <= day) & (members.valid_to.isnull() | (members.valid_to > day))
        persons = members.filter(there).select(ID, PERSON)
        persons = self._with(persons, PERSON, rules.persons, self.persons, table)
        households = homes.select(ID, division=homes.county.left(COUNTY_DIGITS))
        more = {"area": self.area} if self.area else {}
        households = self._with(households, ID, rules.households, {**self.households, **more}, table)
        if not self.area:
            households = households.mutate(area=ibis.null("string"))
        return households, persons

    def _with(
        self,
        rows: Table,
        key: str,
        facts: Mapping[str, Input],
        given: Mapping[str, From],
        table: Callable[[str], Table],
    ) -> Table:
        for name in dict.fromkeys(f.table for f in given.values()):
            if TABLES[name].unique != key:
                raise ValueError(f"lake table {name!r} has not one row for each {key}")
            source = table(name)
            taken = {fact: f.turned(source[f.column]) for fact, f in given.items() if f.table == name}
            rows = rows.left_join(source.select(key, **taken), [key]).drop(f"{key}_right")
        missing = {n: ibis.null(TYPES.get(f.unit, "int64")) for n, f in facts.items() if n not in given}
        return rows.mutate(**missing)
