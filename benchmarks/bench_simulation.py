"""A simulation over invented households beside one base pass over the same: `python -m benchmarks.bench_simulation [N]`.

Prints both in seconds, their ratio and the peak memory. The households are made first and not counted.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import ibis
from django.conf import settings

from jimin.domains.assistance import synthetic
from jimin.domains.assistance.programmes import ASSISTANCE
from jimin.engines.policy import changes, outcome, parameters, programmes, simulate
from jimin.engines.policy.changes import Change, How
from jimin.engines.policy.columns import Province
from jimin.engines.policy.law import InForce

MARKS = ("has_old_member", "has_minor", "has_disabled_member")
DAY, COUNTY_COUNT, EDGES, LOOKED = date(2023, 3, 6), 60, (2000, 5000, 10000), 200


def main() -> None:
    """Measure."""
    settings.configure(PACK=Path(__file__).parents[1] / "packs/22")
    outcome.declare("assistance", outcome.Kinds("family_size", dict.fromkeys(MARKS, "")))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    places = [f"22{n // 7 + 1:02d}{n % 7 + 1:02d}" for n in range(COUNTY_COUNT)]
    homes, people = synthetic.tables(count, places, DAY)
    law = parameters.extend(
        programmes.national("assistance"), ASSISTANCE.folder / "tests/rules/_parameters.yaml", programmes.all_texts()
    )
    more = changes.apply(law, [Change("dibao.standard", How.PERCENT, Decimal(5), "农村")], DAY, places)
    before, after = InForce(ASSISTANCE.rules, law, DAY), InForce(ASSISTANCE.rules, more, DAY)
    programme = programmes.get("assistance.dibao")

    connection = ibis.duckdb.connect()
    connection.con.register("homes", homes)
    connection.con.register("people", people)
    tables = connection.table("homes"), connection.table("people")
    began = time.monotonic()
    keep = lambda name, table: connection.create_table(ibis.util.gen_name(name), table, temp=True)  # noqa: E731
    Province(before, [programme.decision, programme.amount], keep).read(*tables)
    base = time.monotonic() - began
    began = time.monotonic()
    found = simulate.run(connection, tables, programme, (before, after), EDGES, LOOKED)
    whole = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} 户：一遍 {base:.1f} 秒，模拟 {whole:.1f} 秒，是一遍的 {whole / base:.2f} 倍；峰值内存 {peak:,.0f} MB"
    )
    print(f"在领 {found.total.paid0:,} → {found.total.paid1:,}，资料不足 {found.total.undecided0:,}")


if __name__ == "__main__":
    main()
