"""Audit writes a second with 8 writers: rows and a sealer, against no audit and against one chain under a lock.

    python benchmarks/bench_audit.py [--seconds 5]     on a fresh server of its own, or on
    JIMIN_BENCH_SERVER=postgresql://superuser@host:port/postgres

The three take turns in one run (the machine's other load meets all alike), and the medians and their
ratios are printed. Each transaction writes one business row through the ORM, as an action does; "hold"
is work that follows the audit row inside the transaction. Then `--rows` rows (a million) are sealed, anchored and
verified, beside the floor of it: fetching the same rows with a plain SELECT and hashing each once. Ends with a table:
what an administrator could do to them, and what the verification names.
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
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--skip-writers", action="store_true", help="only the rows, not the writers")
    options = parser.parse_args()
    with server() as url, psycopg.connect(url, autocommit=True) as root:
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        root.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME)))
        try:
            prepare(url)
            for hold in () if options.skip_writers else (0.0, 0.005):
                compare(options, hold)
            verify(options.rows)
            tamper()
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
    for name, what in (("seal", seal), ("anchor", anchor), ("floor", floor), ("verify", check)):
        began = time.perf_counter()
        result = what()
        steps.append((name, result, time.perf_counter() - began))
    least = next(seconds for name, _, seconds in steps if name == "floor")
    print(f"\n{AuditRow.objects.count():,} rows in all, {rows:,} of them in one transaction")
    for name, result, seconds in steps:
        told = (
            f"{result.rows:,} rows, {result.blocks} blocks, {result.found} faults"
            if name == "verify"
            else f"{result:,}"
        )
        print(f"{name:<8}{seconds:>7.1f} s {seconds / least:>6.2f} of the floor   {told}", flush=True)
    size = sum(f.stat().st_size for f in folder().glob("*.jsonl"))
    print(f"anchors {size / 1e6:.0f} MB")


def floor() -> int:
    """The least a check could do: each row fetched as it is, and hashed once."""
    from django.db import connection, transaction

    from jimin.core.audit.tree import sm3

    count = 0
    with transaction.atomic(), connection.connection.cursor("bench_floor") as cursor:
        cursor.itersize = 10_000
        for row in cursor.execute("SELECT * FROM audit_auditrow ORDER BY epoch, xid, id"):
            sm3(repr(row).encode())
            count += 1
    return count


#: What is done past the application, triggers off: a name, the statements, and whether every block is then sealed again.
BAD, OTHER = "(SELECT min(id) + 400000 FROM audit_auditrow)", "(SELECT min(id) + 400007 FROM audit_auditrow)"
LIKE = "SELECT {id}, epoch, {xid}, {at}, day, actor, unit, 'forged', object_type, object_id, body FROM audit_auditrow"
FORGE = (
    f"INSERT INTO audit_auditrow (id, epoch, xid, at, day, actor, unit, action, object_type, object_id, body) {LIKE}"
)
TAMPERING: list[tuple[str, list[str], bool]] = [
    ("nothing", [], False),
    ("a row updated", [f"UPDATE audit_auditrow SET body = '{{}}' WHERE id = {BAD}"], False),
    ("a row deleted", [f"DELETE FROM audit_auditrow WHERE id = {BAD}"], False),
    ("two rows swapped", [f"UPDATE audit_auditrow a SET object_id = b.object_id FROM audit_auditrow b WHERE (a.id, b.id)"
                          f" IN (({BAD}, {OTHER}), ({OTHER}, {BAD}))"], False),
    ("a row forged in a sealed range", [FORGE.format(id="-1", xid="xid", at="at") + f" WHERE id = {BAD}"], False),
    ("a row forged at the end, future transaction",
     [FORGE.format(id="nextval('audit_auditrow_id_seq')", xid="'9000000000000'", at="at") + f" WHERE id = {BAD}"], False),
    ("a row forged at the end, old time",
     [FORGE.format(id="nextval('audit_auditrow_id_seq')", xid="pg_current_xact_id()", at="at - interval '40 days'")
      + f" WHERE id = {BAD}"], False),
    ("a row updated, all sealed again", [f"UPDATE audit_auditrow SET body = '{{}}' WHERE id = {BAD}"], True),
    ("the tail cut", ["DELETE FROM audit_block WHERE no > 90",
                      "DELETE FROM audit_auditrow WHERE (xid, id) > (SELECT upto_xid::text::xid8, upto_id FROM audit_block"
                      " ORDER BY no DESC LIMIT 1)"], False),
    ("one block rewritten", ["UPDATE audit_block SET root = hash WHERE no = 40"], False),
    ("a manifest changed", ["UPDATE audit_block SET manifest = overlay(manifest placing '\\x00'::bytea from 4013)"
                            " WHERE no = 40"], False),
]  # fmt: skip


def tamper() -> None:
    """Each kind of tampering, what the verification names, and the seconds it takes. Taken back each time."""
    from django.db import connection, transaction

    from jimin.core.audit import seal as sealing
    from jimin.core.audit.models import Block
    from jimin.core.audit.verify import verify as check

    print(f"\n{'tampering':<46}{'exit':>5}{'s':>7}   named first")
    for name, statements, again in TAMPERING:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
            if again:
                blocks = list(Block.objects.order_by("no").defer("manifest"))
                cursor.execute("DELETE FROM audit_block")
                last = None
                for block in blocks:
                    reach = sealing.Reach(
                        block.epoch, (block.after_xid, block.after_id), (block.upto_xid, block.upto_id)
                    )
                    last = sealing.make_block(last, reach, sealing.rows_of(block))
                    last.save(force_insert=True)
            began = time.perf_counter()
            report = check()
            print(
                f"{name:<46}{report.exit_code:>5}{time.perf_counter() - began:>7.1f}   {report.first or '—'}",
                flush=True,
            )
            transaction.set_rollback(True)


if __name__ == "__main__":
    main()
