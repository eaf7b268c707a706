"""The values of parameters/lake.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml


@lru_cache(maxsize=1)
def limits() -> dict[str, int]:
    """Each value in the unit the file says."""
    path = Path(__file__).parent / "parameters" / "lake.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: int(entry["value"]) for name, entry in content.items()}
