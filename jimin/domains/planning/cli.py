"""`jimin plan import FILE --json`: a plan document in, JSON out; no database and no Django."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from jimin.domains.planning.reading import PlanText, Refused, read_plan
from jimin.domains.planning.reading.report import refusal_lines


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `plan import` to the command line; the parsed arguments carry run as `run`."""
    plan = subparsers.add_parser("plan", help="年度工作要点")
    commands = plan.add_subparsers(dest="plan_command", required=True)
    reading = commands.add_parser("import", help="读取要点文件（文本、Word、PDF），列出章、条、指标和成果")
    reading.add_argument("file", metavar="FILE", help="要点文件")
    reading.add_argument("--json", action="store_true", help="结果以 JSON 输出到标准输出")
    reading.add_argument("--out", metavar="PATH", help="结果写入文件而不是标准输出")
    reading.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when read, 2 when the file is refused or cannot be opened (the reason on standard error)."""
    path = Path(args.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        print(f"打不开文件“{path}”：{error.strerror}。请检查路径和读取权限。", file=sys.stderr)
        return 2
    try:
        plan = read_plan(data, path.name)
    except Refused as refused:
        print("\n".join(refusal_lines(refused)), file=sys.stderr)
        return 2
    result = json.dumps(plan.to_json(), ensure_ascii=False, indent=2) if args.json else _summary(plan)
    if args.out:
        try:
            Path(args.out).write_text(result + "\n", encoding="utf-8")
        except OSError as error:
            print(f"写不了文件“{args.out}”：{error.strerror}。请换一个可写的位置。", file=sys.stderr)
            return 2
    else:
        print(result)
    return 0


def _summary(plan: PlanText) -> str:
    unsure = len(plan.doubts) + sum(target.confidence == "doubt" for target in plan.targets)
    unsure += sum(deliverable.confidence == "doubt" for deliverable in plan.deliverables)
    return (
        f"{plan.title}（{plan.document_no or '无文号'}）：{len(plan.chapters)} 章，{len(plan.points)} 条，"
        f"指标 {len(plan.targets)} 个，成果 {len(plan.deliverables)} 项，待确认 {unsure} 处。加 --json 输出全部内容。"
    )
