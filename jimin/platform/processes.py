"""Children that end when we end: own session, told by the kernel when the parent is gone, stopped with a time limit."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1
# Every child carries this variable, so that what a killed supervisor left behind can be found again.
MARK = "JIMIN_INSTANCE"


def dies_with_parent(signal_number: int) -> Callable[[], None] | None:
    """A preexec function: the kernel sends the child `signal_number` when its parent dies, even by SIGKILL (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return before_exec


def follow_parent(signal_number: int) -> None:
    """Ask the kernel to send *us* `signal_number` when our own parent dies (Linux; elsewhere nothing happens)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number)


def spawn(
    command: list[str], *, log: Path | None, env: dict[str, str], on_orphan: int = signal.SIGTERM, **more: Any
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, output into `log` (or ours). Call it from the main thread only:
    the kernel's notice is tied to the thread that started the child."""
    output = open(log, "ab") if log else None  # noqa: SIM115  (the child keeps it)
    try:
        return subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=dies_with_parent(on_orphan),  # noqa: PLW1509  (one thread)
            **more,
        )
    finally:
        if output:
            output.close()


def stop(process: subprocess.Popen[bytes], *, steps: Iterable[tuple[int, float]]) -> None:
    """Send each signal and wait its seconds until the process is gone; at last kill its whole session."""
    for number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    kill_session(process.pid)
    process.wait()


def session_members(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == session and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return found


def kill_session(session: int) -> None:
    """SIGKILL to whatever is left of a child's session."""
    for pid in session_members(session):
        _signal(pid, signal.SIGKILL)


def marked(instance: str) -> list[psutil.Process]:
    """Running processes that carry our mark, this one and its ancestors excepted."""
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid not in own and process.environ().get(MARK) == instance:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def end_leftovers(instance: str, seconds: float = 5) -> int:
    """End what an earlier, killed supervisor left behind. How many there were."""
    left = marked(instance)
    for process in left:
        _signal(process.pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(left, timeout=seconds)
    for process in alive:
        _signal(process.pid, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=seconds)
    return len(left)


def port_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def free_port(first: int, host: str = "127.0.0.1", tries: int = 50) -> int | None:
    """The first free port from `first` on, or None."""
    return next((port for port in range(first, min(first + tries, 65536)) if not port_taken(port, host)), None)


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask `ready` again and again for at most `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        time.sleep(pause)
    return ready()


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # gone by itself: what we wanted
