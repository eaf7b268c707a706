"""An Excel file of 100,000 rows, 1 % wrong: read and checked, marked, written; seconds and peak memory, beside a floor.

    python benchmarks/bench_sheets.py [--rows 100000] [--wrong 0.01]     on a fresh server of its own, or on
    JIMIN_BENCH_SERVER=postgresql://superuser@host:port/postgres

Each stage runs in a process of its own, so that its peak is its own, between two runs of its floor (their mean is the
floor: other load on the machine meets both alike). The floors: for reading
a plain openpyxl loop over the values; for the marked file openpyxl loading and saving the same workbook; for writing a
COPY of the same rows into a table with the ledger's columns and indexes (no checks, no audit, no events, no figures).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.bench_audit import server

NAME = f"jimin_bench_sheets_{os.getpid()}"
HEAD = ["名称", "指标", "所在地代码", "数量", "进度", "投用日期", "地址", "备注"]
BAD = [(3, "三处"), (5, "2023-13-05"), (2, "220122"), (0, None)]  # column and what is wrong in it
REGISTER = "planning.items"


def main() -> None:
    """Make the file and the database, run the stages, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--wrong", type=float, default=0.01)
    parser.add_argument("--stage", choices=sorted(STAGES))
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(measured(STAGES[options.stage], options.file)))
        return
    with tempfile.TemporaryDirectory(prefix="jimin-bench-sheets-") as var, server() as url:
        root = psycopg.connect(url, autocommit=True)
        root.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME)))
        try:
            file = Path(var) / "台账.xlsx"
            make(file, options.rows, options.wrong)
            prepare(url, var)
            compare(file, options)
        finally:
            from django.db import connections

            connections.close_all()
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))
            root.close()


