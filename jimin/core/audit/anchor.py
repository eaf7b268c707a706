"""Anchors: each block's numbers, hash and manifest, appended to files outside the database.

The folder belongs on another machine or on write-once storage (docs/operations.md): who can change the
database and the anchors can change history. How often anchors are written is in parameters.yaml.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
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
    """An anchor file cannot be read as one; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchored block, when it was anchored, and where that is written."""

    block: Block
    at: str
    place: str


@lru_cache(maxsize=1)
def parameters() -> dict[str, str]:
    """The stated intervals (parameters.yaml)."""
    return dict(yaml.safe_load((Path(__file__).parent / "parameters.yaml").read_text("utf-8")))


def folder() -> Path:
    """Where the anchors are."""
    return Path(settings.VAR) / "anchors"


def anchor() -> int:
    """Append every block that is not anchored yet, and return how many. The worker calls it; safe to repeat."""
    folder().mkdir(parents=True, exist_ok=True)
    with open(folder() / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        last = last_no()
        count = 0
        for block in Block.objects.filter(no__gt=last).order_by("no").iterator(chunk_size=10):
            _append(block)
            count += 1
        return count


def anchors() -> Iterator[Anchor]:
    """Every anchor, oldest first. Raises AnchorFault where a line was damaged or changed."""
    for file in sorted(folder().glob("*.jsonl")):
        with open(file, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.endswith("\n"):  # power lost in an append leaves a line without its end: never acknowledged
                    yield _read(line, f"{file.name} 第 {number} 行")


def _append(block: Block) -> None:
    now = clock.now()
    line = {name: getattr(block, name) for name in FIELDS}
    line |= {name: base64.b64encode(bytes(getattr(block, name))).decode() for name in BYTES}
    file = folder() / f"{now:%Y-%m}.jsonl"
    text = json.dumps({"at": now.isoformat(timespec="seconds"), **line}, separators=(",", ":")) + "\n"
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(handle, "r+b") as out:
        _drop_cut_line(out.fileno())
        out.write(text.encode())
        out.flush()
        os.fsync(out.fileno())


def last_no() -> int:
    """The number of the last anchored block; 0 when none is."""
    files = sorted(folder().glob("*.jsonl"))
    for file in reversed(files):
        last = ""
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                last = line if line.endswith("\n") else last
        if last:
            return _read(last, f"{file.name} 最后一行").block.no
    return 0


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
        raise AnchorFault(f"锚定文件 {place} 已损坏（{type(error).__name__}）；请用异地保存的副本核对。") from None
    if hash_of(block) != block.hash:
        raise AnchorFault(f"锚定文件 {place}（区块 {block.no}）的内容与其摘要不符；请用异地保存的副本核对。")
    return Anchor(block, at, place)
