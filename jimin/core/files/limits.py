"""The limits of parameters/files.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

MB = 1024 * 1024


@lru_cache(maxsize=1)
def limits() -> dict[str, int]:
    """Each limit in the unit its name says."""
    path = Path(__file__).parent / "parameters" / "files.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: int(entry["value"]) for name, entry in content.items()}
