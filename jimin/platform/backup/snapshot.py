"""One consistent look at the database: everything that a set says of it, and the snapshot that pg_dump shares."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from jimin.core.secrets.keys import Ring
from jimin.platform import databases
from jimin.platform.backup import seal
from jimin.platform.backup.manifest import Manifest, version
from jimin.platform.backup.source import Source
from jimin.platform.errors import Refusal

# Working state that a restored installation must not take up again: everybody signs in anew.
NOT_KEPT = ("django_session",)
BATCH = 5_000


@dataclass
class Snapshot:
    """An open REPEATABLE READ transaction; `name` lets pg_dump see exactly the same."""

    connection: psycopg.Connection[tuple[Any, ...]]
    name: str

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.connection.info.server_version // 10000

    def one(self, query: str) -> Any:
        """The first value of a query's first row, or None."""
        row = self.connection.execute(query).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def blobs(self) -> Iterator[str]:
        """The SHA-256 of every registered file, in order; read piece by piece."""
        query = 'SELECT DISTINCT sha256 COLLATE "C" FROM files_storedfile ORDER BY 1'
        with self.connection.cursor(name="blobs") as cursor:
            cursor.itersize = BATCH
            for (name,) in cursor.execute(query):
                yield str(name)


@contextmanager
def taken(source: Source) -> Iterator[Snapshot]:
    """The database as it is now, for as long as the block runs; writers go on."""
    with databases.connect(source.url, "DATABASE_URL") as connection:
        # A dump of a province takes longer than a person may idle.
        connection.execute("SELECT set_config('idle_in_transaction_session_timeout', '0', false)")
        connection.execute("SELECT set_config('jimin.scope_level', 'province', false)")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = Snapshot(connection, "")
        if snapshot.one("SELECT to_regclass('public.django_migrations')") is None:
            raise Refusal("库里还没有数据（没有迁移过），没有可备份的。请先 make run。")
        snapshot.name = str(snapshot.one("SELECT pg_export_snapshot()"))
        yield snapshot


def rows(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, int]:
    """Rows by table, those left out excepted, as the connection's transaction sees them."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
    ).fetchall()
    found = {}
    for (name,) in names:
        if name not in NOT_KEPT:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", str(name)))
            found[str(name)] = int((connection.execute(count).fetchone() or (0,))[0])
    return found


def facts(snapshot: Snapshot, ring: Ring, pack: Path, dump_version: str, prefix: str) -> Manifest:
    """A manifest with all that is known before anything is copied."""
    now = datetime.now(UTC)
    applied: dict[str, list[str]] = {}
    for app, name in snapshot.connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name"):
        applied.setdefault(str(app), []).append(str(name))
    return Manifest(
        id=f"jimin-{prefix}{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}",
        made_at=now.isoformat(timespec="seconds"),
        mode=_mode(snapshot),
        pack=pack.name,
        version=version(),
        postgresql=snapshot.connection.info.server_version,
        pg_dump=dump_version,
        cluster=int(snapshot.one("SELECT system_identifier FROM pg_control_system()")),
        keys={str(number): seal.mark(key) for number, key in sorted(ring.keys.items())},
        rows=rows(snapshot.connection),
        migrations=applied,
        audit=_audit(snapshot),
    )


def _mode(snapshot: Snapshot) -> str:
    if snapshot.one("SELECT to_regclass('public.jimin_setup')") is None:
        return "real"
    return str(snapshot.one("SELECT digest FROM jimin_setup WHERE step = 'mode'") or "real")


def _audit(snapshot: Snapshot) -> dict[str, Any]:
    if snapshot.one("SELECT to_regclass('public.audit_block')") is None:
        return {}
    last = snapshot.connection.execute("SELECT no, encode(hash, 'hex') FROM audit_block ORDER BY no DESC LIMIT 1")
    no, mark = last.fetchone() or (0, "")
    return {"block": no, "hash": mark}


def estimate(snapshot: Snapshot) -> int:
    """Bytes that the dump needs at most, by what the tables hold (indexes are not dumped; text shrinks by half)."""
    return int(
        snapshot.one(
            "SELECT coalesce(sum(pg_table_size(oid)), 0)::bigint / 2 FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
    )
