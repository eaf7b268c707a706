"""`jimin indicators check`: prove that every stored figure equals the rows behind it."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from typing import Any


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser("indicators", help="指标：核对存数与背后的记录")
    verbs = parser.add_subparsers(required=True, metavar="check")
    check = verbs.add_parser("check", help="逐项逐单位核对；有不符时退出码 1")
    check.add_argument("--period", metavar="年-月", default="", help="核对到哪个月，如 2023-09；不写就是本月")
    check.set_defaults(run=run_check)


def month_of(text: str) -> date:
    """The first day of a month written 2023-09. Raises ValueError saying what is allowed."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if found is None:
        raise ValueError(f"“{text}”不是月份；请写成 年-月，如 2023-09。")
    return date(int(found[1]), int(found[2]), 1)


def run_check(arguments: argparse.Namespace) -> int:
    """0 when all agree, 1 with a line for each figure that does not, 2 for a period that cannot be read."""
    from jimin.core import clock
    from jimin.engines.indicators import api
    from jimin.engines.indicators.models import Indicator

    try:
        period = month_of(arguments.period) if arguments.period else clock.business_day().replace(day=1)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    wrong = api.check(period)
    for m in wrong:
        print(
            f"{m.indicator} · {m.unit} · {m.period:%Y-%m}：存数 {m.stored.normalize():f}，"
            f"背后的记录合计 {m.behind.normalize():f}。",
            file=sys.stderr,
        )
    if wrong:
        print(f"有 {len(wrong)} 处不符；请查明记录为何未经办理动作而改变。", file=sys.stderr)
        return 1
    print(f"{period:%Y-%m}：{Indicator.objects.count()} 个指标的存数与背后的记录全部相符。")
    return 0
