"""The unprivileged account under which root runs PostgreSQL (it refuses to run as root itself).

No account is created: one that every Unix has is used, or the one that owns the data folder already.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jimin.platform.errors import Refusal

CANDIDATES = ("postgres", "daemon", "nobody")


@dataclass(frozen=True)
class Account:
    """Who runs the server. `None` uid means: whoever we are."""

    name: str
    uid: int
    gid: int
    switch: bool  # we are root and become this account

    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess that start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def give(self, path: Path) -> None:
        """Make `path` this account's."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether the account can go into folder `path` (asked as that account, so access lists count too)."""
        if not self.switch:
            return os.access(path, os.X_OK)
        return subprocess.run(["test", "-x", str(path)], cwd="/", check=False, **self.popen()).returncode == 0


def choose(data: Path) -> Account:
    """The account for the server on `data`: its owner if it exists, else ourselves, else (root) a usual one."""
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me:
        if owner not in (None, me):
            raise Refusal(
                f"数据目录 {data} 属于用户 {_name(owner)}。请用该用户（或 root）运行，或用 JIMIN_VAR=… 指定另一个目录。"
            )
        return Account(_name(me), me, os.getegid(), switch=False)
    if owner:
        return _of(pwd.getpwuid(owner)) if _known(owner) else Account(str(owner), owner, owner, switch=True)
    for name in CANDIDATES:
        try:
            return _of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Refusal(
        f"root 不能直接运行 PostgreSQL，而系统里没有 {'、'.join(CANDIDATES)} 这几个账户。请换普通用户运行 make run。"
    )


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _name(uid: int | None) -> str:
    return pwd.getpwuid(uid).pw_name if uid is not None and _known(uid) else str(uid)
