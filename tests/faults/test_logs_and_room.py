"""Logs stay short while they are written, and a disk that fills up is said before it is full."""

import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from jimin.platform import logs, space
from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance
from jimin.platform.supervisor import Supervisor
from jimin.sites.console import home
from jimin.sites.console.landing import Landing


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(logs, "ROLL_AT", 1000)


def test_a_long_log_is_cut_while_its_program_goes_on_writing(tmp_path, short):
    log = tmp_path / "pages.log"
    log.write_text("old\n" * 500)
    with open(log, "ab") as out:  # as the supervisor opens it for a child
        program = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.readline(); print('new', flush=True)"],
            stdin=subprocess.PIPE, stdout=out,
        )  # fmt: skip
    assert logs.roll(tmp_path) == ["pages.log"]
    program.communicate(b"\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "pages.log.1").read_text() == "old\n" * 500
    assert logs.roll(tmp_path) == []


def test_a_long_log_is_cut_even_when_there_is_no_room_for_its_copy(tmp_path, short, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    (tmp_path / "worker.log").write_text("x" * 2000)
    assert logs.roll(tmp_path) == ["worker.log"]
    assert (tmp_path / "worker.log").stat().st_size == 0
    assert not (tmp_path / "worker.log.1").exists()


def test_what_shares_a_disk_is_one_line_and_a_place_to_come_counts_where_it_will_be(tmp_path):
    (room,) = space.rooms({"数据库": tmp_path, "日志": tmp_path / "not" / "yet"})
    assert room.titles == ("数据库", "日志")
    assert "数据库、日志" in room.line() and "MB" in room.line()


@pytest.mark.parametrize(
    ("free", "said"), [(5 * 2**30, "还剩 5120 MB。"), (2**29, "请尽快清理"), (2**20, "已满或就要满了")]
)
def test_less_room_is_said_more_urgently(tmp_path, free, said):
    room = space.Room(("日志",), tmp_path, free)
    assert said in room.line()
    assert (room.low, room.full) == (free < 2**30, free < 2**26)


@pytest.fixture
def supervisor(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JIMIN_VAR", str(tmp_path))
    (tmp_path / "log").mkdir()
    return Supervisor(Instance(tmp_path, tmp_path, 1, 2, False), set())


def test_a_disk_that_fills_up_is_said_once_and_again_when_it_fills_up_anew(supervisor, monkeypatch, capsys):
    usage = SimpleNamespace(free=0)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    said = []
    for usage.free in (2**40, 2**20, 2**20, 2**40, 2**20):
        supervisor._keep_house()
        said.append("已满" in capsys.readouterr().out)
    assert said == [False, True, False, False, True]


def test_a_database_that_does_not_start_is_tried_again_and_nothing_else_ends(supervisor, monkeypatch, capsys):
    class Server:
        tries = 0

        def alive(self):
            return self.tries > 2

        def start(self):
            self.tries += 1
            if self.tries < 3:
                raise Refusal("磁盘已满，PostgreSQL 不能写文件。")

    monkeypatch.setattr("jimin.platform.supervisor.DATABASE_PAUSE", 0.05)
    supervisor.server = Server()
    end = time.monotonic() + 5
    while not supervisor.server.alive() and time.monotonic() < end:
        supervisor._look_after()
    assert supervisor.server.tries == 3
    assert capsys.readouterr().out.count("秒后再试") == 2


def test_a_terminal_that_is_gone_ends_nothing(supervisor, monkeypatch):
    class Gone:
        def write(self, text):
            raise OSError(28, "No space left on device")

        flush = write

    monkeypatch.setattr(sys, "stdout", Gone())
    supervisor.terminal.say("x")


def test_the_operators_first_page_names_the_disk_that_fills_up(tmp_path, monkeypatch):
    monkeypatch.setenv("JIMIN_VAR", str(tmp_path))
    usage = SimpleNamespace(free=2**40)
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    calm, low = Landing(), Landing()
    home._room(calm)
    usage.free = 100 * 2**20
    home._room(low)
    assert calm.panels[0].lines == [] and calm.parts == []
    (line,) = low.panels[0].lines
    assert "日志" in line.title and "100 MB" in line.note
    assert "1 个磁盘快满了" in low.sentence
    assert set(space.places()) == set(home.DISKS)
