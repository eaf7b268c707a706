"""`jimin audit seal | anchor | verify`: for the administrator, the auditor and a stranger with the anchors."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

SHOWN = 20  # further faults are counted, not listed


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("audit", help="审计记录：封存、锚定、核验")
    verbs = parser.add_subparsers(required=True, metavar="seal|anchor|verify")
    seal = verbs.add_parser("seal", help="把已提交的审计记录封存成区块")
    seal.set_defaults(run=run_seal)
    anchor = verbs.add_parser("anchor", help="把新区块写到库外的锚定文件")
    anchor.add_argument("--list", action="store_true", help="列出已有的锚定")
    anchor.set_defaults(run=run_anchor)
    verify = verbs.add_parser("verify", help="核验审计记录；有问题时指出记录编号，退出码 1")
    verify.add_argument("--since", type=int, default=0, metavar="ANCHOR", help="从这个已锚定的区块号开始（默认全部）")
    verify.add_argument("--json", action="store_true", help="输出 JSON")
    verify.set_defaults(run=run_verify)


def run_seal(arguments: argparse.Namespace) -> int:
    """Seal what can be sealed now."""
    from jimin.core.audit.seal import seal

    print(f"已封存 {seal()} 条审计记录。")
    return 0


def run_anchor(arguments: argparse.Namespace) -> int:
    """Anchor new blocks, or list the anchors."""
    from jimin.core.audit.anchor import anchor, anchors, folder

    if arguments.list:
        for a in anchors():
            print(f"{a.block.no:>8}  {a.at}  {a.block.n:>6} 条  {a.block.hash.hex()}")
        return 0
    print(f"已锚定 {anchor()} 个区块，在 {folder()}。")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify; exit code 1 and the first bad row when something is not as it was sealed, 2 when it cannot be checked."""
    from jimin.core.audit.anchor import AnchorFault
    from jimin.core.audit.verify import verify

    began = time.monotonic()
    try:
        report = verify(arguments.since)
    except (AnchorFault, LookupError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1 if isinstance(error, AnchorFault) else 2
    seconds = time.monotonic() - began
    numbers = {n: getattr(report, n) for n in ("rows", "blocks", "anchored", "waiting")}
    if arguments.json:
        faults = [{"what": f.what, "block": f.block, "id": f.id, "said": str(f)} for f in report.faults]
        first = report.first.id if report.first else None
        print(json.dumps({**numbers, "seconds": round(seconds, 2), "first_bad_row": first, "faults": faults}))
        return 1 if report.faults else 0
    print("核验 {rows} 条、{blocks} 个区块（已锚定 {anchored} 个），尚未封存 {waiting} 条，".format(**numbers), end="")
    print(f"用时 {seconds:.1f} 秒。")
    if report.first is None:
        print("✓ 没有发现改动。")
        return 0
    print(f"✗ 第一条有问题的：{report.first}。")
    others = [f for f in report.faults if f is not report.first]
    for fault in others[:SHOWN]:
        print(f"  另：{fault}。")
    if len(others) > SHOWN:
        print(f"  另有 {len(others) - SHOWN} 处。")
    return 1
