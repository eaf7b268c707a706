"""A province in one pass: every household and person of a snapshot (or of two Parquet files) decided, every reason kept.

The results are two Parquet files and a manifest: each decision with its answer (yes, no, null: not enough data), with the
grounds against it and the grounds that cannot be judged yet, bit by bit (`…__no`, `…__missing`; the manifest says which bit
is which ground), each amount, and the versions of the rules and of the numbers that they stand on.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq
from ibis.util import gen_name

from jimin.engines.policy import versions
from jimin.engines.policy.columns import ID, PERSON, Province, Table, schema_of
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.law import InForce
from jimin.engines.policy.scalar import Household, Member, OneHousehold

FILES = ("households", "persons")
MANIFEST = "manifest.json"
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Count:
    """How often a decision came out how, and each ground: against it, or not known."""

    name: str
    title: str
    yes: int
    no: int
    unknown: int
    amount: int | None  # fen, of those who are known to get it
    grounds: tuple[tuple[str, int, int], ...]  # words, against, unknown


@contextmanager
def duckdb(threads: int = 0) -> Iterator[Any]:
    """A DuckDB of its own, in memory, in the office's time zone."""
    connection = ibis.duckdb.connect(**({"threads": threads} if threads else {}))
    try:
        connection.raw_sql(f"SET TimeZone = '{ZONE}'")
        connection.raw_sql("SET preserve_insertion_order = false")
        yield connection
    finally:
        connection.disconnect()


def stored(connection: Any) -> Callable[[str, Table], Table]:
    """Keep what stands between two phases in a temporary table of DuckDB, so that nothing is computed twice."""

    def keep(name: str, table: Table) -> Table:
        name = gen_name(name)
        # In one statement: Ibis would create, then insert.
        connection.raw_sql(f"CREATE TEMP TABLE {name} AS {connection.compile(table)}")
        return connection.table(name)

    return keep


def files(connection: Any, folder: Path) -> tuple[Table, Table]:
    """households.parquet and persons.parquet of a folder. Raises RuleError naming what is not there."""
    missing = next((name for name in FILES if not (folder / f"{name}.parquet").exists()), None)
    if missing:
        raise RuleError(f"没有 {folder.name}/{missing}.parquet", allowed="households.parquet 和 persons.parquet")
    households, persons = (connection.read_parquet(str(folder / f"{name}.parquet")) for name in FILES)
    return households, persons


def check(law: InForce, households: Table, persons: Table) -> None:
    """Refuse tables that lack a fact or have it in another type. Raises RuleError."""
    wanted = schema_of(law.rules)
    for name, row, table in (("households", "household", households), ("persons", "person", persons)):
        found = {column: str(kind).lstrip("!") for column, kind in table.schema().items()}
        for column, kind in wanted[row].items():  # type: ignore[index]
            if found.get(column) != kind:
                has = f"是 {found[column]}" if column in found else "没有"
                raise RuleError(f"{name}.parquet 的列 {column} {has}", allowed=kind, then="不知道的填空值，列要在")


def run(
    connection: Any, facts: tuple[Table, Table], law: InForce, outputs: Sequence[str], folder: Path, about: Any = None
) -> dict[str, Any]:
    """Decide everybody and write the results into a new folder, whole or not at all. Returns the manifest. Raises RuleError."""
    if folder.exists():
        raise RuleError(f"{folder.name} 已经有了", then="请换一个名称，或先删掉它")
    began = time.monotonic()
    check(law, *facts)
    draft = folder.with_name(f".draft-{folder.name}-{os.getpid()}")
    draft.mkdir(mode=0o700, parents=True)
    try:
        made = Province(law, outputs, stored(connection)).read(*facts)
        for name, table in zip(FILES, made, strict=True):
            table.to_parquet(draft / f"{name}.parquet", compression="zstd")
        manifest = _manifest(law, outputs) | {"about": about or {}, "seconds": round(time.monotonic() - began, 1)}
        manifest["rows"] = {name: pq.read_metadata(draft / f"{name}.parquet").num_rows for name in FILES}
        (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
        os.rename(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _manifest(law: InForce, outputs: Sequence[str]) -> dict[str, Any]:
    variables = versions.stands_on(law, outputs)
    told = versions.numbers(law, variables)
    decisions = {v.name: [{"words": g.words, "cite": str(g.cite)} for g in v.grounds] for v in variables if v.grounds}
    return {
        "format": 1,
        "law_of": law.day.isoformat(),
        "outputs": list(outputs),
        "rules": versions.rules_version(variables),
        "numbers": versions.numbers_version(told),
        "grounds": {name: grounds for name, grounds in decisions.items() if name in outputs},
        "parameters": told,
    }


def counts(connection: Any, folder: Path, law: InForce, pairs: Sequence[tuple[str, str]]) -> list[Count]:
    """What came out, for each (decision, amount or ""), from the files of a run."""
    tables = dict(zip(("household", "person"), files(connection, folder), strict=True))
    found = []
    for decision, amount in pairs:
        variable = law.variables[decision]
        table = tables[variable.row]
        answer, no, missing = (table[f"{decision}{end}"] for end in ("", "__no", "__missing"))
        asked = {"yes": answer.sum(), "no": (answer == False).sum(), "unknown": answer.isnull().sum()}  # noqa: E712
        asked |= {"amount": table[amount].sum()} if amount else {}
        for i in range(len(variable.grounds)):
            asked |= {f"no{i}": ((no & (1 << i)) != 0).sum(), f"missing{i}": ((missing & (1 << i)) != 0).sum()}
        row = {k: 0 if v is None else int(v) for k, v in table.aggregate(**asked).to_pyarrow().to_pylist()[0].items()}
        grounds = tuple((g.words, row[f"no{i}"], row[f"missing{i}"]) for i, g in enumerate(variable.grounds))
        title = variable.formula.title
        found.append(Count(decision, title, row["yes"], row["no"], row["unknown"], row.get("amount"), grounds))
    return found


def household(facts: tuple[Table, Table], law: InForce, pseudonym: int) -> OneHousehold:
    """One household of the province, to be asked for every reason and for exactly what is missing. Raises RuleError."""
    homes, persons = (t.filter(t[ID] == pseudonym).to_pyarrow().to_pylist() for t in facts)
    if not homes:
        raise RuleError(f"没有编号为 {pseudonym} 的户")
    home = homes[0]
    members = [Member(str(p[PERSON]), p) for p in sorted(persons, key=lambda p: p[PERSON])]
    return OneHousehold(law, Household(home, members, home["division"], home["area"]))
