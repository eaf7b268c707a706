"""What is known of the last backups: var/backup.json, shown by `jimin status`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jimin.platform.backup.manifest import Manifest
from jimin.platform.places import var_folder
from jimin.platform.secretfile import write_private


def _file() -> Path:
    return var_folder() / "backup.json"


def read() -> dict[str, Any]:
    """{"good": {...}, "failed": {...}}, each present only when there was one."""
    try:
        return dict(json.loads(_file().read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def good(made: Manifest, folder: Path) -> None:
    """A set is finished. One of the database alone (before a migration) is told apart."""
    kind = "good" if made.files is not None else "before_migration"
    lost = int((made.files or {}).get("lost", 0))
    about = {"at": made.made_at, "folder": str(folder), "bytes": made.total, "seconds": made.seconds, "lost": lost}
    about["damaged"] = int((made.files or {}).get("damaged", 0))
    _write({**read(), kind: about})


def failed(why: str) -> None:
    """A backup by the clock did not come about."""
    _write({**read(), "failed": {"at": datetime.now(UTC).isoformat(timespec="seconds"), "why": why}})


def _write(content: dict[str, Any]) -> None:
    write_private(_file(), json.dumps(content, ensure_ascii=False, indent=1))
