"""The keys of an installation, copied to a place of their own and taken from there again.

A copy is a folder with keys.json (as it is) and secret_key (which signs sessions and codes). It is named by its contents:
an older ring stays beside a newer one, because an older backup needs it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

from jimin.core.secrets import keys as keyring
from jimin.core.secrets.keys import KeyFault, Ring
from jimin.platform.backup import seal
from jimin.platform.errors import Refusal
from jimin.platform.secretfile import write_private

RING, SIGNING = "keys.json", "secret_key"


def keep(place: Path, ring: Ring) -> Path:
    """Put a copy below `place`, once for each state of the ring."""
    folder = place / name(ring)
    if not (folder / SIGNING).exists():
        put(folder, ring)
    return folder


def name(ring: Ring) -> str:
    """Names a ring by all its keys, without giving anything away."""
    marks = " ".join(f"{number}:{seal.mark(key)}" for number, key in sorted(ring.keys.items()))
    return "jimin-keys-" + hashlib.sha256(f"{marks} {ring.current.id}".encode()).hexdigest()[:12]


def put(folder: Path, ring: Ring) -> None:
    """Write the ring and the signing key into a folder, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(folder / RING, Path(settings.JIMIN_KEYS).read_text("utf-8"))
    write_private(folder / SIGNING, settings.SECRET_KEY)
    taken(folder / RING)


def found(given: Path) -> list[Path]:
    """The key files that `given` may mean: itself, keys.json in it, or in the copies below it."""
    if given.is_file():
        return [given]
    return [p for p in [given / RING, *sorted(given.glob(f"*/{RING}"))] if p.is_file()]


def taken(path: Path) -> Ring:
    """The ring in a file. Refusal when it cannot be used."""
    if path.stat().st_mode & 0o077 and os.access(path, os.W_OK):
        path.chmod(0o600)  # a medium without modes, or a copy made by hand
    own = settings.JIMIN_KEYS
    try:
        settings.JIMIN_KEYS = str(path)  # the one reader of key files goes by this setting
        keyring.forget()
        return keyring.ring()
    except KeyFault as error:
        raise Refusal(str(error)) from None
    finally:
        settings.JIMIN_KEYS = own
        keyring.forget()


def fitting(given: Path, marks: dict[str, str]) -> Path:
    """The key file that has every key of a set. Refusal that says what was found instead."""
    files = found(given)
    if not files:
        raise Refusal(f"{given} 里没有密钥文件 {RING}。请用 --keys 指定备份时另存的密钥（文件或目录）。")
    for path in files:
        ring = taken(path)
        if all(int(n) in ring.keys and seal.mark(ring.keys[int(n)]) == mark for n, mark in marks.items()):
            return path
    raise Refusal(
        f"密钥不对：{given} 里的 {len(files)} 个密钥文件都不是做这份备份时用的（需要编号 {'、'.join(marks)}）。"
        "请找当时用 --keys-to 另存的那一份。"
    )
