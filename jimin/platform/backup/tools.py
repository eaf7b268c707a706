"""PostgreSQL's own programs for a dump: the wheel's, or a newer one on the PATH when the server is newer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import IO

from jimin.platform.embedded import wheel_binaries
from jimin.platform.errors import Refusal
from jimin.platform.urls import parts

SEES_ALL = "-c jimin.scope_level=province"  # the policies' own word for “every row” (core.access.rls)


def program(name: str, server_major: int) -> str:
    """`pg_dump` or `pg_restore`, at least as new as the server. Refusal where there is none."""
    found: list[str] = []
    for path in _candidates(name):
        major = _major(path)
        if major >= server_major:
            return path
        found.append(f"{path}（{major}）")
    raise Refusal(
        f"服务器是 PostgreSQL {server_major}，这里的 {name} 太旧：{'、'.join(found) or '没有'}。"
        f"请装 postgresql-client-{server_major}，并让它在 PATH 里。"
    )


def version(path: str) -> str:
    """What a program says of itself, such as 18.4."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\b\d+(\.\d+)*", said)
    return number[0] if number else "0"


def dump(url: str, snapshot: str, server_major: int, *, without: tuple[str, ...], by_policy: bool) -> Dump:
    """Start pg_dump of a database as an exported snapshot sees it; `by_policy`: the login passes through policies."""
    options = [f"--snapshot={snapshot}"] if snapshot else []
    options += [f"--exclude-table-data=public.{table}" for table in without]
    options += ["--enable-row-security"] if by_policy else []
    command = [program("pg_dump", server_major), "--format=custom", "--compress=gzip:1", "--no-owner"]
    return Dump([*command, "--no-privileges", "--no-password", *options, "--dbname", _bare(url)], _environment(url))


class Dump:
    """A running pg_dump. Leaving the block early ends it."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self) -> Dump:
        return self

    @property
    def out(self) -> IO[bytes]:
        """What it writes."""
        assert self.process.stdout is not None  # noqa: S101  (a pipe was asked for)
        return self.process.stdout

    def finish(self) -> None:
        """Wait for its end. Refusal with its last words when it failed."""
        said = self.process.stderr.read().decode("utf-8", "replace") if self.process.stderr else ""
        if self.process.wait():
            raise Refusal(f"pg_dump 没有做完：{_last(said)}。备份没有留下。")

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()


def load(url: str, server_major: int) -> subprocess.Popen[bytes]:
    """Start pg_restore into an empty database; it reads from its standard input. All or nothing."""
    command = [program("pg_restore", server_major), "--single-transaction", "--exit-on-error", "--no-owner"]
    return subprocess.Popen(
        [*command, "--no-privileges", "--no-password", "--dbname", _bare(url)],
        env=_environment(url),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def last_words(process: subprocess.Popen[bytes]) -> str:
    """The telling line of a program that failed."""
    return _last(process.stderr.read().decode("utf-8", "replace") if process.stderr else "")


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "错误" in line]
    return (telling or lines or ["（没有输出）"])[0].strip()[:300]


def _bare(url: str) -> str:
    """The connection without its password: a command line can be read by everybody on the machine."""
    kept = {k: v for k, v in parts(url).items() if k not in ("password", "options") and v not in (None, "")}
    return " ".join(f"{name}={_quoted(str(value))}" for name, value in kept.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _environment(url: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    more = {"PGPASSWORD": str(password)} if (password := parts(url).get("password")) else {}
    # The timeouts are for people's sessions; a dump of a province takes longer.
    return {**kept, **more, "PGOPTIONS": SEES_ALL, "LC_ALL": "C"}


def _candidates(name: str) -> list[str]:
    found = []
    try:
        found.append(str(wheel_binaries() / name))
    except Refusal:
        found = []  # an image for a server of one's own may leave the wheel out
    elsewhere = shutil.which(name)
    return [p for p in [*found, *([elsewhere] if elsewhere else [])] if Path(p).exists()]


@lru_cache(maxsize=8)
def _major(path: str) -> int:
    return int(version(path).split(".")[0])
