"""`make run`: one supervisor for PostgreSQL, the pages, the live events and the worker.

Each child has its own session, so a Ctrl-C at the terminal reaches the supervisor alone and only it
signals the others (granian was seen to hang on a shared Ctrl-C). Stopping has a time limit for each
child, and afterwards processes and ports are checked. Children of a killed supervisor are told by the
kernel; what survives even that is ended at the next start.
"""

from __future__ import annotations

import http.client
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from jimin.platform import databases, demo, logs, processes, space, steps
from jimin.platform.embedded import Embedded
from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance
from jimin.platform.places import ROOT
from jimin.platform.secretfile import SecretFile
from jimin.platform.terminal import Terminal

PAGES_STOP, LIVE_STOP, WORKER_STOP, BACKUP_STOP = 8, 2, 10, 5  # seconds for open requests, streams and jobs to end
READY_WITHIN = 60
LONGEST_PAUSE = 30  # seconds between two restarts of a child that keeps dying
CALM_AFTER = 60  # a child that lived this long starts afresh with short pauses
DATABASE_PAUSE = 5  # seconds between two tries to start PostgreSQL
HOUSEKEEPING_EVERY = 5  # seconds: logs that grow, disks that fill
SAY_AGAIN_AFTER = 3600


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


@dataclass
class Child:
    """A program that is kept running."""

    name: str
    command: list[str]
    grace: float
    port: int | None = None
    on_orphan: int = signal.SIGTERM  # what the kernel sends when the supervisor was killed
    more: dict[str, str] = field(default_factory=dict)  # environment that this child alone gets
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    not_before: float = 0
    deaths: int = field(default=0)


