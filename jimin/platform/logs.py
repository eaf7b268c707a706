"""Logs that never fill the disk: each is cut at a size, while its program goes on writing."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

ROLL_AT = 10 * 1024 * 1024  # bytes; one earlier part of each log is kept beside it


def roll(folder: Path) -> list[str]:
    """Copy every log that has grown too long beside itself and empty it. Returns the names.

    Emptied, not renamed: the programs hold it open for appending and go on at its new beginning. The lines of the
    moment between copy and cut are lost; on a full disk the whole old part is.
    """
    rolled = []
    for log in sorted(folder.glob("*.log")):
        with suppress(FileNotFoundError):
            if log.stat().st_size <= ROLL_AT:
                continue
            earlier = log.with_suffix(".log.1")
            try:
                shutil.copyfile(log, earlier)
            except OSError:  # no room for the copy: room is what is wanted
                earlier.unlink(missing_ok=True)
            with open(log, "r+b") as file:
                file.truncate(0)
            rolled.append(log.name)
    return rolled
