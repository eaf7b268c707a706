"""The pass over a province: what is written, on which law it stands, and what it does with what nobody knows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jimin.domains.assistance import synthetic
from jimin.domains.assistance.rules import rules
from jimin.domains.assistance.sources import SOURCES
from jimin.domains.assistance.tests.test_the_rules import NATIONAL, SUPPOSED
from jimin.engines.lake import parties  # noqa: F401 - declares the tables
from jimin.engines.lake.snapshot import Part, Snapshot
from jimin.engines.policy import explain, province
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.law import InForce

DAY = date(2023, 3, 6)
LAW = InForce(rules, SUPPOSED, DAY)
PAIRS = [("dibao", "dibao_amount"), ("alone", "alone_amount")]
OUTPUTS = [name for pair in PAIRS for name in pair]


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Any:
    """Two hundred invented households, decided."""
    folder = tmp_path_factory.mktemp("province")
    synthetic.write(folder, 200, ["220122", "220302"], DAY, seed=5, piece=120)
    with province.duckdb() as connection:
        facts = province.files(connection, folder)
        manifest = province.run(connection, facts, LAW, OUTPUTS, folder / "out", {"why": "a test"})
        yield connection, facts, folder, manifest


def test_every_answer_and_ground_in_the_files_is_what_one_household_is_told(done):
    connection, facts, folder, manifest = done
    rows = pq.read_table(folder / "out" / "households.parquet").to_pylist()
    assert len(rows) == manifest["rows"]["households"] == 200
    assert {row["dibao"] for row in rows} == {True, False, None}
    grounds = [g["words"] for g in manifest["grounds"]["dibao"]]
    for row in rows[:40]:
        told = explain.decide(province.household(facts, LAW, row["household_id"]), "dibao")
        assert told.answer == row["dibao"]
        against = {words for i, words in enumerate(grounds) if row["dibao__no"] >> i & 1}
        unknown = {words for i, words in enumerate(grounds) if row["dibao__missing"] >> i & 1}
        assert against == {r.ground.words for r in told.against}
        assert unknown == {r.ground.words for r in told.open}
        assert bool(told.missing) is (told.answer is None)


def test_the_counts_are_those_of_the_rows(done):
    connection, _facts, folder, _manifest = done
    rows = pq.read_table(folder / "out" / "households.parquet").to_pylist()
    dibao, alone = province.counts(connection, folder / "out", LAW, PAIRS)
    answers = [row["dibao"] for row in rows]
    assert (dibao.yes, dibao.no, dibao.unknown) == tuple(answers.count(a) for a in (True, False, None))
    assert dibao.amount == sum(row["dibao_amount"] or 0 for row in rows)
    assert alone.yes + alone.no + alone.unknown == pq.read_metadata(folder / "persons.parquet").num_rows


def test_the_manifest_says_which_rules_and_numbers_the_answers_stand_on(done, tmp_path):
    connection, facts, folder, manifest = done
    assert json.loads((folder / "out" / "manifest.json").read_text()) == manifest
    again = province.run(connection, facts, LAW, OUTPUTS, tmp_path / "again")
    assert (again["rules"], again["numbers"]) == (manifest["rules"], manifest["numbers"])
    raised = InForce(rules, SUPPOSED.reform({"dibao.standard": lambda fen: fen + 100}), DAY)
    other = province.run(connection, facts, raised, OUTPUTS, tmp_path / "raised")
    assert other["rules"] == manifest["rules"] and other["numbers"] != manifest["numbers"]
    earlier = province.run(connection, facts, InForce(rules, SUPPOSED, date(2022, 8, 1)), OUTPUTS, tmp_path / "earlier")
    assert earlier["rules"] != manifest["rules"]


def test_results_that_are_there_are_not_written_over_and_a_failure_leaves_none(done, tmp_path, monkeypatch):
    connection, facts, folder, _manifest = done
    with pytest.raises(RuleError, match="已经有了"):
        province.run(connection, facts, LAW, OUTPUTS, folder / "out")
    monkeypatch.setattr(province, "_manifest", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        province.run(connection, facts, LAW, OUTPUTS, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_fact_is_refused_by_its_name(done):
    connection, (households, persons), _folder, _manifest = done
    with pytest.raises(RuleError, match=r"persons.parquet 的列 wage 没有"):
        province.check(LAW, households, persons.drop("wage"))
    with pytest.raises(RuleError, match=r"households.parquet 的列 homes 是 string"):
        province.check(LAW, households.mutate(homes=households.homes.cast("string")), persons)


def lake(folder: Path, **tables: list[dict[str, Any]]) -> Snapshot:
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return Snapshot(folder, DAY, "", "", {name: Part(0, 0, "", {}, {}) for name in tables})


def test_who_lived_together_on_the_day_is_read_and_what_nobody_recorded_is_unknown(done, tmp_path):
    connection, *_rest = done
    born, was = date(1956, 3, 2), {"household_id": 1, "valid_from": date(2020, 1, 1)}
    found = lake(
        tmp_path,
        households=[{"household_id": 1, "county": "220122000000"}, {"household_id": 2, "county": "220122000000"}],
        members=[
            {**was, "person_id": 7, "valid_to": None},
            {**was, "person_id": 8, "valid_to": DAY},  # the last day is not included
            {**was, "person_id": 9, "valid_to": None, "valid_from": date(2023, 4, 1)},
        ],
        persons=[
            {"person_id": 7, "birth": born, "disability": "肢体二级"},
            {"person_id": 8, "birth": None, "disability": None},
        ],
    )
    facts = SOURCES.read(connection, found, rules, DAY)
    province.check(LAW, *facts)
    (person,) = facts[1].to_pyarrow().to_pylist()
    known = {name: value for name, value in person.items() if value is not None}
    assert known == {
        "household_id": 1, "person_id": 7, "born": born, "disability_kind": "肢体", "disability_grade": "二级"
    }  # fmt: skip
    province.run(connection, facts, InForce(rules, NATIONAL, DAY), ["dibao"], tmp_path / "out")
    answers = pq.read_table(tmp_path / "out" / "households.parquet").to_pylist()
    assert [(a["household_id"], a["dibao"]) for a in answers] == [(1, None), (2, None)]


def test_invented_households_are_distributed_as_is_stated_and_the_same_each_time():
    given = synthetic.distributions()
    households, persons = synthetic.tables(20_000, ["220122"], DAY)
    again = synthetic.tables(20_000, ["220122"], DAY)
    assert households.equals(again[0]) and persons.equals(again[1])
    mean = sum(size * share for size, share in given["sizes"].items())
    assert len(persons) / 20_000 == pytest.approx(mean, rel=0.02)
    assert households["homes"].null_count / 20_000 == pytest.approx(given["unknown"], rel=0.25)
    heads = sum(r == "本人" for r in persons["relation"].to_pylist())
    assert heads / 20_000 == pytest.approx(1 - given["rarely_unknown"], rel=0.01)
    ages = [(DAY - b).days // 365 for b in persons["born"].to_pylist() if b]
    assert min(ages) >= 0 and max(ages) <= 107
    earning = sum(
        bool(w)
        for w, b in zip(persons["wage"].to_pylist(), persons["born"].to_pylist(), strict=True)
        if b and b.year > 2008
    )
    assert earning == 0
