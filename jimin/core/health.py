"""Is this installation fit to serve: what a proxy or a monitor asks before it sends people here.

Each check gives one sentence when something is wrong and None when not. They are quick and hold no locks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from jimin.core.events.limits import limits

MB = 1024 * 1024
LEAST_ROOM = 300 * MB  # below this the embedded database would not even start again
WORKER = "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))::bigint FROM procrastinate_workers"


def database() -> str | None:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"数据库没有应答（{type(error).__name__}）"
    return None


def migrations() -> str | None:
    """Whether the database has every migration of the code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    waiting = sorted(_on_disk() - applied)
    return f"有 {len(waiting)} 个迁移没有做（{'.'.join(waiting[0])} 等）" if waiting else None


def worker_silent() -> int | None:
    """Seconds since a worker last said that it lives; None when none ever did."""
    with connection.cursor() as cursor:
        cursor.execute(WORKER)
        row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


def worker() -> str | None:
    """Whether a worker lives."""
    silent = worker_silent()
    if silent is None:
        return "没有后台任务进程"
    return f"后台任务进程已有 {silent} 秒没有心跳" if silent > limits()["stalled_after"] else None


def room() -> str | None:
    """Whether uploads and logs still find room."""
    for folder in (Path(settings.VAR), Path(settings.FILES_ROOT)):
        free = free_bytes(folder)
        if free < LEAST_ROOM:
            return f"{folder} 所在磁盘只剩 {free // MB} MB"
    return None


CHECKS: tuple[Callable[[], str | None], ...] = (database, migrations, worker, room)


def first_problem() -> str | None:
    """The first thing that is wrong, or None: ready."""
    try:
        return next((said for check in CHECKS if (said := check())), None)
    except DatabaseError as error:
        return f"数据库没有应答（{type(error).__name__}）"


def free_bytes(folder: Path) -> int:
    """What we may still write where `folder` is, or will be."""
    there = next(p for p in [folder, *folder.parents] if p.exists())
    found = os.statvfs(there)
    return found.f_bavail * found.f_frsize


@lru_cache(maxsize=1)
def _on_disk() -> frozenset[tuple[str, str]]:
    from django.db.migrations.loader import MigrationLoader

    return frozenset(MigrationLoader(None).disk_migrations)
