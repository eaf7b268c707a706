"""`make test`: brings the database and the browser that the tests need, then runs pytest on two processes."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jimin.platform import browser
from jimin.platform.embedded import UNSAFE_AND_FAST, Embedded
from jimin.platform.errors import Refusal
from jimin.platform.places import ROOT

PROCESSES = "2"


def run(var: Path, arguments: list[str]) -> int:
    """pytest's exit code. `arguments` go to pytest as they are."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    began = time.monotonic()
    chromium = find_or_install_browser()
    with _server(var) as url:
        environment = {**os.environ, "JIMIN_TEST_SERVER": url, "JIMIN_CHROMIUM": chromium, "PYTHONPATH": str(ROOT)}
        print(f"测试环境就绪，用时 {time.monotonic() - began:.1f} 秒；浏览器 {chromium}", flush=True)
        chosen = arguments if "-m" in arguments else ["-m", "not slow", *arguments]
        command = [sys.executable, "-m", "pytest", "-n", PROCESSES, *chosen]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@contextmanager
def _server(var: Path) -> Iterator[str]:
    """JIMIN_TEST_SERVER, else a cluster of our own: kept in var/test for its template, or apart if that is in use."""
    if given := os.environ.get("JIMIN_TEST_SERVER"):
        yield given
        return
    folder = var / "test"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "a") as lock:
        apart = None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # another test run
            apart = folder = Path(tempfile.mkdtemp(prefix="jimin-test-"))
        server = Embedded(folder, UNSAFE_AND_FAST)
        try:
            server.start()
            yield server.url()
        finally:
            server.stop()
            if apart:
                shutil.rmtree(apart, ignore_errors=True)


def find_or_install_browser() -> str:
    """A Chromium or Chrome that is there; else Debian's package where we may; else Playwright's own; else a Refusal."""
    if path := browser.find():
        if not os.access(path, os.X_OK):
            raise Refusal(f"JIMIN_CHROMIUM={path} 不是可以运行的浏览器。")
        return path
    tried = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("没有浏览器，正在安装 chromium（apt-get）…", flush=True)
        tried.append("apt-get install chromium")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)
        if path := browser.find():
            return path
    print("正在安装 Playwright 自己的 Chromium …", flush=True)
    tried.append("playwright install chromium")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=subprocess.DEVNULL)
    if path := browser.find():
        return path
    raise Refusal(
        f"没有浏览器，也没装成（试过：{'、'.join(tried)}）。请装 Chromium 或 Chrome，或设 JIMIN_CHROMIUM=/路径，再 make test。"
    )
