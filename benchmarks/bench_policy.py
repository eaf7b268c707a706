"""The rules over a province beside OpenFisca-core 46.0.1 with the same formulas hand-written for it, in one run.

    python benchmarks/bench_policy.py [--households 1000000] [--rounds 3] [--openfisca PYTHON]

Both read the same two Parquet files and write theirs; each run is a process of its own, the two in turn. OpenFisca is
installed into a temporary environment by pip as you have set it up, never into ours (--openfisca: an environment
that has it and pyarrow). Then row by row: where the answer is known the two must agree; where a fact that the answer
needs is unknown, we say so, and what OpenFisca says is counted. Last, one household with every reason.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
HERE = Path(__file__).parent
DAY = date(2023, 3, 6)
DIVISIONS = [f"22{i // 7 + 1:02d}{i % 7 + 1:02d}" for i in range(60)]
AREAS = ("城镇", "农村")
TEXTS = ("DB57", "DL22", "TK43", "SA649", "LS23", "GF52", "CIVIL", "PLAN", "JIMIN")
OUTPUTS = {
    "household": ["dibao", "dibao_amount", "marginal", "people_alone", "alone_total", "tapering", "taper_amount", "monthly_payment"],
    "person": ["alone", "alone_amount"],
}  # fmt: skip
DECISIONS = {"dibao": "household", "marginal": "household", "tapering": "household", "alone": "person"}
OPENFISCA = "openfisca-core==46.0.1"


def main() -> None:
    """Run the benchmark, or one side of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--openfisca", type=Path, help="a Python that has openfisca-core and pyarrow")
    parser.add_argument("--ours", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        ours(*options.ours)
        return
    with tempfile.TemporaryDirectory(prefix="jimin-bench-") as place:
        beside(Path(place), options)
    one_household()


def law() -> Any:
    """The national texts with what the rule tests suppose a place to have set."""
    from jimin.domains.assistance.rules import rules
    from jimin.engines.policy import parameters
    from jimin.engines.policy.law import InForce

    domain = ROOT / "jimin" / "domains" / "assistance"
    national = parameters.load([domain / "parameters"], TEXTS)
    supposed = parameters.extend(national, domain / "tests" / "rules" / "_parameters.yaml", TEXTS)
    return InForce(rules, supposed, DAY)


def ours(folder: Path, out: Path) -> None:
    """One pass, from files to files; a line of JSON."""
    from jimin.engines.policy import province

    began = time.perf_counter()
    in_force = law()
    outputs = [name for names in OUTPUTS.values() for name in names]
    with province.duckdb() as connection:
        province.run(connection, province.files(connection, folder), in_force, outputs, out)
    print(json.dumps({"pass": time.perf_counter() - began}))


def beside(place: Path, options: argparse.Namespace) -> None:
    """Both, in turn, and their rows beside each other."""
    from jimin.domains.assistance import synthetic

    began = time.monotonic()
    people = synthetic.write(place / "facts", options.households, DIVISIONS, DAY)
    print(f"{options.households:,} households, {people:,} persons, invented in {time.monotonic() - began:.1f} s")
    (place / "law.json").write_text(json.dumps(numbers()), "utf-8")
    other = options.openfisca or environment(place)
    runs: dict[str, list[dict[str, float]]] = {"jimin": [], "openfisca": []}
    for number in range(options.rounds):
        theirs, mine = place / f"openfisca{number}", place / f"jimin{number}"
        theirs.mkdir()
        facts = str(place / "facts")
        runs["openfisca"].append(child([other, HERE / "openfisca_dibao.py", facts, place / "law.json", theirs]))
        runs["jimin"].append(child([sys.executable, __file__, "--ours", facts, mine]))
    report(runs)
    compare(mine, theirs)


def numbers() -> dict[str, Any]:
    """The day's numbers for the other side: the same ones, by name, and the standard by division and area."""
    items = law().parameters.items
    standard = items["dibao.standard"]
    flat = {path: p.at(DAY).value for path, p in items.items() if not p.is_scoped and p.at(DAY)}
    standards = [(d, a, standard.at(DAY, d, a).value) for d in DIVISIONS for a in AREAS]
    return {"law": flat, "standards": standards}


def environment(place: Path) -> Path:
    """A temporary environment with OpenFisca."""
    python = place / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", place / "env"], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-input", OPENFISCA, "pyarrow"], check=True)
    return python


