"""Anchors: each block's numbers, hash and manifest, appended to files outside the database.

They belong on another machine or on write-once storage (docs/operations.md): who can change the database and every
copy of the anchors can change history. Each place (`places`) is written by itself, so that one that was away catches
up. How often anchors are written is in parameters.yaml.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from jimin.core import clock
from jimin.core.audit.models import Block
from jimin.core.audit.seal import hash_of

FIELDS = ("no", "epoch", "after_xid", "after_id", "upto_xid", "upto_id", "n")
BYTES = ("root", "prev", "hash", "manifest")


class AnchorFault(Exception):
    """Anchors cannot be written, or a line cannot be read as one; the message names the file (and the line)."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchored block, when it was anchored, and where that is written."""

    block: Block
    at: str
    place: str

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.at)


@lru_cache(maxsize=1)
def parameters() -> dict[str, str]:
    """The stated intervals (parameters.yaml)."""
    return dict(yaml.safe_load((Path(__file__).parent / "parameters.yaml").read_text("utf-8")))


def folder() -> Path:
    """Where the anchors are on this machine."""
    return Path(settings.VAR) / "anchors"


def places() -> list[Path]:
    """Every folder the anchors are written to: this machine's, then the configured others (JIMIN_ANCHORS)."""
    return [folder(), *map(Path, settings.JIMIN_ANCHORS)]


def anchor() -> int:
    """Append to each place the blocks it lacks; return how many were new to this machine. Safe to repeat.

    Raises AnchorFault when a place could not be written; the others are.
    """
    folder().mkdir(parents=True, exist_ok=True)
    count, wrong = 0, []
    for place in places():
        try:
            # A copy's folder is not made here: a disk that is not mounted must not be taken for an empty one.
            new = _anchor_in(place)
        except (OSError, AnchorFault) as error:
            wrong.append(f"{place}：{error}")
        else:
            count = new if place == folder() else count
    if wrong:
        raise AnchorFault("锚定没有写到下列位置，请检查目录是否挂载、能否写入：" + "；".join(wrong))
    return count


def _anchor_in(place: Path) -> int:
    with open(place / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        last = last_of(place)
        count = 0
        for block in Block.objects.filter(no__gt=last.block.no if last else 0).order_by("no").iterator(chunk_size=10):
            _append(block, place)
            count += 1
        return count


def read(place: Path) -> Iterator[Anchor | AnchorFault]:
    """The anchors of a place in the order they were written; a fault in the place of a line that was damaged."""
    for file in _files(place):
        with open(file, encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith("\n"):  # power lost in an append leaves a line without its end: never acknowledged
                    try:
                        yield _read(line, f"{file} 第 {number} 行")
                    except AnchorFault as fault:
                        yield fault


def last_of(place: Path) -> Anchor | None:
    """The newest anchor of a place. Raises AnchorFault when its line was damaged."""
    for file in reversed(_files(place)):
        last = _last_line(file)
        if last:
            return _read(last, f"{file} 最后一行")
    return None


def _last_line(file: Path, chunk: int = 1 << 20) -> str:
    """The last whole line of a file, read from its end: a month's file can be large."""
    with open(file, "rb") as content:
        size = content.seek(0, os.SEEK_END)
        while True:
            content.seek(max(0, size - chunk))
            tail = content.read()
            lines = tail[: tail.rfind(b"\n") + 1].splitlines()
            if len(lines) > 1 or chunk >= size:
                return lines[-1].decode("utf-8", "replace") if lines else ""
            chunk *= 4


def line_of(block: Block) -> str:
    """A block as a line of JSON: what an anchor holds, and what a bundle holds."""
    line = {name: getattr(block, name) for name in FIELDS}
    line |= {name: base64.b64encode(bytes(getattr(block, name))).decode() for name in BYTES}
    return json.dumps({"at": clock.now().isoformat(timespec="seconds"), **line}, separators=(",", ":")) + "\n"


def _files(place: Path) -> list[Path]:
    return sorted(place.glob("*.jsonl"))


def _append(block: Block, place: Path) -> None:
    # Never before the newest file: a clock that was put back must not bring the order of the blocks into disorder.
    newest = max((f.name for f in _files(place)), default="")
    handle = os.open(place / max(f"{clock.now():%Y-%m}.jsonl", newest), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(handle, "r+b") as out:
        _drop_cut_line(out.fileno())
        out.write(line_of(block).encode())
        out.flush()
        os.fsync(out.fileno())


def _drop_cut_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        whole = os.pread(handle, size, 0).rfind(b"\n") + 1
        os.ftruncate(handle, whole)


def _read(line: str, place: str) -> Anchor:
    try:
        content = json.loads(line)
        block = Block(**{name: int(content[name]) for name in FIELDS})
        for name in BYTES:
            setattr(block, name, base64.b64decode(content[name], validate=True))
        at = str(content["at"])
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorFault(f"锚定文件 {place} 已损坏（{type(error).__name__}）") from None
    if hash_of(block) != block.hash:
        raise AnchorFault(f"锚定文件 {place}（区块 {block.no}）的内容与其摘要不符")
    return Anchor(block, at, place)
