"""The registered files and the anchors of a set: only what changed since the last set is read and written.

Contents are named by their hash and sealed already. One that the last set has in the same length and time is linked,
so each set is whole by itself and costs only what is new. Lists are sorted and read side by side: memory stays small.
What is linked is not read, so each night a share of it is, against the last list: after `check_nights` all of it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from jimin.platform.backup.manifest import BLOBS, LIST, Part

PIECE = 1024 * 1024
SAID_MISSING = 100  # names of lost contents that a manifest carries


@dataclass
class Copied:
    """What happened to the files."""

    count: int = 0
    bytes: int = 0
    new: int = 0
    new_bytes: int = 0
    lost: int = 0
    checked: int = 0  # linked, and read to the end
    damaged: int = 0  # of those, no longer what the list says: copied anew
    missing: list[str] = field(default_factory=list)  # registered, but not on the disk


@dataclass(frozen=True)
class Entry:
    """A line of files.list: the content's name, and the sealed bytes' length and SHA-256."""

    name: str
    size: int
    sealed: str

    @classmethod
    def read(cls, line: str) -> Entry:
        """Raises ValueError for anything else."""
        name, size, sealed = line.split()
        if len(name) != 64 or len(sealed) != 64:
            raise ValueError(line)
        return cls(name, int(size), sealed)

    def __str__(self) -> str:
        return f"{self.name} {self.size} {self.sealed}\n"


def place(folder: Path, name: str) -> Path:
    """Where a content lies below the files' folder (core.files keeps the same order)."""
    return folder / name[:2] / name[2:4] / name


@lru_cache(maxsize=1)
def check_nights() -> int:
    """In how many nights every linked content is read once."""
    content = yaml.safe_load((Path(__file__).parent / "parameters" / "backup.yaml").read_text("utf-8"))
    return int(content["check_nights"]["value"])


def is_due(name: str, night: int) -> bool:
    """Whether a content's turn is on a night (a day's ordinal). Names are hashes: the shares are of one size."""
    return (int(name[:8], 16) + night) % check_nights() == 0


def files(
    names: Iterable[str], source: Path, target: Path, last: Path | None, tick: Callable[[Copied], None], night: int
) -> tuple[Part, Copied]:
    """Copy or link each content into the set `target`; `last` is the newest earlier set; `night` (a day's ordinal) says
    which linked ones are read. The list's Part, and how it went.
    """
    done, digest = Copied(), hashlib.sha256()
    known = _Sorted(entries(last)) if last else None
    with open(target / LIST, "w", encoding="ascii") as out:
        for name in names:
            entry = _one(name, source, target, last, known.get(name) if known else None, done, night)
            if entry is None:
                done.lost += 1
                done.missing += [name] if len(done.missing) < SAID_MISSING else []
                continue
            line = str(entry)
            out.write(line)
            digest.update(line.encode())
            done.count += 1
            done.bytes += entry.size
            tick(done)
        out.flush()
        os.fsync(out.fileno())
        size = out.tell()
    return Part(size, digest.hexdigest()), done


def _one(name: str, source: Path, target: Path, last: Path | None, known: Entry | None, done: Copied,
         night: int) -> Entry | None:  # fmt: skip
    origin, copy = place(source, name), place(target / BLOBS, name)
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        now = origin.stat()
    except FileNotFoundError:
        return None
    if last and known and _linked(place(last / BLOBS, name), copy, now):
        if not is_due(name, night) or _is_whole(copy, known, done):
            return known
        copy.unlink()
    try:
        part = copied(origin, copy)
    except FileNotFoundError:
        return None
    os.utime(copy, ns=(now.st_mtime_ns, now.st_mtime_ns))
    done.new += 1
    done.new_bytes += part.size
    return Entry(name, part.size, part.sha256)


def _is_whole(copy: Path, known: Entry, done: Copied) -> bool:
    done.checked += 1
    try:
        whole = part_of(copy) == Part(known.size, known.sealed)
    except OSError:  # the disk does not give it back
        whole = False
    done.damaged += not whole
    return whole


def _linked(old: Path, copy: Path, now: os.stat_result) -> bool:
    """Link the last set's copy when it is of the same length and time; some disks know no links."""
    try:
        then = old.stat()
        if (then.st_size, then.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
            return False
        os.link(old, copy)
    except OSError:
        return False
    return True


def copied(source: Path, target: Path) -> Part:
    """Copy a file as it is when it is opened; its length and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with open(source, "rb") as given, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := given.read(PIECE):
            digest.update(piece)
            out.write(piece)
            size += len(piece)
    return Part(size, digest.hexdigest())


def part_of(path: Path) -> Part:
    """Length and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as given:
        while piece := given.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return Part(size, digest.hexdigest())


def anchors(source: Path, target: Path) -> dict[str, Part]:
    """Copy the anchor files as they are now: before the snapshot, so that the database knows every anchored block."""
    found = {}
    for file in sorted(source.glob("*.jsonl")):
        target.mkdir(exist_ok=True, mode=0o700)
        found[file.name] = copied(file, target / file.name)
    return found


def entries(folder: Path) -> Iterator[Entry]:
    """The list of a set; none when the set has no files. Raises ValueError for a damaged line."""
    try:
        with open(folder / LIST, encoding="ascii") as lines:
            for line in lines:
                yield Entry.read(line)
    except FileNotFoundError:
        return


class _Sorted:
    """A lookup in a sorted stream by ever greater names."""

    def __init__(self, found: Iterator[Entry]) -> None:
        self.found = found
        self.at: Entry | None = None
        self._next()

    def _next(self) -> None:
        try:
            self.at = next(self.found, None)
        except ValueError:
            self.at = None  # a damaged old list: the rest is copied anew

    def get(self, name: str) -> Entry | None:
        while self.at and self.at.name < name:
            self._next()
        return self.at if self.at and self.at.name == name else None


def room_for_files(names: Iterable[str], source: Path, last: Path | None) -> int:
    """Bytes of the contents that are not in the last set yet."""
    need = 0
    for name in names:
        if last and place(last / BLOBS, name).exists():
            continue
        try:
            need += place(source, name).stat().st_size
        except FileNotFoundError:
            continue  # counted as missing when it is copied
    return need


def remove(folder: Path) -> None:
    """Away with a set or what is left of one: the manifest first, so that half of it is never taken for a whole."""
    (folder / "manifest.json").unlink(missing_ok=True)
    shutil.rmtree(folder)
