"""The key ring: one file outside the database, readable by its owner alone.

{"current": "1", "keys": {"1": {"encrypt": "32 hex digits", "token": "64 hex digits"}}}. New values are
sealed with the current key; every key in the ring opens. A rotation adds a key, makes it current,
re-seals in batches, and then removes the old one (docs/operations.md).
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

CIPHER_BYTES = 16  # SM4
TOKEN_BYTES = 32  # HMAC-SM3
LARGEST_ID = 255  # the key id is one byte of each sealed value


class KeyFault(Exception):
    """The key ring cannot be used; nothing was sealed or opened."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its number, the SM4 key (16 bytes) and the HMAC key (32 bytes)."""

    id: int
    cipher: bytes
    token: bytes


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
    """The key ring of this installation, read once a process. Raises KeyFault."""
    return _load(str(settings.JIMIN_KEYS))


def ensure_keys() -> Path:
    """Make the key file if there is none (mode 0600); an existing one is only checked. Safe for two at once."""
    path = Path(settings.JIMIN_KEYS)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"current": "1", "keys": {"1": _new()}}
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        _write(draft, json.dumps(content, indent=1))
        try:
            os.link(draft, path)  # fails when another process was first; its file counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    ring()
    return path


def add_key() -> int:
    """Add a new key to the ring and make it current; the old ones still open. Returns its number."""
    path = Path(settings.JIMIN_KEYS)
    content = json.loads(path.read_text("utf-8"))
    number = max(map(int, content["keys"])) + 1
    if number > LARGEST_ID:
        raise KeyFault(f"密钥编号已到 {LARGEST_ID}，不能再增加；请先完成旧密钥的轮换并移除不用的密钥。")
    content["keys"][str(number)] = _new()
    content["current"] = str(number)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write(draft, json.dumps(content, indent=1))
    os.replace(draft, path)
    forget()
    return number


def forget() -> None:
    """Read the file again at the next use (after a rotation, or in a test)."""
    _load.cache_clear()


def _new() -> dict[str, str]:
    return {"encrypt": secrets.token_hex(CIPHER_BYTES), "token": secrets.token_hex(TOKEN_BYTES)}


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@lru_cache(maxsize=4)
def _load(name: str) -> Ring:
    path = Path(name)
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise KeyFault(f"没有密钥文件 {path}；新装时由启动程序生成，旧库请从备份恢复，不要新建。") from None
    if mode & 0o077:
        raise KeyFault(f"密钥文件 {path} 的权限是 {mode:03o}，别人也能读；请执行 chmod 600。")
    try:
        content = json.loads(text)
        keys = {int(n): _key(int(n), parts) for n, parts in content["keys"].items()}
        return Ring(keys[int(content["current"])], keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFault(f"密钥文件 {path} 已损坏（{type(error).__name__}）；请从备份恢复。") from None


def _key(number: int, parts: dict[str, str]) -> Key:
    key = Key(number, bytes.fromhex(parts["encrypt"]), bytes.fromhex(parts["token"]))
    if not 1 <= number <= LARGEST_ID or len(key.cipher) != CIPHER_BYTES or len(key.token) != TOKEN_BYTES:
        raise ValueError(number)
    return key