class Supervisor:
    """Starts everything, keeps it running, stops it."""

    def __init__(self, instance: Instance, commands: set[str]) -> None:
        self.instance, self.commands = instance, commands
        self.terminal = Terminal()
        self.server: Embedded | None = None
        self.children: list[Child] = []
        self.environment: dict[str, str] = {}
        self.began = time.monotonic()
        self.database_not_before = 0.0
        self.housekeeping_at = 0.0
        self.low: dict[Path, float] = {}  # disks that are nearly full, and when that was last said

    def run(self) -> int:
        """Until somebody stops it. Exit code 0 after a stop; a Refusal for what the person must change."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        if os.environ.pop("JIMIN_UNDER_MAKE", ""):
            processes.follow_parent(signal.SIGTERM)  # a killed make cannot pass its end on
        self.instance.claim()
        try:
            self._prepare()
            self._start_children()
            self._announce()
            while True:
                self._look_after()
                time.sleep(0.2)
        except Stopped:
            return 0
        finally:
            self._shut_down()

    # --- start ------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        with self.terminal.step("环境 environment"):
            left = processes.end_leftovers(self.instance.mark)
            _whole(self.instance)
            self.instance.choose_ports()
            self.instance.note()
        if left:
            self.terminal.say(f"   上次没有正常结束，留下的 {left} 个进程已清理（{left} leftover processes ended）。")
        with self.terminal.step("数据库 database"):
            logins = self._database()
        for note in self.server.notes if self.server else []:
            self.terminal.say("   " + note)
        self.environment = self.instance.environment(logins.app)
        if self.server:
            self.environment["JIMIN_DATA"] = os.environ["JIMIN_DATA"] = str(self.server.data)
        self.instance.save_environment(self.environment)
        (self.instance.var / "static").mkdir(exist_ok=True)
        steps.run_all(self.instance, logins, self.commands, self.terminal)

    def _database(self) -> databases.Logins:
        secrets = SecretFile(self.instance.var)
        if url := os.environ.get("DATABASE_URL"):
            return databases.given(url, secrets)
        self.server = Embedded(self.instance.var)
        self.server.start()
        if self.instance.demo and os.environ.get("JIMIN_FRESH_DEMO") == "1":
            databases.drop_demo(self.server)
        return databases.embedded(self.server, secrets, self.instance.demo)

    def _start_children(self) -> None:
        with self.terminal.step("启动 starting") as progress:
            self.children = list(_children(self.instance))
            for child in self.children:
                self._start(child)
            self._wait_ready(progress.tick)
            self._note()

    def _note(self) -> None:
        pids = {c.name: c.process.pid for c in self.children if c.process}
        with suppress(OSError):  # on a full disk the old note stands: what runs is more than what is noted
            self.instance.note(live=self.instance.live_port, children=pids)

    def _start(self, child: Child) -> None:
        child.process = processes.spawn(
            child.command,
            log=self._log(child),
            env={**self.environment, **child.more},
            on_orphan=child.on_orphan,
            cwd=str(ROOT),
        )
        child.started = time.monotonic()

    def _log(self, child: Child) -> Path:
        return self.instance.var / "log" / f"{child.name}.log"

    def _wait_ready(self, tick: Callable[[], None]) -> None:
        end = time.monotonic() + READY_WITHIN
        waiting = [c for c in self.children if c.port]
        while waiting and time.monotonic() < end:
            dead = next((c for c in self.children if c.process and c.process.poll() is not None), None)
            if dead:
                raise Refusal(
                    f"{dead.name} 启动后就退出了：{_last_line(self._log(dead))}。完整记录在 {self._log(dead)}。"
                )
            waiting = [c for c in waiting if not _answers(c.port or 0)]
            tick()
            time.sleep(0.1)
        if waiting:
            raise Refusal(f"{waiting[0].name} 在 {READY_WITHIN} 秒内没有应答。请看 {self._log(waiting[0])}。")

    def _announce(self) -> None:
        say = self.terminal.say
        say()
        say(
            f"济民 Jimin 已就绪，用时 {time.monotonic() - self.began:.1f} 秒：{self.instance.address}   （Ready; Ctrl-C stops it）"
        )
        if self.instance.demo:
            day = self.instance.business_day()
            say(
                f"演示数据{f'，业务日期 {day}' if day else ''}；JIMIN_DEMO=0 不带演示（demo data; JIMIN_DEMO=0 turns it off）"
            )
            people = demo.sign_ins(self.instance.pack)
            if people:
                say(
                    f"演示账户，密码都是 {people[0].password}（demo sign-ins, one password, at {self.instance.address}/console/）："
                )
            for person in people:
                say(f"  {person.account:<12} {person.who} — {person.sees}")
        else:
            say(
                "正式库。还没有账号时，在另一个窗口：.venv/bin/python -m jimin account add --help（add the first account）"
            )
        say(f"记录 Logs：{self.instance.var / 'log'}")

    # --- while it runs ----------------------------------------------------------------------------

    def _look_after(self) -> None:
        self._look_after_database()
        if time.monotonic() >= self.housekeeping_at:
            self.housekeeping_at = time.monotonic() + HOUSEKEEPING_EVERY
            self._keep_house()
        for child in self.children:
            if child.process and child.process.poll() is not None:
                self._bury(child)
            if child.process is None and time.monotonic() >= child.not_before:
                self._start_again(child)

    def _look_after_database(self) -> None:
        """A server that ended is started again, for as long as it takes: its disk may be full just now."""
        if self.server is None or self.server.alive() or time.monotonic() < self.database_not_before:
            return
        self.terminal.say("PostgreSQL 意外结束，正在重新启动（restarting PostgreSQL）。")
        try:
            self.server.start()
        except (Refusal, OSError) as fault:
            self.database_not_before = time.monotonic() + DATABASE_PAUSE
            self.terminal.say(f"✗ {fault} {DATABASE_PAUSE} 秒后再试（trying again）。")

    def _start_again(self, child: Child) -> None:
        try:
            self._start(child)
        except OSError as fault:
            child.not_before = time.monotonic() + LONGEST_PAUSE
            self.terminal.say(f"✗ {child.name} 没有启动：{fault}；{LONGEST_PAUSE} 秒后再试（trying again）。")
        else:
            self._note()

    def _keep_house(self) -> None:
        """Logs are kept short; a disk that fills up is said, and once an hour again."""
        try:
            logs.roll(self.instance.var / "log")
            low = [room for room in space.rooms(space.places()) if room.low]
        except OSError as fault:
            self.terminal.say(f"✗ 日志或磁盘看不了：{fault}")
            return
        now, full = time.monotonic(), {room.path for room in low}
        self.low = {path: said for path, said in self.low.items() if path in full}
        for room in low:
            if now - self.low.get(room.path, -SAY_AGAIN_AFTER) >= SAY_AGAIN_AFTER:
                self.low[room.path] = now
                self.terminal.say(f"✗ {room.line()}")

    def _bury(self, child: Child) -> None:
        """A child died by itself: end its own children, wait a little, start again."""
        if child.process is None:
            return
        processes.kill_session(child.process.pid)
        child.deaths = 1 if time.monotonic() - child.started > CALM_AFTER else child.deaths + 1
        pause = min(2 ** (child.deaths - 1) - 1, LONGEST_PAUSE)
        child.not_before = time.monotonic() + pause
        self.terminal.say(
            f"{child.name} 意外结束（{child.process.returncode}），{pause} 秒后重新启动；记录 {self._log(child)}（restarting）。"
        )
        child.process = None

    # --- stop -------------------------------------------------------------------------------------

    def _shut_down(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # stopping has its own time limits
        began = time.monotonic()
        running = [c for c in self.children if c.process is not None]
        if running:
            self.terminal.say("\n正在停止 stopping …")
        for child in running:
            if child.process and child.process.poll() is None:
                child.process.terminate()
        for child in running:
            if child.process:
                left = max(0.1, child.grace - (time.monotonic() - began))
                processes.stop(child.process, steps=[(signal.SIGTERM, left)])
        if self.server:
            self.server.stop()
        left_behind = processes.end_leftovers(self.instance.mark, 2)
        self.instance.unnote()
        if running:
            self._report(time.monotonic() - began, left_behind)

    def _report(self, seconds: float, left_behind: int) -> None:
        ports = [p for p in (self.instance.port, self.instance.live_port) if processes.port_taken(p)]
        text = f"已停止，用时 {seconds:.1f} 秒（stopped）"
        if left_behind:
            text += f"；另有 {left_behind} 个没有跟着结束的进程已清理"
        if ports:
            text += f"；端口 {ports} 仍被占用，请用 ss -ltnp 查看"
        self.terminal.say(text + "。")


def _whole(instance: Instance) -> None:
    """Half of a restore is not an installation."""
    note = instance.var / "restoring.json"
    if note.exists():
        raise Refusal(f"{instance.var} 上的恢复没有做完（{note}）。请再运行一次 jimin restore …，做完再启动。")


def _children(instance: Instance) -> Iterable[Child]:
    """The programs that the code has."""
    granian = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--log-level", "warning", "--no-ws"]
    workers = str(min(2, os.cpu_count() or 1))
    yield Child(
        "pages",
        [*granian, "--interface", "wsgi", "--port", str(instance.port), "--workers", workers, "--blocking-threads", "4"]
        + ["--respawn-failed-workers", "--workers-kill-timeout", str(PAGES_STOP), "jimin.sites.wsgi:application"],
        PAGES_STOP + 3,
        instance.port,
    )
    live = os.environ.get("JIMIN_LIVE_APP", "jimin.sites.live.asgi:application")
    if importlib.util.find_spec(live.split(":")[0]):
        yield Child(
            "live",
            [*granian, "--interface", "asgi", "--port", str(instance.live_port), "--workers", "1"]
            + ["--respawn-failed-workers", "--workers-kill-timeout", str(LIVE_STOP), live],
            LIVE_STOP + 3,
            instance.live_port,
        )
    # Its orderly end needs the database, which goes down at the same moment; jobs are safe to repeat.
    worker = [sys.executable, "-m", "jimin", "worker"]
    yield Child("worker", worker, WORKER_STOP + 3, on_orphan=signal.SIGKILL)
    if os.environ.get("JIMIN_BACKUP_DIR"):
        # It must read every row, so it alone gets the owner's login (the embedded server's it finds itself).
        owner = os.environ.get("DATABASE_URL")
        backup = [sys.executable, "-m", "jimin", "backup", "--daily"]
        yield Child("backup", backup, BACKUP_STOP + 3, more={"JIMIN_OWNER_DATABASE_URL": owner} if owner else {})


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()] if log.exists() else []
    return lines[-1].strip()[:200] if lines else "没有输出"
