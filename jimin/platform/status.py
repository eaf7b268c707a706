"""`jimin status`: every part of the installation, in words for a person and as JSON for a monitor.

Exit code 0: all well; 1: something to look at; 2: something does not work (also when nothing runs here).
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from jimin.platform.errors import Refusal
from jimin.platform.instance import load_environment, read_note
from jimin.platform.places import var_folder

OK, WARN, BAD = "ok", "warn", "bad"
Check = Callable[[], "Line | None"]
MARKS = {OK: "✓", WARN: "!", BAD: "✗"}
# From when on somebody should look (seconds, or what the name says).
OUTBOX_LATE = 300
BACKUP_LATE_HOURS, BACKUP_BAD_HOURS = 26, 74
CERTIFICATE_WARN_DAYS, CERTIFICATE_BAD_DAYS = 21, 3


@dataclass
class Line:
    """One part: its name, how it is (ok, warn, bad), a sentence, and the figures behind it."""

    name: str
    state: str
    said: str
    values: dict[str, Any] = field(default_factory=dict)


def register(commands: Any) -> None:
    """Add `jimin status`."""
    parser = commands.add_parser("status", help="各部分是否正常：进程、数据库、任务、审计、备份、磁盘、密钥")
    parser.add_argument("--json", action="store_true", help="输出 JSON，给监控用；退出码 0 正常、1 要看、2 不行")
    parser.add_argument("--only", metavar="名字", help="只看一项，如 worker、database、backup")
    parser.set_defaults(run=run, django=False)


def run(arguments: argparse.Namespace) -> int:
    """Say how everything is."""
    lines = list(collect())
    if arguments.only:
        known = "、".join(line.name for line in lines)
        lines = [line for line in lines if line.name == arguments.only]
        if not lines:
            raise Refusal(f"没有“{arguments.only}”这一项，或现在查不到它；现有：{known}。")
    code = 2 if any(line.state == BAD for line in lines) else int(any(line.state == WARN for line in lines))
    if arguments.json:
        checks = {line.name: {k: v for k, v in asdict(line).items() if k != "name"} for line in lines}
        print(json.dumps({"exit_code": code, "checks": checks}, ensure_ascii=False, indent=1))
        return code
    for line in lines:
        print(f"{MARKS[line.state]} {line.said}")
    return code


def collect() -> Iterator[Line]:
    """Every part, in the order in which a person would ask. Without a database only what needs none."""
    processes = _processes()
    yield processes
    load_environment()
    if not os.environ.get("JIMIN_DATABASE_URL"):
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
    import django

    django.setup()
    from jimin.core import health

    problem = health.database()
    yield Line("database", BAD if problem else OK, problem or "数据库有应答。")
    inside: tuple[Check, ...] = (_migrations, _worker, _outbox, _audit)
    for check in (*(() if problem else inside), _backup, _disk, _keys, _certificate):
        yield from _safely(check)


def _safely(check: Check) -> Iterator[Line]:
    """A check that fails is itself a finding; the others go on."""
    try:
        line = check()
    except Exception as fault:
        line = Line(check.__name__.strip("_"), BAD, f"{check.__name__.strip('_')}：查不了（{type(fault).__name__}）。")
    if line is not None:
        yield line


# --- processes and database ---------------------------------------------------------------------------
def _processes() -> Line:
    import psutil

    note = read_note(var_folder())
    pid = int(note.get("pid", 0))
    if not pid or not psutil.pid_exists(pid):
        if os.environ.get("JIMIN_DATABASE_URL"):  # services or containers of one's own look after the processes
            return Line("processes", OK, "不是由 make run 启动的；进程由系统服务或容器看管。")
        return Line("processes", BAD, "没有在运行（not running）。用 make run 启动。")
    children = {name: psutil.pid_exists(child) for name, child in dict(note.get("children", {})).items()}
    gone = [name for name, alive in children.items() if not alive]
    said = f"在运行（running）：进程 {pid}，{note['address']}；" + "、".join(
        f"{name} {note['children'][name]}{'' if alive else ' 不在'}" for name, alive in children.items()
    )
    return Line("processes", BAD if gone else OK, said, {"pid": pid, "address": note["address"], "gone": gone})


def _migrations() -> Line:
    from jimin.core import health

    problem = health.migrations()
    return Line("migrations", BAD if problem else OK, f"{problem}，请 jimin migrate。" if problem else "迁移都做了。")


def _worker() -> Line:
    from jimin.core import health

    problem, silent = health.worker(), health.worker_silent()
    return Line(
        "worker", BAD if problem else OK, f"{problem or f'后台任务 {silent} 秒前有心跳'}。", {"silent_s": silent}
    )


def _outbox() -> Line:
    from jimin.core.events import status

    found = status.counts()
    state = WARN if found["dead"] or found["age_s"] > OUTBOX_LATE else OK
    return Line("outbox", state, "\n".join(status.lines()), found)


def _audit() -> Line:
    """How far the trail is sealed, and anchored in each place."""
    from jimin.core.audit import state

    now = state.state()
    values = {
        "block": now.block.no if now.block else 0,
        "waiting": now.waiting,
        "anchored": {str(p.folder): p.last.block.no if p.last else 0 for p in now.places},
    }
    return Line("audit", OK if now.is_well else WARN, "\n".join(state.lines(now)), values)


# --- around the database ------------------------------------------------------------------------------
def _backup() -> Line:
    from django.conf import settings

    from jimin.platform.backup import state

    known = state.read()
    good, failed = known.get("good"), known.get("failed")
    values = {"good": good, "failed": failed}
    if good is None:
        if failed:
            return Line("backup", BAD, f"备份：从没有成功过；{failed['at']} 失败：{failed['why']}", values)
        return Line(
            "backup",
            OK if settings.JIMIN_DEMO else WARN,
            "备份：还没有做过。用 jimin backup 或设 JIMIN_BACKUP_DIR。",
            values,
        )
    hours = (datetime.now(UTC) - datetime.fromisoformat(good["at"])).total_seconds() / 3600
    said = f"备份：{hours:.1f} 小时前，{good['bytes'] / 1e6:.1f} MB，用时 {good['seconds']} 秒，在 {good['folder']}。"
    later = failed is not None and failed["at"] > good["at"]
    if failed is not None and later:
        said += f"之后失败过：{failed['why']}"
    if good.get("lost"):
        said += f"里面缺 {good['lost']} 份登记过的文件。"
    if good.get("damaged"):
        said += f"以前的备份里有 {good['damaged']} 份文件已损坏，已重新抄；请查磁盘。"
    wrong = later or good.get("lost") or good.get("damaged")
    bad = hours > BACKUP_BAD_HOURS
    return Line("backup", BAD if bad else WARN if hours > BACKUP_LATE_HOURS or wrong else OK, said,
                {**values, "age_hours": round(hours, 2)})  # fmt: skip


def _disk() -> Line:
    from jimin.platform import space

    rooms = space.rooms(space.places())
    worst = BAD if any(room.full for room in rooms) else WARN if any(room.low for room in rooms) else OK
    free = {str(room.path): room.free for room in rooms}
    return Line("disk", worst, "\n".join(room.line() for room in rooms), {"free_bytes": free})


def _keys() -> Line:
    from django.conf import settings

    from jimin.core.secrets.keys import KeyFault, ring

    try:
        found = ring()
    except KeyFault as fault:
        return Line("keys", BAD, f"密钥：{fault}")
    days = (time.time() - Path(settings.JIMIN_KEYS).stat().st_mtime) / 86400
    said = f"密钥：现行 {found.current.id}，共 {len(found.keys)} 把，文件 {days:.0f} 天前改过。"
    return Line(
        "keys", OK, said, {"current": found.current.id, "keys": sorted(found.keys), "file_age_days": round(days, 1)}
    )


def _certificate() -> Line | None:
    """The certificate that people get at the public address; nothing to say while that is not https."""
    from django.conf import settings

    address = urlparse(settings.JIMIN_PUBLIC_URL)
    if address.scheme != "https" or not address.hostname:
        return None
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), timeout=5) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) as secure,
        ):
            until = ssl.cert_time_to_seconds(str((secure.getpeercert() or {})["notAfter"]))
    except (OSError, ssl.SSLError) as fault:
        return Line("certificate", BAD, f"证书：{settings.JIMIN_PUBLIC_URL} 连不上或证书不对（{fault}）。")
    days = (until - time.time()) / 86400
    state = BAD if days < CERTIFICATE_BAD_DAYS else WARN if days < CERTIFICATE_WARN_DAYS else OK
    return Line("certificate", state, f"证书：还有 {days:.0f} 天到期。", {"days_left": round(days, 1)})
