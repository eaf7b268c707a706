"""The key ring: one file outside the database, readable by its owner alone.

{"current": "1", "keys": {"1": {"encrypt": "32 hex digits", "token": "64 hex digits", "since": "…"}}}. New values
are sealed with the current key; every key in the ring opens. A rotation adds a key, makes it current,
re-seals in batches (rotation.py), and then removes the old one (docs/operations.md).

The file is only ever replaced whole, and looked at again at each use: a process that runs while a key is
added seals with the new one from its next value on, and can open what others sealed with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from jimin.core import clock

CIPHER_BYTES = 16  # SM4
TOKEN_BYTES = 32  # HMAC-SM3
LARGEST_ID = 255  # the key id is one byte of each sealed value


class KeyFault(Exception):
    """The key ring cannot be used; nothing was sealed or opened."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its number, the SM4 key (16 bytes), the HMAC key (32 bytes), and since when it is there (if known)."""

    id: int
    cipher: bytes = field(repr=False)
    token: bytes = field(repr=False)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """The current key and every key that may still be in use."""

    current: Key
    keys: dict[int, Key]

    def key(self, number: int) -> Key:
        """The key with a number. Raises KeyFault when the ring no longer has it."""
        try:
            return self.keys[number]
        except KeyError:
            known = "、".join(map(str, sorted(self.keys)))
            raise KeyFault(
                f"密钥 {number} 不在密钥文件中（现有：{known}）；请从备份恢复 {settings.JIMIN_KEYS}。"
            ) from None


def ring() -> Ring:
    """The key ring as the file says it now. Raises KeyFault."""
    path = str(settings.JIMIN_KEYS)
    try:
        seen = os.stat(path)
    except FileNotFoundError:
        raise KeyFault(f"没有密钥文件 {path}；新装时由启动程序生成，旧库请从备份恢复，不要新建。") from None
    # A replaced file is another inode, even within one tick of the clock.
    return _load(path, (seen.st_ino, seen.st_mtime_ns, seen.st_size, seen.st_mode))


def ensure_keys() -> Path:
    """Make the key file if there is none (mode 0600); an existing one is only checked. Safe for two at once."""
    path = Path(settings.JIMIN_KEYS)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(path, {"current": "1", "keys": {"1": _new()}})
        try:
            os.link(draft, path)  # fails when another process was first; its file counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        _sync_folder(path)
    ring()
    return path


def add_key() -> int:
    """Add a new key to the ring and make it current; the old ones still open. Returns its number. Raises KeyFault."""
    with _changing() as content:
        number = max(map(int, content["keys"])) + 1
        if number > LARGEST_ID:
            # Numbers are not used again: a value of an old backup must never meet another key of its number.
            raise KeyFault(f"密钥编号已到 {LARGEST_ID}，不能再增加；请联系开发者。")
        content["keys"][str(number)] = _new()
        content["current"] = str(number)
    return number


def drop_key(number: int) -> None:
    """Take a key out of the ring. That nothing is sealed with it is the caller's to know. Raises KeyFault."""
    with _changing() as content:
        if content["current"] == str(number):
            raise KeyFault(f"密钥 {number} 是现行密钥，不能删除；请先 jimin keys add，再 jimin keys rotate。")
        if content["keys"].pop(str(number), None) is None:
            raise KeyFault(f"密钥 {number} 不在密钥文件中；现有的用 jimin keys list 查看。")


@contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    """The file's content, to be changed; written back whole. One at a time, so that no added key is lost."""
    path = Path(settings.JIMIN_KEYS)
    ring()  # says what is wrong with the file, if anything
    with open(path.with_name(f".{path.name}.lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = json.loads(path.read_text("utf-8"))
        yield content
        os.replace(_draft(path, content), path)
        _sync_folder(path)


def forget() -> None:
    """Read the file again at the next use (a test that changes the setting)."""
    _load.cache_clear()


def _new() -> dict[str, str]:
    return {
        "encrypt": secrets.token_hex(CIPHER_BYTES),
        "token": secrets.token_hex(TOKEN_BYTES),
        "since": clock.now().isoformat(),
    }


def _draft(path: Path, content: dict[str, Any]) -> Path:
    """The new content beside the file, on disk, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _sync_folder(path: Path) -> None:
    """A new key must not be lost with the power once something is sealed with it."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@lru_cache(maxsize=4)
def _load(name: str, stamp: tuple[int, ...]) -> Ring:
    path = Path(name)
    mode = stamp[-1] & 0o777
    if mode & 0o077:
        raise KeyFault(f"密钥文件 {path} 的权限是 {mode:03o}，别人也能读；请执行 chmod 600。")
    try:
        content = json.loads(path.read_text("utf-8"))
        keys = {int(n): _key(int(n), parts) for n, parts in content["keys"].items()}
        return Ring(keys[int(content["current"])], keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFault(f"密钥文件 {path} 已损坏（{type(error).__name__}）；请从备份恢复。") from None


def _key(number: int, parts: dict[str, str]) -> Key:
    since = datetime.fromisoformat(parts["since"]) if parts.get("since") else None
    key = Key(number, bytes.fromhex(parts["encrypt"]), bytes.fromhex(parts["token"]), since)
    if not 1 <= number <= LARGEST_ID or len(key.cipher) != CIPHER_BYTES or len(key.token) != TOKEN_BYTES:
        raise ValueError(number)
    return key
