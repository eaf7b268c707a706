"""make test-spark: every output of the whole rule set, on Spark and on DuckDB, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from jimin.domains.assistance import synthetic
from jimin.domains.assistance.rules import rules
from jimin.domains.assistance.tests.test_the_rules import SUPPOSED
from jimin.engines.policy import province
from jimin.engines.policy.columns import ID, PERSON, Province
from jimin.engines.policy.law import InForce

pytestmark = pytest.mark.slow
DAY = date(2023, 3, 6)
COUNT = 20_000


def answers(connection: Any, folder: Any, law: InForce, keep: Any = None) -> list[pa.Table]:
    """Both tables after the pass, in the order of their keys."""
    made = Province(law, [], keep).read(*province.files(connection, folder))
    return [t.to_pyarrow().sort_by(key) for t, key in zip(made, (ID, PERSON), strict=True)]


def test_every_cell_of_every_formula_is_the_same_on_spark_and_on_duckdb(tmp_path):
    pytest.importorskip("pyspark", reason="要 PySpark：make test-spark")
    from jimin.engines.policy.spark import spark

    synthetic.write(tmp_path, COUNT, ["220122", "220302", "220203"], DAY, seed=11)
    law = InForce(rules, SUPPOSED, DAY)
    with province.duckdb() as connection:
        expected = answers(connection, tmp_path, law, province.stored(connection))
    with spark() as connection:
        found = answers(connection, tmp_path, law)
    cells = 0
    for one, other in zip(expected, found, strict=True):
        assert one.num_rows == other.num_rows and set(one.column_names) == set(other.column_names)
        for name in one.column_names:
            assert one[name].combine_chunks().equals(other[name].cast(one[name].type).combine_chunks()), name
            cells += one.num_rows
    print(f"{COUNT:,} households, {cells:,} cells, all the same")
    assert cells > COUNT * len(law.variables)