def child(command: list[Any]) -> dict[str, float]:
    """Run one side in a process of its own: seconds from its start to its end, of processor time, and peak memory (MB)."""
    began = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True, cwd=HERE)
    said = process.stdout.read() if process.stdout else ""
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[1]} failed")
    whole = {"whole": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1024}
    steps = json.loads(said.splitlines()[-1])
    return {**whole, "pass": sum(v for k, v in steps.items() if k != "peak"), **steps}


def report(runs: dict[str, list[dict[str, float]]]) -> None:
    """The medians, and the ratios."""
    middle = {side: {k: statistics.median(r[k] for r in found) for k in found[0]} for side, found in runs.items()}
    for side, found in middle.items():
        steps = ", ".join(f"{k} {found[k]:.2f}" for k in ("load", "calculate", "write") if k in found)
        print(
            f"  {side:<10} files to files {found['pass']:>6.2f} s, process {found['whole']:>6.2f} s,"
            f" processor {found['cpu']:>6.2f} s, peak {found['peak']:>6.0f} MB{f'   ({steps})' if steps else ''}"
        )
    for what, words in (
        ("pass", "files to files"),
        ("whole", "whole process"),
        ("cpu", "processor time"),
        ("peak", "peak"),
    ):
        pairs = [a[what] / b[what] for a, b in zip(runs["jimin"], runs["openfisca"], strict=True)]
        print(
            f"  ratio, {words:<16}{statistics.median(pairs):>6.2f}   (rounds: {', '.join(f'{p:.2f}' for p in pairs)})"
        )


def compare(mine: Path, theirs: Path) -> None:
    """Every known cell must be the same on both sides; what the other side says of the unknown is counted."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    cells = different = 0
    for row, names in OUTPUTS.items():
        key = f"{row}_id"
        own = pq.read_table(mine / f"{row}s.parquet", columns=[key, *names]).sort_by(key)
        other = pq.read_table(theirs / f"{row}s.parquet")
        for name in names:
            found, said = own[name], other[name].cast(own[name].type)
            cells += len(found) - found.null_count
            different += pc.sum(pc.not_equal(found, said)).as_py() or 0
            if name in DECISIONS:
                unknown = said.filter(pc.is_null(found))
                granted = pc.sum(unknown).as_py() or 0
                print(
                    f"  {name:<10} yes {pc.sum(found).as_py():>9,}  no {pc.sum(pc.invert(found)).as_py():>9,}"
                    f"  not enough data {len(unknown):>9,}: OpenFisca grants {granted:,}, refuses {len(unknown) - granted:,}"
                )
    print(f"  known cells {cells:,}, different {different}")
    if different:
        raise SystemExit("the two do not agree on what is known")


def one_household() -> None:
    """One household, decided with every reason, and its whole tree."""
    from jimin.domains.assistance import synthetic
    from jimin.engines.policy import explain
    from jimin.engines.policy.scalar import Household, Member, OneHousehold

    in_force = law()
    homes, persons = (t.to_pylist() for t in synthetic.tables(200, DIVISIONS, DAY))
    decided, told = [], []
    for home in homes:
        members = [Member(str(p["person_id"]), p) for p in persons if p["household_id"] == home["household_id"]]
        given = Household(home, members, home["division"], home["area"])
        began = time.perf_counter()
        reading = OneHousehold(in_force, given)
        explain.decide(reading, "dibao")
        decided.append(time.perf_counter() - began)
        began = time.perf_counter()
        list(explain.text(explain.tree(reading, "dibao_amount")))
        told.append(time.perf_counter() - began)
    for words, taken in (("decided with every reason", decided), ("and its tree in words", told)):
        taken.sort()
        print(
            f"  one household, {words:<28}{statistics.median(taken) * 1e3:>6.2f} ms p50{taken[189] * 1e3:>7.2f} ms p95"
        )


if __name__ == "__main__":
    main()
