"""Looking for numbers where none may be: in files, archives and texts, in each way a program might write them.

A number is known by its digits (an id without its check character, which may be a letter). Looked for as UTF-8 (in
GB 18030 and Latin-1 digits are the same bytes), as UTF-16 of either order, as hexadecimal (how PostgreSQL prints
bytea), and as base64 in each of its three phases.
"""

from __future__ import annotations

import base64
import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

SHORTEST = 11  # a phone
PLAIN = re.compile(rb"\d{%d,}" % SHORTEST)
WIDE = re.compile(rb"(?:\d\x00){%d,}\d" % (SHORTEST - 1))
HEXED = re.compile(rb"(?:3\d){%d,}" % SHORTEST)
DEEP = 3  # an archive in an archive in an archive


def digits_of(number: str) -> str:
    """What is looked for."""
    return re.sub(r"\D", "", number)[:17] if len(number) >= 15 else re.sub(r"\D", "", number)


class Seeker:
    """Finds any of many numbers in bytes."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.wanted = {digits_of(n): n for n in numbers}
        assert self.wanted and all(len(d) >= SHORTEST for d in self.wanted)
        self.lengths = sorted({len(d) for d in self.wanted})
        self.coded = {part: n for d, n in self.wanted.items() for part in _in_base64(d)}

    def find(self, content: bytes, *, coded: bool = False) -> set[str]:
        """The numbers in it. `coded` looks for base64 too, which is slow: for texts, not for a database's files."""
        found = self._in_runs(m.group() for m in PLAIN.finditer(content))
        found |= self._in_runs(m.group().replace(b"\0", b"") for m in WIDE.finditer(content))
        found |= self._in_runs(bytes.fromhex(m.group().decode()) for m in HEXED.finditer(content))
        if coded:
            found |= {n for part, n in self.coded.items() if part in content}
        return found

    def _in_runs(self, runs: Iterable[bytes]) -> set[str]:
        found = set()
        for run in runs:
            text = run.decode()
            for length in self.lengths:
                for i in range(len(text) - length + 1):
                    if (part := text[i : i + length]) in self.wanted:
                        found.add(self.wanted[part])
        return found

    def in_files(self, *folders: Path) -> dict[str, set[str]]:
        """File name → the numbers in it, archives opened; only files with any. Small ones are searched for base64 too."""
        found = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                for name, content in _contents(path):
                    if numbers := self.find(content, coded=len(content) < 1_000_000):
                        found[name] = numbers
        return found


def _in_base64(digits: str) -> Iterator[bytes]:
    """The characters that are the same whatever stands around the digits, for each phase."""
    for phase in range(3):
        coded = base64.b64encode(b"\0" * phase + digits.encode())
        yield coded[-(-phase * 8 // 6) : (phase + len(digits)) * 8 // 6]


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_file() and not path.is_symlink():
            yield from unpacked(path.name if len(path.parts) < 3 else "/".join(path.parts[-3:]), path.read_bytes())
    except FileNotFoundError:  # a running server removes files of its own
        return


def unpacked(name: str, content: bytes, depth: int = DEEP) -> Iterator[tuple[str, bytes]]:
    """The content itself, and what is in it when it is an archive."""
    yield name, content
    if not depth:
        return
    try:
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in archive.namelist():
                    yield from unpacked(f"{name}!{member}", archive.read(member), depth - 1)
        elif content.startswith(b"\x1f\x8b"):
            yield from unpacked(f"{name}!", gzip.decompress(content), depth - 1)
        elif content[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                for member in archive:
                    if part := archive.extractfile(member):
                        yield from unpacked(f"{name}!{member.name}", part.read(), depth - 1)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, tarfile.TarError):
        return  # bytes that only look like an archive: searched as they are
