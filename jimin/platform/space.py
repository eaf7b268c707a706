"""How much room is left where an installation writes; a word before it is too late."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jimin.platform import bootstrap

LOW = 1024 * 1024 * 1024  # bytes; below this somebody should tidy up
FULL = 64 * 1024 * 1024  # below this the next upload or the next minute may fail
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Room:
    """What is left on one disk, and what of ours lies there."""

    titles: tuple[str, ...]
    path: Path
    free: int  # bytes

    @property
    def low(self) -> bool:
        return self.free < LOW

    @property
    def full(self) -> bool:
        return self.free < FULL

    def line(self) -> str:
        """For the terminal and the operator's page."""
        text = f"{'、'.join(self.titles)}所在的磁盘（{self.path}）还剩 {self.free // MB} MB"
        if self.full:
            return f"{text}：已满或就要满了，办理会失败。请立刻清理；清理后系统会自己恢复。"
        return f"{text}，请尽快清理或扩容。" if self.low else f"{text}。"


def free_bytes(folder: Path) -> int:
    """What may still be written where `folder` is, or will be made (bootstrap's own count: it runs before all else)."""
    return int(bootstrap.free_bytes(str(folder)))


def places() -> dict[str, Path]:
    """Where this installation writes, as its environment says."""
    from jimin.platform.places import var_folder

    var = var_folder()
    return {
        "数据库": Path(os.environ.get("JIMIN_DATA") or var / "postgres"),
        "上传的文件": Path(os.environ.get("JIMIN_FILES") or var / "files"),
        "日志": var / "log",
    }


def rooms(where: dict[str, Path]) -> list[Room]:
    """One for each disk, in the order of `where`; a place that is not there (yet) counts where it would be made."""
    disks: dict[int, tuple[list[str], Path, int]] = {}
    for title, path in where.items():
        there = next(p for p in (path, *path.parents) if p.exists())
        titles, _, _ = disks.setdefault(there.stat().st_dev, ([], there, free_bytes(there)))
        titles.append(title)
    return [Room(tuple(titles), path, free) for titles, path, free in disks.values()]
