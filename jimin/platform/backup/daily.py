"""A backup each night by the clock: `jimin backup --daily`, started by `make run`, a system service or a container.

The worker cannot do it: it works as the role that sees only its scope, and a backup has to read every row.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from django.conf import settings

from jimin.core import clock
from jimin.platform.backup import copy, make, manifest, state
from jimin.platform.backup.source import source
from jimin.platform.errors import Refusal

PREFIX = "daily-"
HOUR, KEEP = 2, 14
KEPT_ELSEWHERE = "kept"
LOOK_EVERY = 30.0  # seconds
AGAIN_AFTER = timedelta(hours=1)  # after one that failed


@dataclass(frozen=True)
class Plan:
    """Where to, from which hour on (Asia/Shanghai), how many to keep, and where the keys go (None: kept elsewhere)."""

    folder: Path
    hour: int
    keep: int
    keys_to: Path | None


def plan() -> Plan | None:
    """As the environment says; None when no folder is named. Refusal for what makes no sense."""
    folder = os.environ.get("JIMIN_BACKUP_DIR")
    if not folder:
        return None
    keys = os.environ.get("JIMIN_BACKUP_KEYS", "")
    if not keys:
        raise Refusal(
            f"设了 JIMIN_BACKUP_DIR，还要设 JIMIN_BACKUP_KEYS：密钥另存到哪个目录，或 {KEPT_ELSEWHERE}（已经另外保管）。"
        )
    to = None if keys == KEPT_ELSEWHERE else Path(keys)
    return Plan(
        Path(folder), _number("JIMIN_BACKUP_HOUR", HOUR, 0, 23), _number("JIMIN_BACKUP_KEEP", KEEP, 1, 1000), to
    )


def due(wanted: Plan, known: dict[str, dict[str, str]], now: datetime) -> bool:
    """Whether today's backup is still to be made. A good one of today, by whomever, counts; a failed one waits an hour."""
    if now.hour < wanted.hour:
        return False
    good, failed = _at(known.get("good")), _at(known.get("failed"))
    if good and good.astimezone(now.tzinfo).date() >= now.date() and good.astimezone(now.tzinfo).hour >= wanted.hour:
        return False
    return failed is None or now - failed >= AGAIN_AFTER or bool(good and good > failed)


def once(wanted: Plan, say: Callable[[str], None]) -> bool:
    """Make one and thin out the old ones; says whether it came about."""
    try:
        with source() as found:
            wish = make.Wish(wanted.folder, Path(settings.FILES_ROOT), wanted.keys_to, prefix=PREFIX)
            made, _manifest = make.make(found, wish, say)
    except Exception as fault:  # the next night must come whatever happened in this one
        state.failed(str(fault) if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}")
        say(f"✗ {fault}")
        return False
    mine = [s for s in manifest.sets(wanted.folder) if s.name.startswith(f"jimin-{PREFIX}")]
    for old in mine[: -wanted.keep]:
        copy.remove(old)
        say(f"旧备份 {old.name} 已删除（保留 {wanted.keep} 份）。")
    say(f"备份完成：{made}")
    return True


def forever(wanted: Plan) -> int:
    """Make one each day until SIGTERM or Ctrl-C."""
    signal.signal(signal.SIGTERM, _end)
    _say(f"每天 {wanted.hour} 点后备份到 {wanted.folder}，保留 {wanted.keep} 份。")
    while True:
        if due(wanted, state.read(), clock.now()):
            once(wanted, _say)
        time.sleep(LOOK_EVERY)


def _say(line: str) -> None:
    print(f"{clock.now():%Y-%m-%d %H:%M:%S} {line}", flush=True)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _at(about: dict[str, str] | None) -> datetime | None:
    return datetime.fromisoformat(about["at"]) if about else None


def _number(name: str, default: int, low: int, high: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not low <= int(text) <= high:
        raise Refusal(f"{name}={text} 不对；应是 {low} 到 {high} 的整数。")
    return int(text)
