"""A column that could tell who somebody is cannot be declared; a value that does not fit is left behind and counted."""

from __future__ import annotations

import datetime
import json
import os
import uuid

import pyarrow as pa
import pytest

from jimin.core.parties.models import Household, Person
from jimin.engines.lake import pseudonyms, snapshot
from jimin.engines.lake.tables import TABLES, Column, Table, Undeclarable, day, declare, key, number, option, place

KEY = b"k" * 32


@pytest.mark.parametrize(
    "column",
    [
        option("name"),
        option("id_number_token", "某"),
        number("id_number_token"),
        day("address"),
        place("village"),
        key("party_id", ""),
        Column("id_number_sealed", place("town").kind),
    ],
    ids=lambda c: f"{c.kind} of {c.source}",
)
def test_a_column_that_could_name_somebody_is_refused(column):
    with pytest.raises(Undeclarable):
        declare(Table("wrong", Person, {"x": column}))
    assert "wrong" not in TABLES


def test_a_table_reads_its_declared_columns_and_nothing_else():
    table = Table("h", Household, {"household_id": key("party_id", "party"), "town": place("town")}, "true")
    assert table.select == 'SELECT "party_id" AS "household_id", "town" AS "town" FROM "parties_household" WHERE true'


def test_a_text_outside_its_list_and_a_place_below_the_town_stay_behind():
    texts = snapshot.carry(option("disability", "肢体二级"), pa.array(["肢体二级", "王桂兰13000000001", None]), KEY)
    assert texts.to_pylist() == ["肢体二级", None, None]
    places = snapshot.carry(place("town"), pa.array(["990122110000", "990122110201", "陈家店村3社", None]), KEY)
    assert places.to_pylist() == ["990122110000", None, None, None]


def test_a_pseudonym_follows_the_record_and_the_key_and_whose_it_is():
    one, other = uuid.uuid4().bytes, uuid.uuid4().bytes
    keys = pa.array([one, other, None, one], pa.binary(16))
    first = pseudonyms.pseudonyms(KEY, "party", keys).to_pylist()
    assert first[0] == first[3] != first[1] and first[2] is None
    assert pseudonyms.pseudonyms(KEY, "case", keys).to_pylist()[0] != first[0]
    assert pseudonyms.pseudonyms(b"o" * 32, "party", keys).to_pylist()[0] != first[0]


def test_a_lake_key_that_others_can_read_is_refused(settings, tmp_path):
    settings.JIMIN_LAKE_KEY = str(tmp_path / "key")
    made = pseudonyms.lake_key()
    assert pseudonyms.lake_key() == made and len(made) == pseudonyms.KEY_BYTES
    os.chmod(tmp_path / "key", 0o644)
    with pytest.raises(pseudonyms.LakeKeyFault, match="chmod 600"):
        pseudonyms.lake_key()


def a_snapshot(lake, name: str) -> snapshot.Snapshot:
    folder = lake / name
    folder.mkdir(parents=True)
    (folder / "t.parquet").write_bytes(b"rows")
    part = {
        "rows": 1,
        "bytes": 4,
        "sm3": snapshot.digest(folder / "t.parquet"),
        "columns": {},
        "withheld": {},
    }
    content = {"format": 1, "day": name[:10], "taken_at": name, "key": "k", "tables": {"t": part}}
    (folder / snapshot.MANIFEST).write_text(json.dumps(content))
    return snapshot.read(folder)


def test_a_file_that_was_changed_is_named(settings, tmp_path):
    settings.JIMIN_LAKE = str(tmp_path)
    made = a_snapshot(tmp_path, "2023-10-10")
    assert list(snapshot.faults(made)) == []
    (made.folder / "t.parquet").write_bytes(b"ROWS")
    assert list(snapshot.faults(made)) == ["2023-10-10：t.parquet 和做的时候不一样"]
    (made.folder / "t.parquet").unlink()
    assert list(snapshot.faults(made)) == ["2023-10-10：少了 t.parquet"]


def test_the_newest_is_found_and_what_is_past_its_days_is_outdated(settings, tmp_path):
    settings.JIMIN_LAKE = str(tmp_path)
    with pytest.raises(snapshot.LakeFault, match="jimin lake snapshot"):
        snapshot.find()
    old, new = a_snapshot(tmp_path, "2022-08-01"), a_snapshot(tmp_path, "2023-10-10")
    assert snapshot.find() == new and snapshot.find("2022-08-01") == old
    assert snapshot.outdated(datetime.date(2023, 10, 10)) == [old]
    snapshot.drop(old)
    assert [p.name for p in tmp_path.iterdir()] == ["2023-10-10"]
    with pytest.raises(snapshot.LakeFault, match="没有快照“../etc”"):
        snapshot.find("../etc")


def test_what_a_killed_run_left_behind_is_swept(settings, tmp_path):
    settings.JIMIN_LAKE = str(tmp_path)
    with snapshot.draft("2023-10-10") as folder:
        (folder / "t.parquet").write_bytes(b"half")
        kept = folder.rename(tmp_path / f"{snapshot.DRAFT}killed")
    snapshot.sweep(datetime.datetime.fromtimestamp(kept.stat().st_mtime - 1, datetime.UTC))
    assert kept.exists()
    snapshot.sweep(datetime.datetime.fromtimestamp(kept.stat().st_mtime + 1, datetime.UTC))
    assert not kept.exists()
