"""Small disks of our own, that can be filled without harm to anybody else's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MB = 1024 * 1024


@contextmanager
def disk(where: Path, megabytes: int) -> Iterator[None]:
    """A tmpfs of that size at `where` (only root may mount)."""
    where.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "none", str(where)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


@contextmanager
def filled(where: Path) -> Iterator[None]:
    """The disk at `where` to its last byte; room again afterwards."""
    filler = where / "filler"
    with open(filler, "wb", buffering=0) as file:
        for piece in (MB, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * piece)
    assert os.statvfs(where).f_bavail == 0
    try:
        yield
    finally:
        filler.unlink()


def may_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    ).returncode == 0  # fmt: skip
