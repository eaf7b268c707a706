"""`jimin files sweep | verify`: for the administrator."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("files", help="文件：清理、核验")
    verbs = parser.add_subparsers(required=True, metavar="sweep|verify")
    for name, text, run in (
        ("sweep", "清理没有登记的内容", run_sweep),
        ("verify", "逐份打开核对；有打不开的列出，退出码 1", run_verify),
    ):
        verbs.add_parser(name, help=text, description=text).set_defaults(run=run)


def run_sweep(arguments: argparse.Namespace) -> int:
    """Remove contents without a row."""
    from jimin.core.files.blobs import sweep

    print(f"已清理 {sweep()} 份没有登记的内容。")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Open every file to its end."""
    from jimin.core.files import blobs
    from jimin.core.files.models import StoredFile

    count = faults = 0
    for sha256 in StoredFile.objects.order_by("sha256").values_list("sha256", flat=True).distinct().iterator():
        count += 1
        try:
            for _chunk in blobs.get(sha256):
                pass
        except blobs.StorageFault as fault:
            faults += 1
            print(f"✗ {fault.message}", file=sys.stderr)
    print(f"核对 {count} 份，{faults} 份打不开。")
    return 1 if faults else 0
