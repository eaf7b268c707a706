"""`make run` as a person would: it starts, its pages answer, Ctrl-C leaves nothing. Exit code 1 when it does not."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.platform.harness import Run

PAGES = ("/", "/console/signin/")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="jimin smoke ") as folder:
        Path(folder).chmod(0o755)
        for number, title in enumerate(("first", "second"), 1):
            began = time.monotonic()
            run = Run(
                Path(folder) / "var",
                None,
                ["make", "run"],
                JIMIN_DEMO="1",
                JIMIN_LIVE_APP="jimin.sites.live.asgi:application",
            )
            try:
                run.ready(600)
                print(f"{title} start: {time.monotonic() - began:.1f} s")
                answers = {page: run.get(page) for page in PAGES}
                print(f"pages: {answers}")
                assert set(answers.values()) == {200}, run.output
                supervisor = run.note["pid"]
            finally:
                stopped = run.stop(signal.SIGTERM) if number == 2 else interrupt(run)
            print(f"stopped in {stopped:.1f} s; process {supervisor} and its children are gone")
            run.nothing_left(2)
    return 0


def interrupt(run: Run) -> float:
    """A Ctrl-C reaches the whole foreground group: make and the supervisor."""
    import os

    if run.process.poll() is None:
        os.killpg(run.process.pid, signal.SIGINT)
    began = time.monotonic()
    run.process.wait(60)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
