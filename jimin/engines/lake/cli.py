"""`jimin lake snapshot | list | verify | drop`: for the administrator and for batch work."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("lake", help="数据湖：去掉姓名和号码的快照")
    verbs = parser.add_subparsers(required=True, metavar="snapshot|list|verify|drop")
    verbs.add_parser("snapshot", help="做一份快照").set_defaults(run=run_snapshot)
    verbs.add_parser("list", help="列出快照").set_defaults(run=run_list)
    verify = verbs.add_parser("verify", help="逐个文件核对；有问题时退出码 1")
    verify.add_argument("name", nargs="?", default="", help="快照名，如 2023-10-10；不写就是最新的")
    verify.set_defaults(run=run_verify)
    drop = verbs.add_parser("drop", help="删除一份快照和它旁边的结果；--old 删除全部过期的")
    drop.add_argument("name", nargs="?", default="", help="快照名")
    drop.add_argument("--old", action="store_true", help="过了保留天数的")
    drop.set_defaults(run=run_drop)


def _refused(error: Exception) -> int:
    print(f"✗ {error}", file=sys.stderr)
    return 2


def run_snapshot(arguments: argparse.Namespace) -> int:
    """Take one."""
    from jimin.core.access import system
    from jimin.engines.lake.actions import TakeSnapshot
    from jimin.engines.lake.pseudonyms import LakeKeyFault
    from jimin.engines.lake.snapshot import LakeFault, find

    began = time.monotonic()
    try:
        made = TakeSnapshot.perform(system.actor())
    except (LakeFault, LakeKeyFault, system.NotInstalled) as error:
        return _refused(error)
    found = find(made["name"])
    for name, part in found.tables.items():
        lost = f"，未带出：{'、'.join(f'{c} {n}' for c, n in part.withheld.items())}" if part.withheld else ""
        print(f"  {name:<16}{part.rows:>12,} 行 {part.bytes / 1e6:>8.1f} MB{lost}")
    print(f"✓ 快照 {found.name}，{made['rows']:,} 行，用时 {time.monotonic() - began:.1f} 秒：{found.folder}")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """A line for each."""
    from jimin.engines.lake.snapshot import LakeFault, snapshots

    try:
        for each in snapshots():
            size = sum(p.bytes for p in each.tables.values())
            print(f"{each.name:<14} {each.taken_at}  {each.rows:>12,} 行 {size / 1e6:>8.1f} MB  密钥 {each.key}")
    except LakeFault as error:
        return _refused(error)
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Hash every file again."""
    from jimin.engines.lake.snapshot import LakeFault, faults, find

    try:
        found = find(arguments.name)
    except LakeFault as error:
        return _refused(error)
    bad = list(faults(found))
    for fault in bad:
        print(f"✗ {fault}", file=sys.stderr)
    if not bad:
        print(f"✓ 快照 {found.name} 完好，{len(found.tables)} 张表，{found.rows:,} 行。")
    return int(bool(bad))


def run_drop(arguments: argparse.Namespace) -> int:
    """Drop one, or all that are past their days."""
    from jimin.core import clock
    from jimin.core.access import system
    from jimin.core.actions.errors import ActionError
    from jimin.engines.lake.actions import DropSnapshot
    from jimin.engines.lake.snapshot import LakeFault, outdated

    if bool(arguments.name) is arguments.old:
        return _refused(ValueError("请写一个快照名，或 --old。"))
    try:
        names = [s.name for s in outdated(clock.business_day())] if arguments.old else [arguments.name]
        for name in names:
            DropSnapshot.perform(system.actor(), {"name": name})
            print(f"已删除快照 {name}。")
    except (ActionError, LakeFault, system.NotInstalled) as error:
        return _refused(error)
    return 0
