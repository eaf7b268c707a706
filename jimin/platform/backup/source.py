"""Which database is backed up, through which login, and whether that login sees every row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from jimin.platform import databases
from jimin.platform.embedded import Embedded
from jimin.platform.errors import Refusal
from jimin.platform.places import var_folder

OPEN_TO_ALL = "WHEN 'province'::text THEN true"  # in every policy of core.access.rls


@dataclass(frozen=True)
class Source:
    """A login that can read the whole database; `by_policy`: it is held by policies and passes as the whole province."""

    url: str
    by_policy: bool


@contextmanager
def source() -> Iterator[Source]:
    """The installation's database. The embedded server is started for the time being where it does not run.

    JIMIN_BACKUP_DATABASE_URL, else the embedded superuser, else the owner of DATABASE_URL. Refusal where none is known.
    """
    chosen = os.environ.get("JIMIN_BACKUP_DATABASE_URL") or _given()
    if chosen:
        yield checked(chosen)
        return
    var = var_folder()
    if not (var / "secrets.json").exists():
        raise Refusal(f"{var} 里没有数据库，也没有设 DATABASE_URL。请用 JIMIN_VAR=… 指定安装的数据目录。")
    server = Embedded(var)
    server.start()
    try:
        demo = os.environ.get("JIMIN_DEMO", "1") == "1"
        yield checked(server.url(database=databases.DEMO if demo else databases.REAL))
    finally:
        server.stop()  # one that ran before is only joined, and stays


def _given() -> str | None:
    return os.environ.get("JIMIN_OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL")


def checked(url: str) -> Source:
    """A login with the way it sees all rows. Refusal where rows would stay hidden from it."""
    with databases.connect(url, "DATABASE_URL") as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if row == (True,):
            return Source(url, by_policy=False)
        hidden = _hidden(connection)
        if hidden:
            raise Refusal(
                f"登录 {connection.info.user} 看不全这些表：{'、'.join(hidden)}（行级权限），备份会缺行，所以没有做。"
                "请设 JIMIN_BACKUP_DATABASE_URL，用一个带 BYPASSRLS 的登录。"
            )
    return Source(url, by_policy=True)


def _hidden(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Tables whose policies do not say that the whole province sees every row."""
    rows = connection.execute(
        "SELECT c.relname, coalesce(bool_and(strpos(pg_get_expr(p.polqual, p.polrelid), %s) > 0 AND p.polpermissive),"
        " false) FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.relrowsecurity AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE'))"
        " GROUP BY c.relname ORDER BY c.relname",
        [OPEN_TO_ALL],
    ).fetchall()
    return [str(name) for name, whole in rows if not whole]
