"""Anchors in a folder of the test's own, and rows written as the application writes them."""

import argparse
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from jimin.core.audit import api, cli
from jimin.core.audit import seal as sealing
from jimin.core.audit.api import AuditRow, Change
from jimin.core.audit.seal import seal


@pytest.fixture(autouse=True)
def anchor_folder(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "anchors"


def write(count: int, start: int = 0) -> None:
    """`count` audit rows in one transaction."""
    with transaction.atomic():
        api.write(
            None,
            "test.change",
            [
                Change("test.thing", str(n), {"amount": n}, {"amount": n + 1}, "备注𠮷")
                for n in range(start, start + count)
            ],
        )


OPEN = (
    "SELECT count(*) FROM audit_auditrow WHERE epoch = (SELECT system_identifier FROM pg_control_system())"
    " AND xid >= pg_snapshot_xmin(pg_current_snapshot())"
)


def seal_all(count: int, patience: float = 240) -> None:
    """Seal the `count` rows that wait, in blocks that are cut by their size alone.

    Transaction ids are shared by every database of a server, so a test of another worker that holds a
    transaction open holds the sealer back, or cuts a block short: wait until the last of these rows may go.
    """
    end = time.monotonic() + patience
    while still_open():
        assert time.monotonic() < end, "a transaction somewhere on the server stays open"
        time.sleep(0.05)
    assert seal() == count


def still_open() -> int:
    """How many rows of this cluster stand at or beyond the oldest open transaction."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        return cursor.fetchone()[0]


@pytest.fixture
def trail(as_owner: psycopg.Connection, monkeypatch) -> psycopg.Connection:
    """40 rows in 4 sealed blocks, and a connection whose triggers are off: an administrator who means it."""
    monkeypatch.setattr(sealing, "ROWS_A_BLOCK", 10)
    write(40)
    seal_all(40)
    as_owner.execute("SET session_replication_role = replica")
    return as_owner


def ids() -> list[int]:
    return list(AuditRow.objects.order_by("id").values_list("id", flat=True))


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    arguments = parser.parse_args(["audit", *words])
    return arguments.run(arguments)


def reseal(trail: psycopg.Connection) -> None:
    trail.execute("DELETE FROM audit_block")
    seal_all(40)
