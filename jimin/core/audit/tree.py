"""The hashes: a leaf for each row, a tree over the leaves, a block over the tree.

SM3 (GB/T 32905) in the tree of RFC 9162 §2.1.1; the first byte keeps leaf (0), node (1) and block (2) apart.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes

SIZE = 32
ENTRY = 8 + SIZE  # of a manifest: row id, leaf
GENESIS = bytes(SIZE)

if "sm3" in hashlib.algorithms_available:
    _FRESH = hashlib.new("sm3")

    def sm3(data: bytes) -> bytes:
        """SM3, 32 bytes."""
        box = _FRESH.copy()  # a third faster than naming the algorithm each time
        box.update(data)
        return box.digest()

else:  # an OpenSSL built without it

    def sm3(data: bytes) -> bytes:
        """SM3, 32 bytes."""
        box = hashes.Hash(hashes.SM3())
        box.update(data)
        return box.finalize()


def leaf(line: str) -> bytes:
    """The hash of a row, from its line: a JSON array of its columns as text (seal.LINE)."""
    return sm3(b"\0" + line.encode())


def root(leaves: list[bytes]) -> bytes:
    """The Merkle root. An odd last node moves up as it is, which gives RFC 9162's split."""
    level = leaves
    while len(level) > 1:
        above = [sm3(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0] if level else sm3(b"")


def block(numbers: Sequence[int], root_hash: bytes, prev: bytes) -> bytes:
    """The hash of a block from (no, epoch, after_xid, after_id, upto_xid, upto_id, n), root and previous hash."""
    return sm3(b"\2" + struct.pack(">7q", *numbers) + root_hash + prev)


def pack(entries: list[tuple[int, bytes]]) -> bytes:
    """A manifest: id and leaf of each row, in the order of the block."""
    return b"".join(struct.pack(">q", number) + mark for number, mark in entries)


def unpack(manifest: bytes) -> list[tuple[int, bytes]]:
    """The entries of a manifest. Raises ValueError when it is cut."""
    if len(manifest) % ENTRY:
        raise ValueError(len(manifest))
    return [
        (struct.unpack_from(">q", manifest, at)[0], manifest[at + 8 : at + ENTRY])
        for at in range(0, len(manifest), ENTRY)
    ]
