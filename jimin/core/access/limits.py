"""The values of parameters/sign_in.yaml. Read by the settings too, so nothing here needs Django's models."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "parameters" / "sign_in.yaml"
UNITS = {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400}


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def count(name: str) -> int:
    """How many times (or pieces). Raises KeyError for a name the file does not have."""
    return int(_content()[name]["value"])


def seconds(name: str) -> int:
    """How long, in seconds. Raises KeyError for an unknown name or a unit that is no time."""
    entry = _content()[name]
    return int(entry["value"]) * UNITS[entry["unit"]]


def minutes(name: str) -> int:
    """How long, in whole minutes."""
    return seconds(name) // 60


def days(name: str) -> int:
    """How long, in whole days."""
    return seconds(name) // 86400


def required_for(day: date) -> frozenset[str]:
    """The roles that must sign in with a code on a (real) day; none before the first date of the file."""
    dated = {since: roles for since, roles in _content()["required_for"].items() if since <= day}
    return frozenset(dated[max(dated)]) if dated else frozenset()
