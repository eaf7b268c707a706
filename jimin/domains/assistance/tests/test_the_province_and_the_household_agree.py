"""The programmes themselves: invented households decided one by one and in one pass, cell by cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest

from jimin.domains.assistance import synthetic
from jimin.domains.assistance.rules import rules
from jimin.domains.assistance.tests.test_the_rules import SUPPOSED
from jimin.engines.policy import columns
from jimin.engines.policy.law import InForce
from jimin.engines.policy.scalar import Household, Member, OneHousehold

COUNT = 250


@pytest.mark.parametrize("day", [date(2021, 8, 1), date(2023, 3, 6), date(2026, 2, 1)])
def test_every_formula_gives_the_same_in_both_readings(day: date) -> None:
    law = InForce(rules, SUPPOSED, day)
    households, persons = synthetic.tables(COUNT, ["220122", "220302", "220203"], day, seed=day.year)
    connection = ibis.duckdb.connect()
    connection.con.register("h", households)
    connection.con.register("p", persons)
    seen, seen_persons = columns.Province(law, []).read(connection.table("h"), connection.table("p"))
    rows = {r["household_id"]: r for r in seen.to_pyarrow().to_pylist()}
    people = {r["person_id"]: r for r in seen_persons.to_pyarrow().to_pylist()}
    members: dict[int, list[dict[str, Any]]] = {}
    for person in persons.to_pylist():
        members.setdefault(person["household_id"], []).append(person)
    answers: set[Any] = set()
    for household in households.to_pylist():
        mine = members[household["household_id"]]
        given = Household(household, [Member("", m) for m in mine], household["division"], household["area"])
        reading = OneHousehold(law, given)
        for name, variable in law.variables.items():
            if variable.row == "household":
                assert reading.ask(name).value == rows[household["household_id"]][name], (name, household, mine)
            else:
                for i, person in enumerate(mine):
                    assert reading.ask(name, i).value == people[person["person_id"]][name], (name, household, person)
        answers.add(reading.ask("dibao").value)
    assert answers == {True, False, None}
