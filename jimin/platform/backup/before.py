"""The dump that is kept before each migration of a database with something in it."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from jimin.platform.backup import copy, make, manifest, source
from jimin.platform.errors import Refusal
from jimin.platform.places import var_folder

KEPT = 3
PREFIX = "before-migration-"
OFF = "JIMIN_BACKUP_BEFORE_MIGRATION"


def folder() -> Path:
    """Where they lie: beside the data, for a way back and against nothing else."""
    return var_folder() / "backups"


def migration(url: str) -> Path | None:
    """Dump the database of the owner's `url` if migrations wait and it holds something. The set's folder, or None.

    Refusal when the dump does not come about: a migration has no way back without it.
    """
    if not waiting(url) or os.environ.get(OFF) == "0":
        return None
    print("迁移之前先备份数据库 …", flush=True)
    try:
        wish = make.Wish(folder(), files=None, prefix=PREFIX, inside=True)
        made, _manifest = make.make(source.checked(url), wish, lambda line: print(f"  {line}", flush=True))
    except Refusal as refusal:
        raise Refusal(f"迁移前的备份没有做成，没有迁移：{refusal} 确要不备份就迁移：{OFF}=0。") from None
    for old in manifest.sets(folder())[:-KEPT]:
        copy.remove(old)
    print(f"  在 {made}", flush=True)
    return made


def fresh(url: str) -> bool:
    """Whether the database never had a migration."""
    return not _applied(url)


def waiting(url: str) -> list[str]:
    """Migrations of the code that a database with data has not had yet; none for a fresh database."""
    from django.db.migrations.loader import MigrationLoader

    applied = _applied(url)
    if not applied:
        return []
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations if (app, name) not in applied)


def _applied(url: str) -> set[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
            return set()
        return {(str(app), str(name)) for app, name in connection.execute("SELECT app, name FROM django_migrations")}
