"""Seal a file's content with SM4-GCM in chunks, so that it can be read without holding all of it.

Layout: "JMF1" ‖ key id (1) ‖ nonce prefix (8) ‖ chunks; a chunk is ciphertext ‖ tag (16). A chunk's nonce is
the prefix and its number; its associated data are the content's hash, its number and whether it is the
last one. So a chunk that is changed, moved, dropped, or taken from another file does not open (GB/T 32907,
NIST SP 800-38D). The key is derived for this purpose from the installation's key (RFC 5869).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jimin.core.secrets.keys import Key, ring

MAGIC = b"JMF1"
PREFIX, TAG, COUNTER = 8, 16, 4
HEAD = len(MAGIC) + 1 + PREFIX
CHUNK = 256 * 1024
SM4_BYTES = 16


class Damaged(Exception):
    """A sealed file does not open: changed, cut, or not the one its row names."""


def seal_bytes(content: bytes, sha256: str) -> Iterator[bytes]:
    """The sealed form of `content`, in pieces to be written one after the other."""
    key = ring().current
    prefix = os.urandom(PREFIX)
    yield MAGIC + bytes((key.id,)) + prefix
    cipher = algorithms.SM4(_derived(key))
    count = max(1, -(-len(content) // CHUNK))
    for number in range(count):
        box = Cipher(cipher, modes.GCM(prefix + number.to_bytes(COUNTER, "big"))).encryptor()
        box.authenticate_additional_data(_place(sha256, number, number == count - 1))
        yield box.update(content[number * CHUNK : (number + 1) * CHUNK]) + box.finalize() + box.tag


def open_bytes(sealed: IO[bytes], sha256: str) -> Iterator[bytes]:
    """The clear content, chunk by chunk. Raises Damaged, or KeyFault when its key is gone."""
    head = sealed.read(HEAD)
    if len(head) < HEAD or not head.startswith(MAGIC):
        raise Damaged("文件头不完整")
    cipher = algorithms.SM4(_derived(ring().key(head[len(MAGIC)])))
    prefix = head[-PREFIX:]
    number, chunk = 0, sealed.read(CHUNK + TAG)
    while chunk:
        following = sealed.read(CHUNK + TAG)
        nonce = prefix + number.to_bytes(COUNTER, "big")
        box = Cipher(cipher, modes.GCM(nonce, chunk[-TAG:])).decryptor()
        box.authenticate_additional_data(_place(sha256, number, not following))
        try:
            yield box.update(chunk[:-TAG]) + box.finalize()
        except (InvalidTag, ValueError):
            raise Damaged(f"第 {number + 1} 段被改动过或不完整") from None
        number, chunk = number + 1, following
    if number == 0:
        raise Damaged("没有内容")


def key_id(sealed: IO[bytes]) -> int:
    """Which key sealed a file. Raises Damaged."""
    head = sealed.read(HEAD)
    if len(head) < HEAD or not head.startswith(MAGIC):
        raise Damaged("文件头不完整")
    return head[len(MAGIC)]


def _derived(key: Key) -> bytes:
    return HKDF(hashes.SHA256(), SM4_BYTES, salt=None, info=b"jimin files").derive(key.cipher + key.token)


def _place(sha256: str, number: int, last: bool) -> bytes:
    return f"{sha256}.{number}.{'last' if last else 'more'}".encode()