def make(file: Path, rows: int, wrong: float) -> None:
    """The workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(HEAD)
    every = round(1 / wrong) if wrong else 0
    for n in range(1, rows + 1):
        row: list[Any] = [
            f"第{n}社区老年食堂", "社区老年食堂", "220122102000" if n % 2 else "220122101000", n % 7 + 1, "投用",
            date(2023, n % 9 + 1, n % 28 + 1), f"幸福路 {n} 号", "只供查看",
        ]  # fmt: skip
        if every and n % every == 0:
            at, value = BAD[n // every % len(BAD)]
            row[at] = value
        sheet.append(row)
    book.save(file)


def prepare(url: str, var: str) -> None:
    """Django on the bench's own database, with the cast of the plan's tests; the stages inherit the environment."""
    at = conninfo_to_dict(url)
    host = str(at.get("host") or "").replace("/", "%2F")
    user = f"{at.get('user', '')}:{at.get('password', '')}".rstrip(":")
    os.environ |= {
        "JIMIN_DATABASE_URL": f"postgresql://{user}@:{at.get('port', 5432)}/{NAME}?host={host}",
        "JIMIN_VAR": var, "JIMIN_KEYS": f"{var}/keys.json", "JIMIN_FILES": f"{var}/files", "JIMIN_DEMO": "1",
        "JIMIN_BUSINESS_DAY": "2023-10-10", "DJANGO_SETTINGS_MODULE": "jimin.platform.settings",
    }  # fmt: skip
    os.environ.setdefault("JIMIN_SECRET_KEY", "bench")
    setup()
    from django.core.management import call_command

    from jimin.core.secrets import keys
    from jimin.domains.planning.tests.cast import Cast

    keys.ensure_keys()
    call_command("migrate", verbosity=0, interactive=False)
    Cast().found()


def setup() -> None:
    import django

    django.setup()


def compare(file: Path, options: argparse.Namespace) -> None:
    """Each stage beside its floor."""
    print(f"{options.rows:,} rows, {options.wrong:.0%} wrong, {file.stat().st_size / 1e6:.1f} MB")
    print(f"{'':<34}{'seconds':>9}{'rows/s':>9}{'peak MB':>9}{'× floor':>9}")
    for floor, name in (("floor_read", "read"), ("floor_mark", "mark"), ("floor_write", "write")):
        before, found, after = stage(floor, file), stage(name, file), stage(floor, file)
        base = {**after, "seconds": (before["seconds"] + after["seconds"]) / 2}
        line(floor, base, base, options.rows)
        line(name, found, base, options.rows)


def stage(name: str, file: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--stage", name, "--file", str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(name: str, found: dict[str, Any], base: dict[str, Any], rows: int) -> None:
    ratio = found["seconds"] / base["seconds"]
    told = f"{TITLES[name]} {found['told']}".strip()
    print(f"{told:<34}{found['seconds']:>9.1f}{rows / found['seconds']:>9,.0f}{found['mb']:>9.0f}{ratio:>9.1f}", flush=True)  # fmt: skip


def measured(run: Callable[[Path], str], file: Path) -> dict[str, Any]:
    """Seconds of a stage (its imports are not counted) and the peak of its process."""
    setup()
    began = time.perf_counter()
    told = run(file)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "told": told}


# -- the stages ----------------------------------------------------------------------------------
def floor_read(file: Path) -> str:
    from openpyxl import load_workbook

    for _row in load_workbook(file, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True):
        pass
    return ""


def floor_mark(file: Path) -> str:
    from openpyxl import load_workbook

    load_workbook(file).save(io.BytesIO())
    return ""


def floor_write(file: Path) -> str:
    """COPY the rows of the file's size into a copy of the ledger's table; making them is not counted much."""
    from django.db import connection, transaction

    from jimin.core.records import new_id
    from jimin.core.sheets.models import SheetImport
    from jimin.domains.planning.models import LedgerItem
    from jimin.engines.indicators.models import Indicator

    held = SheetImport.objects.get()
    indicator = Indicator.objects.get(code="elder.canteens").pk
    unit = held.appointment.unit_id
    columns = "id, version, prefecture, county, town, village, name, division, address, quantity, stage, since, state, void_reason, indicator_id, unit_id"  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        table = LedgerItem._meta.db_table
        cursor.execute(f"CREATE TEMP TABLE bench_items (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
        with cursor.copy(f"COPY bench_items ({columns}) FROM STDIN") as copy:
            for n in range(held.counts["add"]):
                copy.write_row(
                    (
                        new_id(), 1, "220100000000", "220122000000", "220122102000", "", f"第{n}社区老年食堂",
                        "220122102000", f"幸福路 {n} 号", n % 7 + 1, "投用", date(2023, 9, 5), "confirmed", "", indicator, unit,
                    )
                )  # fmt: skip
        transaction.set_rollback(True)
    return ""


def read(file: Path) -> str:
    """Upload, then read and check to the end; the marked file is the next stage."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jimin.core.access.models import Appointment
    from jimin.core.access.scope import Actor
    from jimin.core.sheets import services, steps

    clerk = Appointment.objects.select_related("account", "unit__superior").get(account__username="liu.min")
    held = services.start(Actor.of(clerk), REGISTER, SimpleUploadedFile(file.name, file.read_bytes()))
    steps.mark = lambda *_: None  # type: ignore[assignment]
    steps.work(held.pk)
    held.refresh_from_db()
    return f"({held.counts['add']:,} new, {held.counts['wrong']:,} wrong)"


def mark(file: Path) -> str:
    from jimin.core.sheets import base, steps
    from jimin.core.sheets.models import SheetImport

    held = SheetImport.objects.select_related("file").get()
    _name, content, partial = steps.mark(held, steps.opened(held, base.get(REGISTER)))
    return f"({'wrong rows' if partial else 'whole'}, {len(content) / 1e6:.1f} MB)"


def write(file: Path) -> str:
    from jimin.core.sheets import services, steps
    from jimin.core.sheets.models import SheetImport
    from jimin.domains.planning.models import LedgerItem

    held = SheetImport.objects.select_related("account").get()
    services.confirm(steps.actor_of(held), held.pk)
    steps.work(held.pk)
    held.refresh_from_db()
    assert LedgerItem.objects.count() == held.written == held.counts["add"], held.problems
    return f"({held.written:,} rows)"


STAGES: dict[str, Callable[[Path], str]] = {
    f.__name__: f for f in (floor_read, read, floor_mark, mark, floor_write, write)
}
TITLES = {
    "floor_read": "floor: openpyxl loop", "read": "read and check", "floor_mark": "floor: openpyxl load, save",
    "mark": "marked file", "floor_write": "floor: COPY", "write": "write",
}  # fmt: skip

if __name__ == "__main__":
    main()
