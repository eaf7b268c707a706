"""Pseudonyms: a record's key under the lake's own key, the same in every table and every snapshot.

HMAC-SM3 of whose key it is and the key's sixteen bytes, the first eight bytes of it as a whole number, so that batch
work joins numbers. A table's snapshot is refused when two of its records share one (a chance of about one in 30,000
for a province of 24 million). The key lies in a file of its own (JIMIN_LAKE_KEY), never in the lake.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

KEY_BYTES = 32
TAKEN = 8  # bytes of the mark that are kept


class LakeKeyFault(Exception):
    """The lake's key cannot be used; nothing was written."""


def lake_key() -> bytes:
    """The lake's key; made at the first use (mode 0600). Raises LakeKeyFault for a file that is not one."""
    path = Path(settings.JIMIN_LAKE_KEY)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(KEY_BYTES), "ascii")
        try:
            os.link(draft, path)  # fails when another process was first; its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if (mode := path.stat().st_mode & 0o777) & 0o077:
        raise LakeKeyFault(f"数据湖的密钥文件 {path} 的权限是 {mode:03o}，别人也能读；请执行 chmod 600。")
    try:
        found = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise LakeKeyFault(
            f"数据湖的密钥文件 {path} 内容不对；请从保管处恢复，或删掉它重新生成（新旧快照从此不能对照）。"
        )
    return found


def name_of(given: bytes) -> str:
    """Tells one lake key from another without telling the key: snapshots under different keys are not compared."""
    return _marker(given)(b"jimin.lake.key").hex()[:TAKEN]


def pseudonyms(given: bytes, of: str, keys: pa.Array) -> pa.Array:
    """The pseudonyms of a column of UUIDs, null for null."""
    storage = keys.storage if isinstance(keys, pa.ExtensionArray) else keys
    coded = storage.dictionary_encode()  # each key is marked once, however often it stands here
    mark = _marker(given)
    prefix = of.encode() + b"\0"
    raw = b"".join(mark(prefix + value)[:TAKEN] for value in coded.dictionary.to_pylist())
    return pc.take(pa.array(np.frombuffer(raw, "<i8")), coded.indices)


def _marker(given: bytes) -> Callable[[bytes], bytes]:
    base: Any = hmac.new(given, digestmod="sm3") if "sm3" in hashlib.algorithms_available else HMAC(given, hashes.SM3())
    finish = "digest" if hasattr(base, "digest") else "finalize"

    def mark(message: bytes) -> bytes:
        box = base.copy()  # the key is worked in once
        box.update(message)
        made: bytes = getattr(box, finish)()
        return made

    return mark
