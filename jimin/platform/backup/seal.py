"""Seal a stream of unknown length with SM4-GCM under the installation's own keys.

A dump holds names and addresses in clear, so it is sealed always. The key is derived from the key ring: who can restore
an installation needs the ring anyway (numbers and files open with nothing else), so there is no second secret to lose.

Layout: "JMB1" ‖ key id (1) ‖ nonce prefix (8) ‖ chunks; a chunk is ciphertext ‖ tag (16). The associated data bind each
chunk to its set, its place and to whether it is the last one (GB/T 32907, NIST SP 800-38D, RFC 5869).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jimin.core.secrets.keys import Key, Ring

MAGIC = b"JMB1"
PREFIX, TAG, COUNTER = 8, 16, 4
HEAD = len(MAGIC) + 1 + PREFIX
CHUNK = 1024 * 1024
SM4_BYTES = 16


class Damaged(Exception):
    """A sealed stream does not open: changed, cut, or of another set."""


def seal(source: IO[bytes], key: Key, place: str) -> Iterator[bytes]:
    """The sealed form of everything in `source`, piece by piece. `place` names what it is (set and member)."""
    prefix = os.urandom(PREFIX)
    yield MAGIC + bytes((key.id,)) + prefix
    cipher = algorithms.SM4(_derived(key, b"jimin backup"))
    number, chunk = 0, source.read(CHUNK)
    while True:
        following = source.read(CHUNK) if chunk else b""
        box = Cipher(cipher, modes.GCM(prefix + number.to_bytes(COUNTER, "big"))).encryptor()
        box.authenticate_additional_data(_bound(place, number, not following))
        yield box.update(chunk) + box.finalize() + box.tag
        if not following:
            return
        number, chunk = number + 1, following


def opened(sealed: IO[bytes], ring: Ring, place: str) -> Iterator[bytes]:
    """The clear stream. Raises Damaged, or KeyFault when the ring has not the key."""
    head = sealed.read(HEAD)
    if len(head) < HEAD or not head.startswith(MAGIC):
        raise Damaged("文件头不完整")
    cipher = algorithms.SM4(_derived(ring.key(head[len(MAGIC)]), b"jimin backup"))
    number, chunk = 0, sealed.read(CHUNK + TAG)
    while chunk:
        following = sealed.read(CHUNK + TAG)
        nonce = head[-PREFIX:] + number.to_bytes(COUNTER, "big")
        try:
            box = Cipher(cipher, modes.GCM(nonce, chunk[-TAG:])).decryptor()
            box.authenticate_additional_data(_bound(place, number, not following))
            yield box.update(chunk[:-TAG]) + box.finalize()
        except (InvalidTag, ValueError):
            raise Damaged(f"第 {number + 1} 段被改动过、不完整，或密钥不对") from None
        number, chunk = number + 1, following
    if number == 0:
        raise Damaged("没有内容")


def mark(key: Key) -> str:
    """What tells a key from others of the same number without giving it away (8 bytes in hex)."""
    return _hmac(key, b"jimin backup key").hex()[:16]


def mac(key: Key, text: bytes) -> str:
    """HMAC-SM3 of a manifest, in hex."""
    return _hmac(key, text).hex()


def _hmac(key: Key, text: bytes) -> bytes:
    box = hmac.HMAC(_derived(key, b"jimin backup manifest"), hashes.SM3())
    box.update(text)
    return box.finalize()


def _derived(key: Key, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), SM4_BYTES, salt=None, info=purpose).derive(key.cipher + key.token)


def _bound(place: str, number: int, last: bool) -> bytes:
    return f"{place}.{number}.{'last' if last else 'more'}".encode()
