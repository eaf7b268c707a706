"""Which rules and which numbers an answer stands on: kept with it, so that it can be given again years later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from jimin.engines.policy.law import InForce, Variable
from jimin.engines.policy.units import give
from jimin.engines.policy.values import Value


def stands_on(law: InForce, outputs: Sequence[str]) -> list[Variable]:
    """Every formula that the outputs need, in the order of their dependence."""
    needed = set().union(*(law.used_by(name) for name in outputs)) if outputs else set(law.variables)
    return [v for v in law.variables.values() if v.name in needed]


def rules_version(variables: Iterable[Variable]) -> str:
    """A digest of the formulas as they are computed: another wording of the same graph is the same version."""
    told = [
        [v.name, v.row, str(v.unit), _plain(v.node), [[g.words, str(g.cite)] for g in v.grounds]] for v in variables
    ]
    return _digest(sorted(told))


def numbers(law: InForce, variables: Iterable[Variable]) -> list[dict[str, Any]]:
    """The parameters that the formulas use, each with its values in force on the law's day, their places and sources."""
    paths = sorted({path for v in variables for path in law.parameters_of(v.name)})
    told = []
    for path in paths:
        parameter = law.parameters.items[path]
        values = [
            {
                "value": None if v.value is None else str(give(parameter.unit, v.value)),
                "since": v.since.isoformat(),
                "division": v.division,
                "area": v.area,
                "source": str(v.cite),
                "verified": v.verified,
            }
            for v in parameter.ranked(law.day)
        ]
        told.append({"parameter": path, "title": parameter.title, "values": values})
    return told


def numbers_version(told: list[dict[str, Any]]) -> str:
    """A digest of the values, whatever is said about their source."""
    return _digest([[t["parameter"], [[v["division"], v["area"], v["value"]] for v in t["values"]]] for t in told])


def _plain(node: Any) -> Any:
    if isinstance(node, Value):
        return [node.op, str(node.unit), node.row, [_plain(a) for a in node.args]]
    return list(node) if isinstance(node, tuple) else node


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
