"""The manifest of a set: what is in it, from what, and the hashes by which each part is known again.

It is written last; a folder without one is no backup. It holds no personal data and stays in clear, and is bound to the
installation's keys by an HMAC-SM3, so that a part and its hash cannot be changed together unseen.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jimin.core.secrets.keys import KeyFault, Ring
from jimin.platform.backup import seal
from jimin.platform.errors import Refusal
from jimin.platform.places import ROOT
from jimin.platform.secretfile import write_private

NAME = "manifest.json"
DUMP, LIST, BLOBS, ANCHORS, KEYS = "database.dump.sealed", "files.list", "files", "anchors", "keys"
FORMAT = 1
STAMP = re.compile(r"\d{8}T\d{6}Z")


@dataclass
class Part:
    """A file of the set."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """A set's contents. Sizes are bytes, `rows` are by table, `migrations` by app, `seconds` how long it took."""

    id: str
    made_at: str
    mode: str  # demo or real
    pack: str
    version: str
    postgresql: int  # the server's version number, such as 180004
    pg_dump: str
    cluster: int  # system_identifier
    keys: dict[str, str]  # key number → mark
    rows: dict[str, int]
    migrations: dict[str, list[str]]
    audit: dict[str, Any]  # the last block: no, hash; rows in the trail
    database: Part | None = None
    files: dict[str, Any] | None = None  # list (Part), count, bytes, new, missing; None: database only
    anchors: dict[str, Part] = field(default_factory=dict)
    with_keys: bool = False
    seconds: float = 0
    format: int = FORMAT

    def place(self, member: str) -> str:
        """What a sealed member is bound to."""
        return f"{self.id}/{member}"

    @property
    def total(self) -> int:
        """Bytes of the whole set, files that it shares with an earlier one included."""
        return (self.database.size if self.database else 0) + int((self.files or {}).get("bytes", 0))


def write(folder: Path, manifest: Manifest, ring: Ring) -> None:
    """Put the manifest into the set's folder, bound to the current key."""
    text = _canonical(asdict(manifest))
    bound = {"key": ring.current.id, "hmac_sm3": seal.mac(ring.current, text)}
    write_private(folder / NAME, json.dumps({**asdict(manifest), "mac": bound}, ensure_ascii=False, indent=1))


def read(folder: Path) -> Manifest:
    """The manifest of a set, not yet checked against keys. Refusal when there is none or it cannot be read."""
    content = _load(folder)
    content.pop("mac", None)
    if content.get("format") != FORMAT:
        raise Refusal(
            f"{folder} 的备份格式是 {content.get('format')}，本版本只认识 {FORMAT}。它是更新的版本做的，请用那个版本恢复。"
        )
    try:
        found = Manifest(**content)
        if found.database:
            found.database = Part(**content["database"])
        found.anchors = {name: Part(**part) for name, part in content["anchors"].items()}
    except (TypeError, KeyError) as error:
        raise Refusal(f"{folder / NAME} 不完整（{error}）。请换一份备份。") from None
    return found


def check_keys(folder: Path, ring: Ring) -> None:
    """Refusal when the ring is not the one of the set, or the manifest was changed after it was written."""
    content = _load(folder)
    bound = content.pop("mac", None) or {}
    lacking = [
        n for n, mark in content["keys"].items() if int(n) not in ring.keys or seal.mark(ring.keys[int(n)]) != mark
    ]
    if lacking:
        raise Refusal(
            f"密钥不对：这份备份用的密钥 {'、'.join(lacking)} 不在给出的密钥文件里（编号相同也可能不是同一把）。"
            "请用 --keys 指定备份时另存的那一份。"
        )
    try:
        said = seal.mac(ring.key(int(bound.get("key", 0))), _canonical(content))
    except KeyFault as error:
        raise Refusal(str(error)) from None
    if said != bound.get("hmac_sm3"):
        raise Refusal(f"{folder / NAME} 在备份之后被改动过，不能用它恢复。请换一份备份。")


def version() -> str:
    """The product's own version."""
    try:
        return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    except (OSError, KeyError):
        return "?"


def _load(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / NAME).read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal(
            f"{folder} 不是一份做完的备份（没有 {NAME}）。中断的备份不能用；请换一份，jimin backup --list 目录 可列出。"
        ) from None
    except (ValueError, TypeError, OSError) as error:
        raise Refusal(f"{folder / NAME} 读不出来（{type(error).__name__}），已损坏。请换一份备份。") from None


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sets(folder: Path) -> list[Path]:
    """The finished sets in a folder, oldest first."""
    return sorted((p for p in folder.glob("jimin-*") if (p / NAME).is_file()), key=_made)


def _made(place: Path) -> tuple[str, int]:
    """When a set was made: as its name says, and within a second as its manifest was written."""
    stamp = STAMP.search(place.name)
    return (stamp[0] if stamp else "", (place / NAME).stat().st_mtime_ns)
