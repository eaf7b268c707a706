"""Files on disk as something that holds sealed values, for a change of keys."""

from __future__ import annotations

from contextlib import AbstractContextManager

from jimin.core.files import blobs
from jimin.core.secrets.holders import Batch, Counts
from jimin.core.secrets.limits import limits


class SealedFiles:
    """Every content on disk."""

    name = "files"

    @property
    def batch(self) -> int:
        """How many files in one transaction."""
        return limits()["files_per_batch"]

    def counts(self) -> Counts:
        """How many contents are under each key."""
        return {self.name: blobs.under_keys()}

    def reseal(self, cursor: str, size: int) -> Batch:
        """Move up to `size` contents, in the order of their hashes."""
        return blobs.reseal(cursor, size)

    def quiet(self) -> AbstractContextManager[None]:
        """Nobody stores a file in the block."""
        return blobs.quiet()

    def forget(self, key: int) -> None:
        """Files are found by their rows, not by a key."""
