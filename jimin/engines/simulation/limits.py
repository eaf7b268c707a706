"""The values of parameters/simulation.yaml."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from jimin.engines.policy.changes import Bounds
from jimin.engines.policy.units import SCALE, Unit


@lru_cache(maxsize=1)
def limits() -> dict[str, Any]:
    """Each value in the unit the file says."""
    path = Path(__file__).parent / "parameters" / "simulation.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: entry["value"] for name, entry in content["values"].items()}


def bounds() -> Bounds:
    """How far a change may go."""
    given = limits()
    values = {u: (Decimal(given[u][0]), Decimal(given[u][1])) for u in SCALE}
    return Bounds(Decimal(given["percent"]), values)


def edges() -> list[int]:
    """The steps of the distribution, in fen."""
    return [int(e) * SCALE[Unit.MONEY] for e in limits()["edges"]]


def least() -> int:
    """Counts below this are not shown."""
    return int(limits()["least_shown"])
