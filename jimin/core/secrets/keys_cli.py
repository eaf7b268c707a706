"""`jimin keys list | add | rotate | drop`: for the administrator of the installation."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jimin.core.access.scope import Actor
    from jimin.core.secrets.holders import Counts


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("keys", help="密钥：列出、增加、换用、删除")
    verbs = parser.add_subparsers(required=True, metavar="list|add|rotate|drop")
    for name, text, run in (
        ("list", "每把密钥何时起用，各类号码和文件还有多少在用它", run_list),
        ("add", "增加一把新密钥，以后的都用它", run_add),
        ("rotate", "把旧密钥的号码和文件换成现行密钥；可以随时中断，再运行就接着做", run_rotate),
        ("drop", "删除一把旧密钥；还有在用的就拒绝", run_drop),
    ):
        verb = verbs.add_parser(name, help=text, description=text)
        verb.set_defaults(run=_said(run))
        if name == "rotate":
            verb.add_argument("--batch", type=int, default=0, metavar="N", help="一个事务多少行（文件：多少份）")
        if name == "drop":
            verb.add_argument("key", type=int, metavar="编号")


def _said(run: Any) -> Any:
    """A refusal is a message and exit code 2, not a traceback."""

    def said(arguments: argparse.Namespace) -> int:
        from jimin.core.access.system import NotInstalled
        from jimin.core.actions.errors import ActionError
        from jimin.core.secrets.keys import KeyFault

        try:
            return int(run(arguments))
        except (ActionError, KeyFault, NotInstalled) as error:
            print(f"✗ {error} {getattr(error, 'next_step', '')}".rstrip(), file=sys.stderr)
            return 2

    return said


def run_list(arguments: argparse.Namespace) -> int:
    """Print each key and what is under it."""
    from jimin.core.access import system
    from jimin.core.secrets.keys import ring

    found = count(system.actor())
    now = ring()
    for number, key in sorted(now.keys.items()):
        since = f"{key.since:%Y-%m-%d %H:%M}" if key.since else "（未记）"
        print(f"密钥 {number}  {since} 起{'  现行' if key is now.current else ''}")
        under = {name: by[number] for name, by in found.items() if by.get(number)}
        for name, n in under.items():
            print(f"    {n:>10,}  {name}")
        if not under:
            print("             没有在用的")
    gone = {name: {k: n for k, n in by.items() if k not in now.keys} for name, by in found.items()}
    for name, by in gone.items():
        for number, n in by.items():
            why = f"用的是密钥 {number}，不在密钥文件里；请从备份恢复密钥文件" if number else "已损坏，请从备份恢复"
            print(f"✗ {name} 有 {n:,} 个{why}。", file=sys.stderr)
    return 1 if any(gone.values()) else 0


def run_add(arguments: argparse.Namespace) -> int:
    """Add a key."""
    from django.conf import settings

    from jimin.core.access import system
    from jimin.core.secrets.actions import AddKey

    number = AddKey.perform(system.actor())["key"]
    print(f"已增加密钥 {number}，从现在起用它。请马上另外备份 {settings.JIMIN_KEYS}，再运行 jimin keys rotate。")
    return 0


def run_rotate(arguments: argparse.Namespace) -> int:
    """Bring everything under the current key. Exit code 1 when something is left."""
    from jimin.core.access import system
    from jimin.core.secrets.keys import ring
    from jimin.core.secrets.limits import limits

    actor, bad, moved = system.actor(), set[str](), 1
    for _number in range(limits()["passes"]):
        left = behind(count(actor), ring().current.id)
        if not left:
            print(f"✓ 全部号码和文件都在用密钥 {ring().current.id}。")
            return 0
        if not moved:  # the last pass moved nothing: what is left does not open, or somebody holds it
            break
        moved = one_pass(actor, arguments.batch, sum(left.values()), bad)
    for fault in sorted(bad):
        print(f"✗ {fault}", file=sys.stderr)
    listed = "、".join(f"{name} {n}" for name, n in behind(count(actor), ring().current.id).items())
    print(f"✗ 还有没换的：{listed}。打不开的请从备份核对；正被修改的请稍后再运行一次。", file=sys.stderr)
    return 1


def run_drop(arguments: argparse.Namespace) -> int:
    """Drop a key."""
    from jimin.core.access import system
    from jimin.core.secrets.actions import DropKey

    DropKey.perform(system.actor(), {"key": arguments.key})
    print(f"已删除密钥 {arguments.key}。它的旧备份要留到用它的数据库备份过期为止。")
    return 0


def count(actor: Actor) -> Counts:
    """How many values of each place are under each key."""
    from jimin.core.access.scope import working_as
    from jimin.core.secrets import holders

    with working_as(actor):
        return {name: by for holder in holders.all_holders() for name, by in holder.counts().items()}


def behind(found: Counts, current: int) -> dict[str, int]:
    """How many values of each place are not under the current key."""
    sums = {name: sum(n for key, n in by.items() if key != current) for name, by in found.items()}
    return {name: n for name, n in sums.items() if n}


def one_pass(actor: Actor, size: int, total: int, bad: set[str]) -> int:
    """Every holder from its cursor to its end, a transaction a batch. Returns how many rows and files were moved."""
    from jimin.core.secrets import holders
    from jimin.core.secrets.actions import Reseal

    began, moved = time.monotonic(), 0
    for holder in holders.all_holders():
        while True:
            result = Reseal.perform(actor, {"holder": holder.name, "size": size})
            moved += result["done"]
            bad.update(result["bad"])
            if result["done"]:
                rate = moved / max(time.monotonic() - began, 0.001)
                print(f"{holder.name}：已换 {moved:,}（开始时有 {total:,} 个待换），每秒 {rate:,.0f}", flush=True)
            if result["end"]:
                break
    return moved
