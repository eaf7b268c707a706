"""`jimin check id|uscc VALUE…`: is each value well formed, and if not, why. The keys' commands are in keys_cli."""

from __future__ import annotations

import argparse
import json
from typing import Any

from jimin.core.secrets import keys_cli, numbers
from jimin.core.secrets.numbers import BadNumber

CHECKS = {"id": numbers.id_number, "uscc": numbers.uscc}


def register(subparsers: Any) -> None:
    """Add the commands."""
    keys_cli.register(subparsers)
    parser = subparsers.add_parser("check", help="核对身份证号或统一社会信用代码的写法和校验位")
    parser.add_argument("kind", choices=sorted(CHECKS), help="id：身份证号；uscc：统一社会信用代码")
    parser.add_argument("values", nargs="+", metavar="VALUE")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Print a line for each value. Exit code 1 when one is wrong."""
    results = [examine(arguments.kind, value) for value in arguments.values]
    if arguments.json:
        print(json.dumps(results, ensure_ascii=False))
    else:
        for result in results:
            said = result["normalised"] if result["valid"] else result["error"]
            print(f"{'✓' if result['valid'] else '✗'} {result['value']}  {said}")
    return 0 if all(r["valid"] for r in results) else 1


def examine(kind: str, value: str) -> dict[str, Any]:
    """value, valid, and either normalised (and what an id says) or error."""
    try:
        normalised = CHECKS[kind](value)
    except BadNumber as error:
        return {"value": value, "valid": False, "error": str(error)}
    result: dict[str, Any] = {"value": value, "valid": True, "normalised": normalised}
    if kind == "id":
        said = numbers.citizen(value)
        result |= {"birth": said.birth.isoformat(), "sex": "女" if said.female else "男", "area": said.area}
    return result
