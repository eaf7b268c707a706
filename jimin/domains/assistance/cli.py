"""`jimin assistance invent`: households for trying and measuring, which nobody is."""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser("assistance", help="社会救助：编造的家庭，供试用和测速")
    verbs = parser.add_subparsers(required=True, metavar="invent")
    invent = verbs.add_parser(
        "invent", help="编造若干户，写成 households.parquet 和 persons.parquet（分布见 synthetic.yaml）"
    )
    invent.add_argument("folder", type=Path, metavar="目录")
    invent.add_argument("--households", type=int, required=True, help="多少户")
    invent.add_argument("--division", action="append", required=True, help="六位县级代码，可多次")
    invent.add_argument("--on", type=date.fromisoformat, required=True, metavar="DATE", help="年龄算到哪一天")
    invent.add_argument("--seed", type=int, default=1, help="同一个数，同样的户")
    invent.set_defaults(run=run_invent, django=False)


def run_invent(arguments: argparse.Namespace) -> int:
    """Write the two files."""
    from jimin.domains.assistance import synthetic

    began = time.monotonic()
    people = synthetic.write(arguments.folder, arguments.households, arguments.division, arguments.on, arguments.seed)
    print(
        f"✓ {arguments.households:,} 户，{people:,} 人，都是编的，用时 {time.monotonic() - began:.1f} 秒：{arguments.folder}"
    )
    return 0
