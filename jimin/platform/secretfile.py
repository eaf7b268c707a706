"""Generated passwords and keys of one installation: var/secrets.json, readable by its owner alone."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jimin.platform.errors import Refusal


class SecretFile:
    """A small JSON object, name → secret. Every write replaces the file at once, so a crash loses nothing."""

    def __init__(self, var: Path) -> None:
        self.path = var / "secrets.json"

    def get(self, name: str) -> str | None:
        """The secret, or None when it was never made."""
        return self._read().get(name)

    def get_or_create(self, name: str, size: int = 32) -> str:
        """The secret, made now (`size` random bytes, URL-safe) if it is not there yet."""
        with self._locked():
            known = self._read()
            if name not in known:
                known[name] = secrets.token_urlsafe(size)
                write_private(self.path, json.dumps(known, indent=1))
            return known[name]

    def put(self, name: str, value: str) -> None:
        """Set a secret that came from elsewhere (a restore)."""
        with self._locked():
            write_private(self.path, json.dumps({**self._read(), name: value}, indent=1))

    def _read(self) -> dict[str, str]:
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except PermissionError as error:
            raise Refusal(
                f"不能读 {self.path}：它属于另一个用户。请用同一个用户运行，或用 JIMIN_VAR 指定另一个目录。"
            ) from error
        try:
            return dict(json.loads(text))
        except ValueError as error:
            raise Refusal(f"{self.path} 已损坏，请从备份恢复；里面是数据库口令，丢了就打不开数据库。") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path.parent / ".secrets.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write_private(path: Path, text: str) -> None:
    """Replace `path` with `text` at once, mode 0600, owned like its folder (root may act for the folder's owner)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(new, folder.st_uid, folder.st_gid)
    os.replace(new, path)
