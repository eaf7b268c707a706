"""The domain's parameters: dated values with their source, read from the YAML files beside this one."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml


@lru_cache(maxsize=1)
def _table() -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "source" not in content:
            raise ValueError(f"{path.name} 没有写 source（出处）；每个参数文件必须有出处。")
        for name, entry in content.get("values", {}).items():
            if name in found:
                raise ValueError(f"参数“{name}”在 {path.name} 里又写了一次；一个参数只能在一个文件里。")
            found[name] = Decimal(str(entry["value"]))
    return found


def number(name: str) -> Decimal:
    """A parameter's value. Raises LookupError with the known names."""
    try:
        return _table()[name]
    except KeyError:
        raise LookupError(f"没有参数“{name}”；已有 {'、'.join(sorted(_table()))}。") from None
