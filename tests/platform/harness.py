"""Starts a whole installation as a person would, and looks at what is left of it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from jimin.platform.embedded import Embedded
from jimin.platform.places import ROOT

READY, STOPPED = "已就绪", "已停止"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(ready: Callable[[], object], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.1)
    return bool(ready())


@contextmanager
def folder() -> Iterator[Path]:
    """A folder with a space in its name that the account under which root runs PostgreSQL can reach.

    Not pytest's own: each pytest on the machine closes that to other users again.
    """
    made = Path(tempfile.mkdtemp(prefix="jimin faults "))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(Embedded(made / "var").socket, ignore_errors=True)
        shutil.rmtree(made, ignore_errors=True)


class Run:
    """`python -m jimin run` (or another command) with its own var folder and port."""

    def __init__(
        self, var: Path, port: int | None = None, command: list[str] | None = None, **environment: str
    ) -> None:
        self.var, self.port = var, port or free_port()
        inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "JIMIN_DATABASE_URL")}
        self.environment = {
            **inherited,
            "JIMIN_VAR": str(var),
            "JIMIN_PORT": str(self.port),
            "JIMIN_DEMO": "0",
            "JIMIN_LIVE_APP": "tests.platform.streams:application",
            **environment,
        }
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "jimin", "run"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def said(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def ready(self, seconds: float = 240) -> Run:
        until(lambda: self.said(READY) or self.process.poll() is not None, seconds)
        assert self.said(READY), self.output
        return self

    def refused(self, seconds: float = 60) -> str:
        """The one line of a start that did not happen."""
        assert self.process.wait(seconds) == 2, self.output
        self.reader.join(5)
        marked = [line for line in self.lines if line.startswith("✗")]
        assert len(marked) == 1 and "Traceback" not in self.output, self.output
        return marked[0]

    def stop(self, number: int = signal.SIGINT, seconds: float = 40) -> float:
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(seconds)
        self.reader.join(5)
        return time.monotonic() - began

    @property
    def note(self) -> dict:
        return json.loads((self.var / "run.json").read_text())

    def get(self, path: str = "/console/signin/", port: int | None = None, within: float = 10) -> int:
        """The status of a page, 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=within)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def streams(self, number: int) -> list[socket.socket]:
        """Open live-event streams, each with its first bytes received."""
        opened = []
        for _ in range(number):
            stream = socket.create_connection(("127.0.0.1", self.note["live"]), timeout=10)
            stream.sendall(b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200" in stream.recv(1000)
            opened.append(stream)
        return opened

    def left(self) -> list[str]:
        """Every process of this installation that still runs, the database's too."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                command = " ".join(process.cmdline())
                ours = process.pid != os.getpid() and process.environ().get("JIMIN_VAR") == str(self.var)
                if ours or str(self.var / "postgres") in command:
                    found.append(f"{process.pid} {command[:120]}")
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def postgres(self) -> int | None:
        return Embedded(self.var).running_pid()

    def nothing_left(self, seconds: float = 0) -> None:
        until(lambda: not self.left(), seconds)
        assert self.left() == []
        assert self.get() == 0
