"""`jimin policy province`: everybody of a snapshot, or of two Parquet files, in one pass."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jimin.engines.policy.law import InForce
    from jimin.engines.policy.programmes import Domain
    from jimin.engines.policy.province import Count

SHOWN = 3  # grounds of each decision


def register(verbs: Any) -> None:
    """Add the command."""
    parser = verbs.add_parser("province", help="全省一遍：快照里（或两个 Parquet 文件里）的每一户、每个人")
    parser.add_argument("--domain", required=True, help="规则，如 assistance")
    parser.add_argument("--item", action="append", help="只算这个事项（可多次），如 assistance.dibao；不写就是全部")
    parser.add_argument("--on", metavar="DATE", help="按哪一天的法；不写就是快照那一天")
    parser.add_argument("--parameters", type=Path, metavar="FILE", help="本地确定的参数（YAML）")
    parser.add_argument("--snapshot", default="", metavar="NAME", help="快照名；不写就是最新的")
    parser.add_argument(
        "--facts", type=Path, metavar="DIR", help="不读快照，读这里的 households.parquet、persons.parquet"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="结果放哪里（新目录）；不写就在快照旁边")
    parser.add_argument("--why", type=int, metavar="编号", help="不算全省，只说这一户的全部理由和缺什么")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The counts of each decision; the rows are in the files. 2: what was given cannot be used."""
    from jimin.engines.policy.cli import refusing

    return refusing(_lines(arguments))


def _lines(arguments: argparse.Namespace) -> Iterator[str]:
    from jimin.engines.lake.snapshot import LakeFault, find
    from jimin.engines.policy import parameters, programmes, province
    from jimin.engines.policy.errors import RuleError

    domain = programmes.DOMAINS.get(arguments.domain)
    if domain is None:
        raise RuleError(f"没有规则“{arguments.domain}”", allowed="、".join(sorted(programmes.DOMAINS)))
    try:
        snapshot = None if arguments.facts else find(arguments.snapshot)
    except LakeFault as fault:
        raise RuleError(str(fault).rstrip("。")) from None
    day = _day(arguments.on) if arguments.on else snapshot.day if snapshot else None
    if day is None:
        raise RuleError("没有说按哪一天的法", allowed="--on 2023-03-06")
    numbers = programmes.national(domain.name)
    if arguments.parameters:
        numbers = parameters.extend(numbers, arguments.parameters, programmes.all_texts())
    law = programmes.in_force(domain.name, day, numbers)
    pairs = _pairs(domain, arguments.item)
    with province.duckdb() as connection:
        if snapshot is None:
            facts = province.files(connection, arguments.facts)
        elif domain.sources is None:
            raise RuleError(f"{domain.name} 没有声明事实在快照的哪里", then="可以用 --facts 给两个文件")
        else:
            facts = domain.sources().read(connection, snapshot, domain.rules, day)
        if arguments.why is not None:
            yield from _why(province.household(facts, law, arguments.why), law, pairs)
            return
        if snapshot is None and arguments.out is None:
            raise RuleError("没有说结果放哪里", allowed="--out 新目录")
        out = arguments.out or snapshot.folder / f"policy-{domain.name}-{day}"  # type: ignore[union-attr]
        about = {"snapshot": snapshot.name, "key": snapshot.key} if snapshot else {"facts": arguments.facts.name}
        outputs = [name for pair in pairs for name in pair if name]
        made = province.run(connection, facts, law, outputs, out, about)
        yield from (_line(c) for c in province.counts(connection, out, law, pairs))
    rows = made["rows"]
    yield f"✓ {rows['households']:,} 户，{rows['persons']:,} 人，用时 {made['seconds']} 秒：{out}"
    yield f"  规则 {made['rules'][:12]}，参数 {made['numbers'][:12]}，按 {day} 的法"


def _day(text: str) -> date:
    from jimin.engines.policy.errors import RuleError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleError(f"“{text}”不是日期", allowed="2023-03-06 这样的日期") from None


def _pairs(domain: Domain, items: list[str] | None) -> list[tuple[str, str]]:
    """The (decision, amount or "") of the programmes asked for."""
    from jimin.engines.policy import programmes
    from jimin.engines.policy.errors import RuleError

    chosen = [programmes.get(i) for i in items] if items else list(programmes.PROGRAMMES.values())
    mine = [p for p in chosen if p.domain is domain]
    if not mine or (items and len(mine) < len(items)):
        raise RuleError(f"事项不是 {domain.name} 的", then="请核对 --item")
    return [(p.decision, p.amount) for p in mine]


def _line(count: Count) -> str:
    amount = f"，合计 {count.amount / 100:,.2f} 元" if count.amount is not None else ""
    said = f"{count.title}\t符合 {count.yes:,}{amount}\t不符合 {count.no:,}\t资料不足 {count.unknown:,}"
    against = sorted((g for g in count.grounds if g[1]), key=lambda g: -g[1])[:SHOWN]
    missing = sorted((g for g in count.grounds if g[2]), key=lambda g: -g[2])[:SHOWN]
    lines = [said]
    lines += ["  不符合多因：" + "；".join(f"{w} {n:,}" for w, n, _ in against)] if against else []
    lines += ["  判不了多因：" + "；".join(f"{w} {n:,}" for w, _, n in missing)] if missing else []
    return "\n".join(lines)


def _why(reading: Any, law: InForce, pairs: list[tuple[str, str]]) -> Iterator[str]:
    from jimin.engines.policy import explain

    for name in (name for pair in pairs for name in pair if name):
        personal = law.variables[name].row == "person"
        for member in range(len(reading.household.members)) if personal else [None]:
            yield from explain.text(explain.tree(reading, name, member))
