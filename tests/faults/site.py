"""An installation with people in it, its database seen from outside, and its commands."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from jimin.platform.embedded import Embedded
from jimin.platform.places import ROOT
from tests.platform.harness import Run, free_port

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
    "JIMIN_LIVE_APP": "jimin.sites.live.asgi:application",
}


class Site:
    """One installation over all its starts."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var, self.port, self.environment = var, free_port(), {**ENVIRONMENT, **environment}
        self.files = Path(environment.get("JIMIN_FILES") or var / "files")
        self.run = Run(var, self.port, **self.environment).ready(180)
        self.people = json.loads(self.command([sys.executable, "-m", "tests.faults.seed"]))

    def start(self) -> None:
        """Start it again after everything was killed."""
        self.run = Run(self.var, self.port, **self.environment)

    def command(self, arguments: list[str], code: int = 0) -> str:
        done = subprocess.run(
            arguments, cwd=ROOT, env=self.run.environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if code == 0 else done.stdout + done.stderr

    def jimin(self, *arguments: str, code: int = 0) -> str:
        return self.command([sys.executable, "-m", "jimin", *arguments], code)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(Embedded(self.var).url(database="jimin"), autocommit=True) as connection:
            yield connection

    def ask(self, sql: str, *values: object) -> list[tuple]:
        with self.database() as connection:
            return connection.execute(sql, values).fetchall()

    def processes(self) -> list[psutil.Process]:
        """All of this installation, the database's excepted."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("JIMIN_VAR") == str(self.var) and process.pid != self.run.process.pid:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def backends(self) -> list[psutil.Process]:
        """The postmaster's children that serve a client."""
        postmaster = self.run.postgres()
        if postmaster is None:
            return []
        names = ("client backend", "jimin_app", "jimin_owner")
        try:
            found = psutil.Process(postmaster).children()
            return [p for p in found if any(n in " ".join(p.cmdline()) for n in names)]
        except psutil.NoSuchProcess:
            return []

    def answers(self) -> bool:
        """Whether a page that needs the database answers as it should."""
        return self.run.get("/api/v1/units") == 401 and self.run.get("/console/signin/") == 200


def waited(ready, seconds: float, what: str) -> float:
    """How long it took until `ready`; fails after `seconds`."""
    began = time.monotonic()
    while not ready():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.1)
    return time.monotonic() - began
