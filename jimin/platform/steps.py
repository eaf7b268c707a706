"""What happens to a database before the pages start: migrations, pack, demo; each again only when its sources changed."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from jimin.platform import processes
from jimin.platform.backup import adopt
from jimin.platform.databases import Connection, Logins
from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance
from jimin.platform.places import ROOT
from jimin.platform.terminal import Terminal

# Which step was done with which sources; in the database itself, so it goes wherever the data goes.
LEDGER = """CREATE TABLE IF NOT EXISTS jimin_setup
    (step text PRIMARY KEY, digest text NOT NULL, done_at timestamptz NOT NULL DEFAULT now())"""


@dataclass(frozen=True)
class Step:
    """One command, run when `sources` differ from the last time."""

    name: str
    title: str
    command: tuple[str, ...]
    sources: str
    as_owner: bool = False
    once: bool = False  # what was made once stays as it is, whatever its sources say now
    note: str = ""  # what to tell when they say something else


KEPT = (
    "演示数据是旧版本生成的，您改过的内容都保留着；要按新版本重新生成：make fresh-demo"
    "（the demo data are of an older version and kept; make fresh-demo makes them anew）"
)


def run_all(instance: Instance, logins: Logins, commands: set[str], terminal: Terminal) -> None:
    """Bring the database up to the code and the pack. `commands`: the first words the command line knows."""
    environment = instance.environment(logins.app)
    with psycopg.connect(logins.owner, autocommit=True) as owner:
        owner.execute(LEDGER)
        _same_mode(owner, instance.demo)
        adopt.adopt(owner)
        done = {str(name): str(digest) for name, digest in owner.execute("SELECT step, digest FROM jimin_setup")}
        for step in _steps(instance):
            if step.command[0] not in commands:
                continue
            if step.once and done.get(step.name, step.sources) != step.sources:
                terminal.say(f"   {step.note}")
            with terminal.step(step.title) as progress:
                if done.get(step.name) == step.sources or (step.once and step.name in done):
                    progress.skipped()
                    continue
                more = {"JIMIN_OWNER_DATABASE_URL": logins.owner} if step.as_owner else {}
                _run(step, {**environment, **more}, instance.var / "log" / f"{step.name}.log", progress.tick)
                _record(owner, step.name, step.sources)


def _steps(instance: Instance) -> list[Step]:
    code = sorted((ROOT / "jimin").rglob("*.py"))
    migrations = [f for f in code if f.parent.name == "migrations" or f.parent.name == "platform"]
    pack = sorted(f for f in instance.pack.rglob("*") if f.is_file())
    demo = [f for f in code if "demo" in f.name or "demo" in f.parent.name]
    locks = [ROOT / "requirements.lock"]
    steps = [
        Step("migrate", "迁移 migrations", ("migrate",), digest([*migrations, *_models(code), *locks]), as_owner=True),
        Step("pack", "资料包 pack", ("pack", "load"), digest([*pack, *code])),
    ]
    if instance.demo:
        steps.append(Step("demo", "演示 demo", ("demo", "build"), digest([*pack, *demo]), once=True, note=KEPT))
    return steps


def _models(code: list[Path]) -> list[Path]:
    # Grants follow what models say (append_only, deletable).
    return [f for f in code if f.name == "models.py" or f.parent.name == "models"]


def digest(files: Iterable[Path]) -> str:
    """One value for names and contents of files."""
    found = hashlib.sha256()
    for file in sorted(set(files)):
        if file.exists():
            found.update(f"{os.path.relpath(file, ROOT)} {file.stat().st_size} ".encode() + file.read_bytes())
    return found.hexdigest()


def _same_mode(owner: Connection, demo: bool) -> None:
    """Demo data and real work never share a database."""
    mode = "demo" if demo else "real"
    known = owner.execute("SELECT digest FROM jimin_setup WHERE step = 'mode'").fetchone()
    if known is None:
        _record(owner, "mode", mode)
    elif known[0] != mode:
        raise Refusal(
            "这个库里是演示数据，不能当正式库用。请换一个库（DATABASE_URL=…），或去掉 JIMIN_DEMO=0。"
            if known[0] == "demo"
            else "这个库是正式库，不能放演示数据。请设 JIMIN_DEMO=0，或换一个库（DATABASE_URL=…）。"
        )


def _record(owner: Connection, name: str, value: str) -> None:
    owner.execute(
        "INSERT INTO jimin_setup (step, digest) VALUES (%s, %s)"
        " ON CONFLICT (step) DO UPDATE SET digest = excluded.digest, done_at = now()",
        [name, value],
    )


def _run(step: Step, environment: dict[str, str], log: Path, tick: Callable[[str], None]) -> None:
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "jimin", *step.command]
    process = processes.spawn(command, log=log, env=environment, cwd=str(ROOT))
    try:
        while process.poll() is None:
            time.sleep(0.1)
            tick(_last_line(log))
    finally:
        processes.stop(process, steps=[(signal.SIGTERM, 5)])
    if process.returncode:
        raise Refusal(f"“{step.title}”没有完成：{_last_line(log).rstrip('。') or '没有输出'}。完整记录在 {log}。")


def _last_line(log: Path) -> str:
    try:
        lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    except FileNotFoundError:
        return ""
    return lines[-1].strip() if lines else ""
