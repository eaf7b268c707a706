"""What leaves the database for batch work cannot tell who anybody is; a search that finds clear values shows that it would."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jimin.core.access.roles import Role
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import UnitKind
from jimin.core.parties.actions import RegisterHousehold
from jimin.core.parties.tests import conftest as cast
from jimin.core.secrets import keys
from jimin.engines.lake import actions, pseudonyms, snapshot


@pytest.fixture
def operator(transactional_db, settings, tmp_path):
    """Two households of the cast, and the operator who takes snapshots of them."""
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    settings.JIMIN_LAKE, settings.JIMIN_LAKE_KEY = str(tmp_path / "lake"), str(tmp_path / "lake-key")
    settings.JIMIN_BUSINESS_DAY = datetime.date(2023, 10, 10)
    keys.forget()
    keys.ensure_keys()
    cast.make_province()
    county = cast.make_actor("县局经办", UnitKind.COUNTY, "990122000000", Role.COUNTY_CLERK)
    RegisterHousehold.perform(county, cast.WANGS)
    yield cast.make_actor("运维", UnitKind.OFFICE, "990000000000", Role.OPERATOR)
    keys.forget()


def found(values: set[bytes], folder: Path) -> set[bytes]:
    """Which of the values stand in the files of a folder: in a cell, inside a cell's text, or in the raw bytes."""
    seen: set[bytes] = set()
    for file in folder.iterdir():
        cells = [file.read_bytes()]
        if file.suffix == ".parquet":
            table = pq.read_table(file)
            cells += [_bytes(cell) for column in table.columns for cell in column.to_pylist() if cell is not None]
            cells += [str(table.schema).encode()]
        seen |= {value for value in values for cell in cells if value in cell}
    return seen


def _bytes(cell: Any) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()


def identifying(owner: Any) -> set[bytes]:
    """Everything in the tables about people that tells who somebody is, as the database holds it, and the clear numbers."""
    texts: set[bytes] = {n.encode() for n in (cast.WANG, cast.LI, cast.LI_XIAOJUN, cast.LI_MING, "13000000001")}
    rows = owner.execute(
        "SELECT name, address, village, id_number_token, party_id FROM parties_person"
        " UNION ALL SELECT '', address, village, '', party_id FROM parties_household"
    )
    for *words, key in rows.fetchall():
        texts |= {word.encode() for word in words if word}
        texts |= {str(key).encode(), key.bytes, key.hex.encode()}
    return texts


def test_no_name_number_address_or_key_is_in_the_files(operator, as_owner, tmp_path):
    made = actions.TakeSnapshot.perform(operator)
    folder = snapshot.find(made["name"]).folder
    secrets = identifying(as_owner) | {pseudonyms.lake_key(), pseudonyms.lake_key().hex().encode()}
    assert found(secrets, folder) == set()
    # The same search finds them where they are.
    control = tmp_path / "control"
    control.mkdir()
    pq.write_table(pa.table({"text": sorted(secrets)}), control / "a.parquet", compression="zstd")
    assert found(secrets, control) == secrets


def test_a_snapshot_holds_everybody_once_under_the_same_pseudonym_everywhere(operator):
    made = snapshot.find(actions.TakeSnapshot.perform(operator)["name"])
    tables = {name: pq.read_table(made.file(name)).to_pylist() for name in made.tables}
    people = {p["person_id"] for p in tables["persons"]}
    assert len(people) == len(tables["persons"]) == 4
    assert {m["person_id"] for m in tables["members"]} < people
    assert {m["household_id"] for m in tables["members"]} == {h["household_id"] for h in tables["households"]}
    assert [p["disability"] for p in tables["persons"] if p["disability"]] == ["肢体二级"]
    assert {p["town"] for p in tables["persons"]} == {"990122110000"}
    row = AuditRow.objects.get(action="lake.take_snapshot")
    assert json.loads(row.body)["after"]["persons"] == made.tables["persons"].sm3
    again = snapshot.find(actions.TakeSnapshot.perform(operator)["name"])
    assert again.name == f"{made.name}-2" and list(snapshot.faults(again)) == []
    assert {p["person_id"] for p in pq.read_table(again.file("persons")).to_pylist()} == people


def test_a_failure_in_the_middle_leaves_nothing_behind(operator, monkeypatch):
    def fails(*_given: Any) -> Any:
        raise OSError(28, "no space")

    monkeypatch.setattr(snapshot, "digest", fails)
    with pytest.raises(OSError, match="no space"):
        actions.TakeSnapshot.perform(operator)
    assert list(snapshot.lake_folder().iterdir()) == []
    assert not AuditRow.objects.filter(action="lake.take_snapshot").exists()
