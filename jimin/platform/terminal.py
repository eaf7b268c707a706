"""What the person at the terminal sees: numbered steps with their seconds, then a few lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WIDTH = 22


class Progress:
    """The line of one step."""

    def __init__(self, head: str) -> None:
        self.head, self.start, self.note = head, time.monotonic(), ""
        self.live = sys.stdout.isatty()

    def tick(self, line: str = "") -> None:
        """Show the seconds, and the last thing the step said (on a terminal)."""
        if self.live:
            self._write(f"… {time.monotonic() - self.start:.0f} s  {line[:60]}")

    def skipped(self) -> None:
        """Nothing had to be done."""
        self.note = "（没有变化 unchanged）"

    def done(self) -> None:
        """The final line."""
        text = f"{time.monotonic() - self.start:5.1f} s {self.note}"
        if self.live:
            self._write(text)
            tell()
        else:
            tell(self.head + text)

    def _write(self, text: str) -> None:
        tell(f"\r\033[K{self.head}{text}", end="")


def tell(text: str = "", end: str = "\n") -> None:
    """Print; a terminal that is gone or a full disk behind it must not end what is running."""
    with suppress(OSError):
        print(text, end=end, flush=True)


class Terminal:
    """Numbers the steps."""

    def __init__(self) -> None:
        self.number, self.open = 0, False

    @contextmanager
    def step(self, title: str) -> Iterator[Progress]:
        """A step; its line is closed with its seconds, or left behind by an error."""
        self.number += 1
        progress = Progress(f"{self.number}. {title:<{WIDTH}}")
        progress.tick()
        try:
            yield progress
        except BaseException:
            if progress.live:
                tell()
            raise
        progress.done()

    def say(self, text: str = "") -> None:
        """A line of its own."""
        tell(text)
