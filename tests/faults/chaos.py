"""kill -9, at random moments, of whatever an installation consists of. The seed decides order and moments."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from statistics import median

import psutil

from tests.faults.site import Site, waited

PROCESSES = {"pages": 4, "pages worker": 4, "live": 3, "worker": 4, "supervisor": 3, "everything": 3}
DATABASE = {"a backend": 4, "postmaster": 3}


@dataclass
class Kills:
    """What was killed, and how long until pages with the database answered again."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def count(self, names: dict[str, int]) -> int:
        return sum(len(v) for k, v in self.seconds.items() if k in names)

    def lines(self) -> list[str]:
        every = [s for v in self.seconds.values() for s in v]
        rows = [
            f"{k}: {len(v)} ×, back after {median(v):.1f} s (worst {max(v):.1f} s)" for k, v in self.seconds.items()
        ]
        return [*rows, f"all: median {median(every):.1f} s, worst {max(every):.1f} s"]


def storm(site: Site, random: Random, say: Callable[[str], None]) -> Kills:
    """Kill everything that is to be killed, each after a moment of work."""
    todo = [name for names in (PROCESSES, DATABASE) for name, n in names.items() for _ in range(n)]
    random.shuffle(todo)
    kills = Kills()
    for name in todo:
        time.sleep(random.uniform(0.5, 3))
        began = time.monotonic()
        _kill(site, name, random)
        waited(site.answers, 120, f"after the kill of {name}")
        kills.seconds.setdefault(name, []).append(time.monotonic() - began)
        say(f"  {name}: {kills.seconds[name][-1]:.1f} s")
    return kills


def _kill(site: Site, name: str, random: Random) -> None:
    if name in ("supervisor", "everything"):
        _kill_the_run(site, all_at_once=name == "everything")
    elif name == "postmaster":
        postmaster = site.run.postgres()
        assert postmaster
        os.kill(postmaster, signal.SIGKILL)
        waited(lambda: site.run.postgres() != postmaster, 60, "the postmaster's end")
    elif name == "a backend":
        _kill_one(random, site.backends)
    elif name == "pages worker":
        _kill_one(random, lambda: [w for p in _children(site, "pages") for w in p.children()])
    else:
        _kill_child(site, name)


def _kill_one(random: Random, choose: Callable[[], list[psutil.Process]]) -> None:
    waited(lambda: len(choose()) > 0, 60, "a process to kill")
    random.choice(choose()).kill()


def _children(site: Site, name: str) -> list[psutil.Process]:
    """The supervisor's children of a name, found by their command: the note names those of the start alone."""
    try:
        return [c for c in psutil.Process(site.run.process.pid).children() if _is(c, name)]
    except psutil.NoSuchProcess:
        return []


def _kill_child(site: Site, name: str) -> None:
    waited(lambda: _children(site, name), 90, name)
    old = _children(site, name)[0]
    old.kill()
    waited(lambda: any(c.pid != old.pid for c in _children(site, name)), 90, f"a new {name}")


def _is(process: psutil.Process, name: str) -> bool:
    word = {"pages": "jimin.sites.wsgi", "live": "jimin.sites.live", "worker": "worker"}[name]
    try:
        return process.status() != psutil.STATUS_ZOMBIE and word in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def _kill_the_run(site: Site, *, all_at_once: bool) -> None:
    if all_at_once:
        os.kill(site.run.process.pid, signal.SIGSTOP)  # it must not restart anything meanwhile
        postmaster = site.run.postgres()
        for process in site.processes():
            process.kill()
        if postmaster:
            os.kill(postmaster, signal.SIGKILL)
    os.kill(site.run.process.pid, signal.SIGKILL)
    site.run.process.wait(10)
    time.sleep(0.5)  # a person, or a service manager, needs a moment too
    site.start()
