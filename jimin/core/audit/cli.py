"""`jimin audit seal | anchor | verify | export`: for the administrator, the auditor and a stranger with the anchors.

Exit codes of verify: 0 nothing changed; 1 something was changed (the first bad row is named); 2 cannot be checked;
3 nothing was found changed, but a part is not guaranteed (anchors missing, late or damaged) or not explained.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

SHOWN = 10  # further faults are counted, not listed


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("audit", help="审计记录：封存、锚定、核验、导出核验包")
    verbs = parser.add_subparsers(required=True, metavar="seal|anchor|verify|export")
    seal = verbs.add_parser("seal", help="把已提交的审计记录封存成区块")
    seal.set_defaults(run=run_seal)
    anchor = verbs.add_parser("anchor", help="把新区块写到库外的锚定文件")
    anchor.add_argument("--list", action="store_true", help="列出已有的锚定")
    anchor.set_defaults(run=run_anchor)
    verify = verbs.add_parser(
        "verify",
        help="核验审计记录，指出第一条有问题的",
        epilog="退出码：0 没有发现改动；1 有改动；2 核验不了；3 没有发现改动，但锚定有缺口或有说不清的地方。",
    )
    verify.add_argument("--since", type=int, default=0, metavar="区块", help="从这个已锚定的区块号开始（默认全部）")
    verify.add_argument(
        "--anchors", type=Path, action="append", metavar="目录", help="用这里的锚定文件（可写几次；默认用配置的各处）"
    )
    verify.add_argument("--json", action="store_true", help="输出 JSON")
    verify.set_defaults(run=run_verify)
    export = verbs.add_parser("export", help="导出核验包：外人不用本系统也能核验")
    export.add_argument("file", type=Path, metavar="文件.zip")
    export.add_argument("--since", type=int, default=1, metavar="区块", help="从这个区块号开始（默认全部）")
    export.set_defaults(run=run_export)


def run_seal(arguments: argparse.Namespace) -> int:
    """Seal what can be sealed now."""
    from jimin.core.audit.seal import seal

    print(f"已封存 {seal()} 条审计记录。")
    return 0


def run_anchor(arguments: argparse.Namespace) -> int:
    """Anchor new blocks, or list the anchors."""
    from jimin.core.audit.anchor import AnchorFault, anchor, folder, places, read

    if not arguments.list:
        try:
            print(f"已锚定 {anchor()} 个区块，在 {folder()}。")
        except AnchorFault as fault:
            print(f"✗ {fault}", file=sys.stderr)
            return 1
        return 0
    for place in places():
        print(place)
        for a in read(place):
            text = f"✗ {a}" if isinstance(a, AnchorFault) else f"{a.block.no:>8}  {a.at}  {a.block.n:>6} 条  {a.block.hash.hex()}"  # fmt: skip
            print(f"  {text}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify; the exit codes are those of this module's head."""
    from jimin.core.audit.verify import verify

    began = time.monotonic()
    try:
        report = verify(arguments.since, arguments.anchors)
    except LookupError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    seconds = time.monotonic() - began
    if arguments.json:
        print(json.dumps(as_json(report, seconds), ensure_ascii=False))
    else:
        say(report, seconds)
    return report.exit_code


def as_json(report: Any, seconds: float) -> dict[str, Any]:
    """A report as plain values."""
    numbers = {n: getattr(report, n) for n in ("rows", "blocks", "anchored", "waiting", "found")}
    return {
        **numbers,
        "seconds": round(seconds, 2),
        "exit_code": report.exit_code,
        "first_bad_row": report.first.id if report.first else None,
        "faults": [_fault(f) for f in report.faults],
        "doubts": [_fault(f) for f in report.doubts],
        "notes": report.notes,
        "next_step": report.next_step,
    }


def _fault(fault: Any) -> dict[str, Any]:
    return {"what": fault.what, "block": fault.block, "id": fault.id, "said": str(fault)}


def say(report: Any, seconds: float) -> None:
    """A report in words: the first bad row with who, when and what, the others, what to do next."""
    from jimin.core.audit.faults import about

    print(f"核验 {report.rows} 条、{report.blocks} 个区块（已锚定 {report.anchored} 个），", end="")
    print(f"尚未封存 {report.waiting} 条，用时 {seconds:.1f} 秒。")
    first = report.first
    if not report.faults:
        print("✓ 没有发现改动。")
    else:
        print(f"✗ 第一条有问题的：{first}。")
        for line in about(first):
            print(f"   {line}。")
    listed = [f for f in report.faults if f is not first]
    for fault in listed[:SHOWN]:
        print(f"  另：{fault}。")
    if report.found - 1 > SHOWN:
        print(f"  另有 {report.found - 1 - SHOWN} 处。")
    for doubt in report.doubts[:SHOWN]:
        print(f"△ {doubt}。")
        for line in about(doubt) if doubt is first else ():
            print(f"   {line}。")
    if len(report.doubts) > SHOWN:
        print(f"△ 另有 {len(report.doubts) - SHOWN} 处要查明。")
    for note in report.notes:
        print(f"· {note}。")
    if report.next_step:
        print(f"下一步：{report.next_step}")


def run_export(arguments: argparse.Namespace) -> int:
    """Write a bundle."""
    from jimin.core.audit.bundle import write_bundle

    with open(arguments.file, "wb") as out:
        rows, blocks = write_bundle(out, arguments.since)
    print(f"已导出 {rows} 条、{blocks} 个区块到 {arguments.file}。解开后运行：python3 check.py")
    return 0
