"""`jimin calendar due DATE --working-days N`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser("calendar", help="工作日历：算到期日")
    verbs = parser.add_subparsers(required=True, metavar="due")
    due = verbs.add_parser("due", help="从收到之日的次日起数 N 个工作日")
    due.add_argument("date", metavar="DATE", help="收到之日，如 2023-09-27（当日不算）")
    due.add_argument("--working-days", type=int, required=True, metavar="N", help="工作日数")
    due.add_argument("--json", action="store_true", help="输出 JSON")
    due.set_defaults(run=run_due)


def run_due(arguments: argparse.Namespace) -> int:
    """Print the due date; what is not certain is said on the next line. 2: the input is refused."""
    from jimin.core.calendar.api import CalendarFault, add_working_days

    try:
        start = date.fromisoformat(arguments.date)
    except ValueError:
        return _refuse(f"“{arguments.date}”不是日期；请写作 2023-09-27。")
    try:
        due = add_working_days(start, arguments.working_days)
    except (ValueError, CalendarFault) as error:
        return _refuse(str(error))
    if arguments.json:
        print(json.dumps({"date": str(due), "certain": due.certain, "note": due.note}, ensure_ascii=False))
        return 0
    print(due)
    if not due.certain:
        print(f"不确定：{due.note}")
    return 0


def _refuse(message: str) -> int:
    print(f"✗ {message}", file=sys.stderr)
    return 2
