"""Random formulas × random rows: what one household is told is what the province's pass says, cell by cell."""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa
import pytest

from jimin.engines.policy import columns
from jimin.engines.policy.law import InForce
from jimin.engines.policy.scalar import Household, Member, OneHousehold
from jimin.engines.policy.tests import fuzzing

COUNT = 120
ARROW = {"int64": pa.int64(), "string": pa.string(), "boolean": pa.bool_(), "date": pa.date32()}


def province(law: InForce, households: list[dict[str, Any]], persons: list[dict[str, Any]]) -> tuple[Any, Any]:
    """The rows of both tables after the pass, by id."""
    connection = ibis.duckdb.connect()
    tables = []
    for row, records in (("household", households), ("person", persons)):
        types = columns.schema_of(law.rules)[row]  # type: ignore[index]
        table = pa.Table.from_pylist(records, pa.schema([(name, ARROW[t]) for name, t in types.items()]))
        connection.con.register(f"given_{row}", table)
        tables.append(connection.table(f"given_{row}"))
    made = columns.Province(law, []).read(*tables)
    return tuple(t.to_pyarrow().to_pylist() for t in made)  # type: ignore[return-value]


def one(law: InForce, household: dict[str, Any], persons: list[dict[str, Any]]) -> OneHousehold:
    members = [Member(f"{i}", p) for i, p in enumerate(persons)]
    return OneHousehold(law, Household(household, members, household["division"], household["area"]))


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_is_the_same_in_both_readings(seed: int) -> None:
    assert compared(seed) > COUNT * 20


def compared(seed: int) -> int:
    """How many cells were compared; an AssertionError names the first that differs."""
    law = InForce(fuzzing.Author(seed).rules(24), fuzzing.PARAMETERS, fuzzing.DAY)
    households, persons = fuzzing.rows(seed, COUNT)
    seen, seen_persons = province(law, households, persons)
    by_household = {r["household_id"]: r for r in seen}
    by_person = {r["person_id"]: r for r in seen_persons}
    cells = 0
    for household in households:
        mine = [p for p in persons if p["household_id"] == household["household_id"]]
        reading = one(law, household, mine)
        for variable in law.variables.values():
            if variable.row == "household":
                row = by_household[household["household_id"]]
                assert reading.ask(variable.name).value == row[variable.name], (variable.name, household, mine)
                if variable.grounds:
                    answers = reading.grounds(variable.name)
                    assert row[f"{variable.name}__no"] == sum(1 << i for i, a in enumerate(answers) if a.value is False)
                    assert row[f"{variable.name}__missing"] == sum(
                        1 << i for i, a in enumerate(answers) if a.value is None
                    )
                cells += 1
                continue
            for i, person in enumerate(mine):
                found = by_person[person["person_id"]][variable.name]
                assert reading.ask(variable.name, i).value == found, (variable.name, household, person)
                cells += 1
    return cells


@pytest.mark.parametrize(
    ("table", "op", "wrong"),
    [
        ("OPS", "choose", lambda when, then, otherwise: ibis.cases((when, then), else_=otherwise)),
        ("OPS", "not", lambda a: a.fill_null(False) == False),  # noqa: E712
        ("OPS", "and", lambda a, b: a.fill_null(False) & b),
        ("OPS", "lt", lambda a, b: a <= b),
        ("OPS", "up", columns.OPS["down"]),
        ("OPS", "half", columns.OPS["down"]),
        ("OPS", "years", lambda start, end: end.year() - start.year()),
        ("OVER", "sum", lambda x, n: x.sum()),
        ("OVER", "any", lambda x, n: x.any()),
        ("OVER", "all", lambda x, n: x.all()),
        ("OVER", "count", lambda x, n: x.sum()),
    ],
)
def test_an_operator_that_decides_the_unknown_is_noticed(table: str, op: str, wrong: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(getattr(columns, table), op, wrong)
    with pytest.raises(AssertionError):
        for seed in range(6):
            compared(seed)
