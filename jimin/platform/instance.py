"""One running installation: its ports, its environment for the children, and the note of who runs it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import yaml

from jimin.platform import processes
from jimin.platform.errors import Refusal
from jimin.platform.places import ROOT, pack_folder, var_folder
from jimin.platform.secretfile import SecretFile, write_private

DEFAULT_PORT = 8000
# What the supervisor knows and the application must not: logins that own the tables.
OWNERS_ONLY = ("DATABASE_URL", "JIMIN_OWNER_DATABASE_URL", "JIMIN_APP_DATABASE_URL", "JIMIN_TEST_SERVER")


@dataclass
class Instance:
    """The installation in one var folder."""

    var: Path
    pack: Path
    port: int
    live_port: int
    demo: bool
    lock: IO[str] | None = None

    @classmethod
    def from_environment(cls) -> Instance:
        """As the environment says; a Refusal names the variable that is wrong."""
        port = _port("JIMIN_PORT", DEFAULT_PORT)
        demo = os.environ.get("JIMIN_DEMO", "1") or "1"
        if demo not in ("0", "1"):
            raise Refusal(f"JIMIN_DEMO={demo} 不明白：1 带演示数据（默认），0 不带。")
        return cls(var_folder(), pack_folder(), port, _port("JIMIN_LIVE_PORT", 0), demo == "1")

    @property
    def mark(self) -> str:
        """Names this installation among all processes of the machine."""
        return hashlib.sha256(str(self.var).encode()).hexdigest()[:16]

    @property
    def address(self) -> str:
        """Where a person opens it."""
        return f"http://127.0.0.1:{self.port}"

    def claim(self) -> None:
        """Become the one supervisor of this var folder, or say who is; the lock goes with the process."""
        try:
            self.var.mkdir(mode=0o755, parents=True, exist_ok=True)
            (self.var / "log").mkdir(exist_ok=True)
            self.lock = open(self.var / "run.lock", "a")  # noqa: SIM115  (held until the process ends)
        except PermissionError as error:
            raise Refusal(
                f"不能写 {self.var}（{error.strerror}）。请换成能写它的用户，或用 JIMIN_VAR=… 指定另一个目录。"
            ) from error
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = read_note(self.var)
            raise Refusal(
                f"已经在运行：进程 {running.get('pid', '?')}，{running.get('address', '正在启动')}（Already running）。"
                f"在那个窗口按 Ctrl-C 停止；要再开一个：JIMIN_VAR=另一个目录 JIMIN_PORT={self.port + 10} make run"
            ) from None

    def choose_ports(self) -> None:
        """The pages' port must be free; the live events take the next free one."""
        if processes.port_taken(self.port):
            free = processes.free_port(self.port + 1)
            hint = f"JIMIN_PORT={free} make run" if free else "JIMIN_PORT=其他端口 make run"
            raise Refusal(f"端口 {self.port} 已被别的程序占用（Port in use）。换一个端口：{hint}")
        if self.live_port and processes.port_taken(self.live_port):
            raise Refusal(f"端口 {self.live_port}（JIMIN_LIVE_PORT）已被占用。换一个，或不设它，程序会自己找空的。")
        if not self.live_port:
            found = processes.free_port(self.port + 1)
            if found is None:
                raise Refusal(f"{self.port} 之后 50 个端口都被占用，没有留给实时消息的。请用 JIMIN_LIVE_PORT=… 指定。")
            self.live_port = found

    def note(self, **more: Any) -> None:
        """Write down who runs here, for `status` and for a second start."""
        write_private(self.var / "run.json", json.dumps({"pid": os.getpid(), "address": self.address, **more}))

    def unnote(self) -> None:
        """Nobody runs here any more."""
        (self.var / "run.json").unlink(missing_ok=True)

    def environment(self, app_url: str) -> dict[str, str]:
        """The application's environment: the role that owns nothing, the keys, the pack and the day."""
        found = {k: v for k, v in os.environ.items() if k not in OWNERS_ONLY and k != "JIMIN_BUSINESS_DAY"}
        found.update(
            {
                "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE") or "jimin.platform.settings",
                "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
                "PYTHONUNBUFFERED": "1",
                processes.MARK: self.mark,
                "JIMIN_VAR": str(self.var),
                "JIMIN_PACK": str(self.pack),
                "JIMIN_PORT": str(self.port),
                "JIMIN_LIVE_PORT": str(self.live_port),
                "JIMIN_LIVE_ORIGIN": os.environ.get("JIMIN_LIVE_ORIGIN") or f"http://127.0.0.1:{self.live_port}",
                "JIMIN_DATABASE_URL": app_url,
                "JIMIN_SECRET_KEY": os.environ.get("JIMIN_SECRET_KEY")
                or SecretFile(self.var).get_or_create("secret_key", 48),
                "JIMIN_KEYS": os.environ.get("JIMIN_KEYS") or str(self._keys()),
                "JIMIN_DEMO": "1" if self.demo else "0",
            }
        )
        if self.demo and (day := self.business_day()):
            found["JIMIN_BUSINESS_DAY"] = day.isoformat()
        return found

    def business_day(self) -> date | None:
        """The demo's own day: JIMIN_BUSINESS_DAY, else the pack's demo.yaml; None where neither says one."""
        chosen = os.environ.get("JIMIN_BUSINESS_DAY")
        file = self.pack / "demo" / "demo.yaml"
        if not chosen and file.exists():
            chosen = str((yaml.safe_load(file.read_text("utf-8")) or {}).get("business_day") or "")
        try:
            return date.fromisoformat(chosen) if chosen else None
        except ValueError as error:
            raise Refusal(
                f"业务日期“{chosen}”写错了（JIMIN_BUSINESS_DAY 或 {file} 的 business_day）；应写成 2023-01-31 的样子。"
            ) from error

    def save_environment(self, environment: dict[str, str]) -> None:
        """Let `python -m jimin …` in another window find the same database and keys."""
        kept = {k: v for k, v in environment.items() if k.startswith("JIMIN_")}
        write_private(self.var / "environment.json", json.dumps(kept, indent=1))

    def _keys(self) -> Path:
        """Field keys: SM4 (16 bytes) and token (32 bytes) keys by key id, made once. Losing them loses the fields."""
        path = self.var / "keys.json"
        if not path.exists():
            first = {"encrypt": secrets.token_hex(16), "token": secrets.token_hex(32)}
            write_private(path, json.dumps({"current": "1", "keys": {"1": first}}, indent=1))
        return path


def read_note(var: Path) -> dict[str, Any]:
    """What the running supervisor wrote down; empty when it has not yet."""
    for _ in range(10):
        try:
            return dict(json.loads((var / "run.json").read_text()))
        except (FileNotFoundError, ValueError):
            time.sleep(0.05)
    return {}


def load_environment() -> None:
    """For a command in another window: the environment that `make run` last used here, where nothing else is said."""
    if os.environ.get("JIMIN_DATABASE_URL"):
        return
    try:
        kept = json.loads((var_folder() / "environment.json").read_text("utf-8"))
    except (FileNotFoundError, PermissionError):
        return
    for name, value in kept.items():
        os.environ.setdefault(name, value)


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not (int(text) == default or 1 <= int(text) <= 65535):
        raise Refusal(f"{name}={text} 不是端口号；应是 1 到 65535 的整数。")
    return int(text)
