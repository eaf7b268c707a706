"""What happens to a running installation when a part of it, or all of it, is stopped or killed."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.platform.harness import STOPPED, Run, folder, free_port, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """One folder, with spaces in its path, for all starts: only the first one creates the database."""
    with folder() as made:
        yield made / "var"


@pytest.fixture
def running(var):
    run = Run(var).ready()
    yield run
    run.stop(signal.SIGKILL)
    until(lambda: not run.left(), 20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_with_twenty_open_streams_leaves_nothing(running, number):
    streams = running.streams(20)
    seconds = running.stop(number)
    assert seconds < 15
    assert running.process.returncode == 0
    assert running.said(STOPPED)
    running.nothing_left()
    for stream in streams:
        stream.close()


@pytest.mark.parametrize("part", ["pages", "live", "worker"])
def test_a_killed_part_is_started_again(running, part):
    running.streams(3)
    old = running.note["children"][part]
    below = [p.pid for p in psutil.Process(old).children(recursive=True)]
    os.kill(old, signal.SIGKILL)
    assert until(lambda: running.said(f"{part} 意外结束"))
    assert until(lambda: running.get() == 200 and running.get(port=running.note["live"]) == 200, 60)
    assert running.note["children"][part] not in (None, old), "the note names the one that runs now"
    assert until(lambda: not any(psutil.pid_exists(pid) for pid in below), 10), "its own children are gone too"
    running.stop()
    running.nothing_left()


def test_a_killed_database_is_started_again_and_pages_answer(running):
    old = running.postgres()
    os.kill(old, signal.SIGKILL)
    assert until(lambda: running.said("PostgreSQL 意外结束"))
    assert until(lambda: running.postgres() not in (None, old))
    assert until(lambda: running.get("/console/signin/") == 200)
    running.stop()
    running.nothing_left()


def test_a_killed_supervisor_takes_everything_with_it(running):
    streams = running.streams(20)
    running.stop(signal.SIGKILL)
    running.nothing_left(15)
    for stream in streams:
        stream.close()


def test_after_everything_is_killed_the_next_start_recovers(running):
    os.kill(running.process.pid, signal.SIGSTOP)  # it must not restart anything meanwhile
    for pid in running.note["children"].values():
        os.kill(pid, signal.SIGKILL)
    os.kill(running.postgres(), signal.SIGKILL)
    running.stop(signal.SIGKILL)
    again = Run(running.var, running.port).ready()
    assert again.get() == 200
    again.stop()
    again.nothing_left()


def test_a_killed_make_takes_everything_with_it(var):
    port = free_port()
    run = Run(var, port, ["make", "run"]).ready()
    assert run.note["pid"] != run.process.pid or psutil.Process(run.process.pid).name() == "make"
    run.stop(signal.SIGKILL)
    run.nothing_left(25)


def test_a_second_start_in_the_same_folder_names_the_first(running):
    line = Run(running.var).refused()
    assert str(running.process.pid) in line and f"127.0.0.1:{running.port}" in line and "JIMIN_VAR=" in line
    assert running.get() == 200


def test_a_taken_port_gets_one_line_with_a_free_one(running, tmp_path):
    line = Run(tmp_path / "other", running.port).refused()
    assert str(running.port) in line and "JIMIN_PORT=" in line
    assert running.get() == 200


def test_a_second_installation_runs_beside_the_first(running):
    with folder() as another:
        other = Run(another / "var").ready()
        assert running.get() == 200 and other.get() == 200
        assert other.stop() < 15
        other.nothing_left()
    assert running.get() == 200


def test_the_second_start_does_nothing_twice(var):
    began = time.monotonic()
    run = Run(var).ready()
    assert time.monotonic() - began < 15
    assert run.output.count("没有变化") >= 1
    run.stop()


def test_status_says_where_it_runs(running):
    said = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m jimin status --only processes', running.process.args[0]],
        env=running.environment, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert f"127.0.0.1:{running.port}" in said and "pages" in said
