"""Audit writes a second with 8 writers: rows and a sealer, against no audit and against one chain under a lock.

    python benchmarks/bench_audit.py [--seconds 5]     on a fresh server of its own, or on
    JIMIN_BENCH_SERVER=postgresql://superuser@host:port/postgres

The three take turns in one run (the machine's other load meets all alike), and the medians and their
ratios are printed. Each transaction writes one business row through the ORM, as an action does; "hold"
is work that follows the audit row inside the transaction. Ends with sealing and verifying `--rows` rows.
"""

from __future__ import annotations

import argparse
import atexit
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
NAME = "jimin_bench_audit"
MODES = ("none", "rows and sealer", "one chain")
SCRATCH = """CREATE TABLE bench_head (one bool PRIMARY KEY DEFAULT true, hash bytea NOT NULL);
    INSERT INTO bench_head (hash) VALUES ('\\x00')"""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--rows", type=int, default=200_000)
    options = parser.parse_args()
    with server() as url, psycopg.connect(url, autocommit=True) as root:
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        root.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME)))
        try:
            prepare(url)
            for hold in (0.0, 0.005):
                compare(options, hold)
            verify(options.rows)
        finally:
            from django.db import connections

            connections.close_all()
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))


@contextmanager
def server() -> Iterator[str]:
    """JIMIN_BENCH_SERVER, or an embedded server in a folder that is removed afterwards."""
    if given := os.environ.get("JIMIN_BENCH_SERVER"):
        yield given
        return
    from jimin.platform.embedded import Embedded

    folder = Path(tempfile.mkdtemp(prefix="jimin-bench-server-"))
    embedded = Embedded(folder)
    try:
        embedded.start()
        yield embedded.url()
    finally:
        embedded.stop()
        shutil.rmtree(folder, ignore_errors=True)


def prepare(url: str) -> None:
    """Django on the bench's own database, migrated."""
    at = conninfo_to_dict(url)
    host = str(at.get("host") or "").replace("/", "%2F")
    user = f"{at.get('user', '')}:{at.get('password', '')}".rstrip(":")
    os.environ["JIMIN_DATABASE_URL"] = f"postgresql://{user}@:{at.get('port', 5432)}/{NAME}?host={host}"
    os.environ["JIMIN_VAR"] = tempfile.mkdtemp(prefix="jimin-bench-")
    atexit.register(shutil.rmtree, os.environ["JIMIN_VAR"], ignore_errors=True)
    os.environ.setdefault("JIMIN_SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(SCRATCH)


def compare(options: argparse.Namespace, hold: float) -> None:
    """Every mode in turn, `rounds` times; medians and ratios."""
    found: dict[str, list[tuple[float, float]]] = {mode: [] for mode in MODES}
    for _ in range(options.rounds):
        for mode in MODES:
            found[mode].append(run(mode, hold, options))
    base = statistics.median(rate for rate, _ in found["none"])
    print(f"\n{options.writers} writers, hold {hold * 1000:.0f} ms, {options.rounds} rounds of {options.seconds:.0f} s")
    print(f"{'':<18}{'tx/s median':>12}{'of none':>9}{'p99 ms':>9}   each round")
    for mode, rounds in found.items():
        rate = statistics.median(r for r, _ in rounds)
        p99 = statistics.median(p for _, p in rounds)
        each = ", ".join(f"{r:.0f}" for r, _ in rounds)
        print(f"{mode:<18}{rate:>12.0f}{rate / base:>9.0%}{p99:>9.1f}   {each}", flush=True)


def run(mode: str, hold: float, options: argparse.Namespace) -> tuple[float, float]:
    """Transactions a second, and their p99 in ms."""
    from django.db import connections

    connections.close_all()
    answers: Any = multiprocessing.Queue()
    start = time.time() + 1.0
    arguments = (mode, hold, start, options.seconds, answers)
    writers = [multiprocessing.Process(target=write, args=arguments) for _ in range(options.writers)]
    for writer in writers:
        writer.start()
    stop = threading.Event()
    sealer = threading.Thread(target=keep_sealing, args=(stop,)) if mode == "rows and sealer" else None
    if sealer:
        sealer.start()
    times = [t for _ in writers for t in answers.get()]
    stop.set()
    for each in [*writers, *([sealer] if sealer else [])]:
        each.join()
    times.sort()
    return len(times) / options.seconds, times[int(len(times) * 0.99)] * 1000


def keep_sealing(stop: threading.Event) -> None:
    """A sealer each second, as the worker might."""
    from django.db import connection

    from jimin.core.audit.seal import seal

    while not stop.wait(1):
        seal()
    connection.close()


def write(mode: str, hold: float, start: float, seconds: float, answers: Any) -> None:
    """One writer: the business row, then the audit row as an action writes it (or into the chain)."""
    from django.db import connection, transaction

    from jimin.core.actions.models import ActionKey
    from jimin.core.audit import api, tree
    from jimin.core.audit.api import Change
    from jimin.core.audit.models import AuditRow

    connection.ensure_connection()
    times: list[float] = []
    account = uuid.uuid4()
    time.sleep(max(0.0, start - time.time()))
    while time.time() < start + seconds:
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            ActionKey.objects.create(action="bench", account=account, key=str(len(times)), digest="x" * 64)
            change = Change("planning.report", str(len(times)), {"amount": 1}, {"amount": 2, "name": "王桂兰" * 3})
            if mode == "one chain":
                cursor.execute("SELECT hash FROM bench_head FOR UPDATE")
                before = bytes(cursor.fetchone()[0])
                api.write(None, "bench.change", [change])
                row = AuditRow(body=api.canonical(change.after))
                cursor.execute("UPDATE bench_head SET hash = %s", [tree.sm3(before + row.body.encode())])
            elif mode != "none":
                api.write(None, "bench.change", [change])
            if hold:
                time.sleep(hold)
        times.append(time.perf_counter() - began)
    connection.close()
    answers.put(times)


def verify(rows: int) -> None:
    """Seconds to seal, anchor and verify that many rows more."""
    from django.db import connection

    from jimin.core.audit.anchor import anchor, folder
    from jimin.core.audit.models import AuditRow
    from jimin.core.audit.seal import seal
    from jimin.core.audit.verify import verify as check

    seal()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditrow (day, actor, unit, action, object_type, object_id, body)"
            " SELECT '2023-10-10', '刘敏（农安县·经办）', '220122', 'bench.change', 'planning.report', n::text,"
            ' \'{"after":{"amount":2},"before":{"amount":1},"note":"\' || repeat(\'备注\', 20) || n || \'"}\''
            " FROM generate_series(1, %s) n",
            [rows],
        )
    steps: list[tuple[str, Any, float]] = []
    for name, what in (("seal", seal), ("anchor", anchor), ("verify", check)):
        began = time.perf_counter()
        result = what()
        steps.append((name, result, time.perf_counter() - began))
    print(f"\n{AuditRow.objects.count():,} rows in all, {rows:,} of them in one transaction")
    for name, result, seconds in steps:
        told = (
            f"{result.rows:,} rows, {result.blocks} blocks, {len(result.faults)} faults" if name == "verify" else result
        )
        print(f"{name:<8}{seconds:>7.1f} s   {told}")
    size = sum(f.stat().st_size for f in folder().glob("*.jsonl"))
    print(f"anchors {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
