"""Seal one short value with SM4-GCM, and make the HMAC-SM3 token by which it is found.

A sealed value is version‖key id‖nonce (12)‖ciphertext‖tag (16), bound to table.id.field so that it
cannot be moved to another record (GB/T 32907, NIST SP 800-38D). A token names its kind and key:
"id1.…": the same number is the same token, and only who holds the key can make it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from jimin.core.secrets.keys import Key, KeyFault, ring

VERSION = 1
NONCE = 12
TAG = 16
HEAD = 2 + NONCE


class Unreadable(Exception):
    """A sealed value does not open: it was changed, or moved here from another record."""


def seal(text: str, *, table: str, pk: object, field: str) -> bytes:
    """The sealed form of `text`, good only at this table, record and field."""
    key = ring().current
    nonce = os.urandom(NONCE)
    box = Cipher(algorithms.SM4(key.cipher), modes.GCM(nonce)).encryptor()
    box.authenticate_additional_data(_place(table, pk, field))
    return bytes((VERSION, key.id)) + nonce + box.update(text.encode()) + box.finalize() + box.tag


def unseal(value: bytes, *, table: str, pk: object, field: str) -> str:
    """The clear text of a sealed value. Raises Unreadable, or KeyFault when its key is gone."""
    value = bytes(value)
    where = f"{table} 的记录 {pk} 的栏目 {field}"
    if len(value) < HEAD + TAG or value[0] != VERSION:
        raise Unreadable(f"{where} 的密文不完整；请从备份核对。")
    key = ring().key(value[1])
    box = Cipher(algorithms.SM4(key.cipher), modes.GCM(value[2:HEAD], value[-TAG:])).decryptor()
    box.authenticate_additional_data(_place(table, pk, field))
    try:
        return (box.update(value[HEAD:-TAG]) + box.finalize()).decode()
    except InvalidTag:
        raise Unreadable(f"{where} 的密文被改动过，或是从别的记录搬来的；请从备份核对。") from None


def key_id(value: bytes) -> int:
    """Which key sealed a value (a rotation asks this)."""
    if len(value) < HEAD + TAG or value[0] != VERSION:
        raise KeyFault("密文不完整，读不出密钥编号。")
    return value[1]


def token(kind: str, text: str) -> str:
    """The token of a normalised value under the current key."""
    return _token(ring().current, kind, text)


def tokens(kind: str, text: str) -> list[str]:
    """The token under every key of the ring: what to look for while a rotation is under way."""
    return [_token(key, kind, text) for key in ring().keys.values()]


def _token(key: Key, kind: str, text: str) -> str:
    message = f"{kind}\0{text}".encode()
    if "sm3" in hashlib.algorithms_available:
        mark = hmac.new(key.token, message, "sm3").digest()
    else:
        box = HMAC(key.token, hashes.SM3())
        box.update(message)
        mark = box.finalize()
    return f"{kind}{key.id}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def _place(table: str, pk: object, field: str) -> bytes:
    return f"{table}.{pk}.{field}".encode()
