"""The last net under the logs: what looks like somebody's number is hidden in every line, tracebacks included.

Nothing that the product logs holds one; but an address that somebody typed, or a library's exception, may.
"""

from __future__ import annotations

import logging
import re

#: 15 to 19 digits in a row (ids, bank cards; the last of an id may be X), and mobile phones. Division codes have 12.
NUMBERS = re.compile(r"(?<!\d)(?:\d{15,19}(?!\d)|\d{17}[Xx]|1[3-9]\d{9}(?!\d))")


def hidden(text: str) -> str:
    """The text with the middle of such numbers replaced by stars."""
    return NUMBERS.sub(lambda m: f"{m[0][:3]}{'*' * (len(m[0]) - 5)}{m[0][-2:]}", text)


class Formatter(logging.Formatter):
    """Formats as usual, then hides."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return hidden(super().format(record))
