"""Sealed contents on disk, under FILES_ROOT/ab/cd/<sha256>: written whole or not at all.

A content is written beside its place, synced and renamed, and only then its row is committed; a row that
is rolled back leaves a content without one, which the sweep removes after a day. The sweep and the
writers share a lock, so a content that is just being used again is never swept away.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from jimin.core.actions.errors import ActionError
from jimin.core.files import seal
from jimin.core.files.limits import limits
from jimin.core.files.models import StoredFile
from jimin.core.records import new_id
from jimin.core.secrets.holders import Batch
from jimin.core.secrets.keys import KeyFault, ring

FULL = (errno.ENOSPC, errno.EDQUOT)
DRAFT = ".draft-"
HOUR = 3600


class StorageFault(ActionError):
    """The disk took or gave no content; nothing was half done."""

    status = 503


def root() -> Path:
    """Where contents lie."""
    return Path(settings.FILES_ROOT)


def path_of(sha256: str) -> Path:
    """The place of a content."""
    return root() / sha256[:2] / sha256[2:4] / sha256


def put(content: bytes) -> str:
    """Keep a content and return its SHA-256. Raises StorageFault for a full or read-only disk."""
    sha256 = hashlib.sha256(content).hexdigest()
    place = path_of(sha256)
    try:
        with _lock(fcntl.LOCK_SH):
            if _is_whole(place, len(content)):
                os.utime(place)  # used again: not an orphan for another day
            else:
                _write(place, seal.seal_bytes(content, sha256))
    except OSError as error:
        if error.errno in FULL:
            raise StorageFault(
                _("存放文件的磁盘已满，这份文件没有存下，也没有存下一半。"),
                next_step=_("请通知系统管理员清理磁盘，然后再上传一次。"),
            ) from None
        raise StorageFault(
            _("文件存不进去（%s）。") % (error.strerror or type(error).__name__),
            next_step=_("请通知系统管理员检查文件目录的权限。"),
        ) from error
    return sha256


def get(sha256: str) -> Iterator[bytes]:
    """A content, chunk by chunk, checked to the last. Raises StorageFault."""
    try:
        with open(path_of(sha256), "rb") as sealed:
            digest = hashlib.sha256()
            for chunk in seal.open_bytes(sealed, sha256):
                digest.update(chunk)
                yield chunk
            if digest.hexdigest() != sha256:
                raise seal.Damaged("内容与校验值不符")
    except FileNotFoundError:
        raise StorageFault(
            _("文件 %s 的内容不在磁盘上。") % sha256[:12], next_step=_("请通知系统管理员从备份恢复。")
        ) from None
    except seal.Damaged as damage:
        raise StorageFault(
            _("文件 %(id)s 打不开：%(why)s。") % {"id": sha256[:12], "why": damage},
            next_step=_("请通知系统管理员从备份恢复。"),
        ) from None


def sweep(now: float | None = None) -> int:
    """Remove contents without a row, and drafts, once they are old enough. Returns how many."""
    before = (time.time() if now is None else now) - limits()["orphan_hours"] * HOUR
    gone = 0
    for place in _contents(drafts=True):
        if place.stat().st_mtime >= before:
            continue
        with _lock(fcntl.LOCK_EX):
            still_old = place.exists() and place.stat().st_mtime < before
            if still_old and not StoredFile.objects.filter(sha256=place.name).exists():
                place.unlink()
                gone += 1
    return gone


def reseal(after: str, size: int) -> Batch:
    """Seal up to `size` contents of an older key again with the current one. Safe to stop, to repeat, and twice at once."""
    batch = Batch(0, "")
    for place in _contents(after=after):
        if (key := _key_of(place)) is None or key == ring().current.id:
            continue
        try:
            with _lock(fcntl.LOCK_SH):
                if place.exists():  # the sweep may have been here
                    _write(place, seal.seal_bytes(b"".join(get(place.name)), place.name))
                    batch.done += 1
        except (StorageFault, KeyFault) as fault:
            batch.bad.append(str(fault))
        if batch.done + len(batch.bad) == size:
            batch.cursor = place.name
            break
    return batch


def under_keys() -> dict[int, int]:
    """How many contents are sealed with each key; 0 counts those whose head cannot be read."""
    return dict(Counter(_key_of(place) or 0 for place in _contents()))


@contextmanager
def quiet() -> Iterator[None]:
    """Nobody puts a content on disk in the block, and nobody is half way."""
    with _lock(fcntl.LOCK_EX):
        yield


def _key_of(place: Path) -> int | None:
    """Which key sealed a content; None when its head is spoiled, or it is gone."""
    try:
        with open(place, "rb") as sealed:
            return seal.key_id(sealed)
    except (seal.Damaged, FileNotFoundError):
        return None


def _contents(drafts: bool = False, after: str = "") -> Iterator[Path]:
    """In the order of their hashes, a folder at a time; `after` a hash without walking through those before it."""
    for first in sorted(f for f in root().glob("??") if f.name >= after[:2]):
        for second in sorted(f for f in first.glob("??") if first.name + f.name >= after[:4]):
            for place in sorted(second.iterdir()):
                wanted = drafts if place.name.startswith(DRAFT) else place.name > after
                if wanted and place.is_file():
                    yield place


def _is_whole(place: Path, size: int) -> bool:
    """Whether a content is there in the length that `size` clear bytes have sealed."""
    chunks = max(1, -(-size // seal.CHUNK))
    return place.exists() and place.stat().st_size == seal.HEAD + size + chunks * seal.TAG


def _write(place: Path, pieces: Iterator[bytes]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f"{DRAFT}{new_id()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces:
                file.write(piece)
            _sync(file)
        os.replace(draft, place)
    except BaseException:
        with suppress(FileNotFoundError):
            draft.unlink()
        raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _lock(mode: int) -> Iterator[None]:
    root().mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(root() / ".lock", "a") as file:
        fcntl.flock(file, mode)
        yield
