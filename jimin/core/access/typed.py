"""What somebody typed as an account name, fit to be kept by django-axes.

People type an id number or a phone into the wrong box. Wrong tries are counted under the name that was typed, so such a
name is counted under a stand-in: the same for the same number, and of no use without the installation's keys.
"""

from __future__ import annotations

import re

from jimin.core.secrets import cipher, numbers


def stand_in(username: str) -> str:
    """The name itself, or the stand-in of one that holds a number of 11 digits or more."""
    if not re.search(r"\d{11}", numbers.plain(username)):
        return username
    return f"~{cipher.token('name', username).partition('.')[2][:16]}"
