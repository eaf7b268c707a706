"""The domain's parameters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "parameters" / "noticeboards.yaml"


@lru_cache(maxsize=1)
def check_days() -> int:
    """Within how many working days a board has to be checked again."""
    return int(yaml.safe_load(FILE.read_text("utf-8"))["values"]["check_days"]["value"])
