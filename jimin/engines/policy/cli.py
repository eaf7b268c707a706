"""`jimin policy decide | explain | test | lint | article`: the rules from the command line, file in, file out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jimin.engines.policy import province_cli

if TYPE_CHECKING:
    from jimin.engines.policy.casefile import Case
    from jimin.engines.policy.explain import Decision, Line
    from jimin.engines.policy.programmes import Programme
    from jimin.engines.policy.scalar import OneHousehold


def register(subparsers: Any) -> None:
    """Add the commands."""
    parser = subparsers.add_parser("policy", help="政策规则：判定、说明理由、测试、检查、条文用在哪里")
    verbs = parser.add_subparsers(required=True, metavar="decide|explain|test|lint|article|province")
    decide = verbs.add_parser("decide", help="一户一户判定")
    _of_cases(decide)
    decide.add_argument("--json", action="store_true", help="输出 JSON")
    decide.set_defaults(run=run_decide)
    explain = verbs.add_parser("explain", help="说明理由：公式、条文、参数、缺什么")
    _of_cases(explain)
    explain.add_argument("--id", help="只说这一户")
    explain.set_defaults(run=run_explain)
    test = verbs.add_parser("test", help="运行规则测试（YAML）")
    test.add_argument("--domain", help="只运行这一个领域的")
    test.set_defaults(run=run_test)
    lint = verbs.add_parser("lint", help="检查条文出处、没有用到的参数、没有测试的决定")
    lint.set_defaults(run=run_lint)
    article = verbs.add_parser("article", help="哪些公式、理由和参数用到一条条文")
    article.add_argument("text", help="法规，如 DB57")
    article.add_argument("number", nargs="?", default="", help="条，如 第十三条")
    article.set_defaults(run=run_article)
    province_cli.register(verbs)


def _of_cases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", type=Path, metavar="CASES.yaml", help="各户的事实")
    parser.add_argument("--item", required=True, help="事项，如 assistance.dibao")
    parser.add_argument("--on", required=True, metavar="DATE", help="按哪一天的法，如 2023-03-06")
    parser.add_argument("--parameters", type=Path, metavar="FILE", help="本地确定的参数（YAML）")


def refusing(work: Iterator[str]) -> int:
    """Print the lines. 2: what was given cannot be used."""
    from jimin.engines.policy.errors import RuleError

    try:
        for line in work:
            print(line)
    except RuleError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"✗ 打不开 {error.filename}：{error.strerror}", file=sys.stderr)
        return 2
    return 0


def run_decide(arguments: argparse.Namespace) -> int:
    """A line (or a JSON object) for each household."""
    from jimin.engines.policy import explain

    def lines() -> Iterator[str]:
        told = []
        for programme, case, reading in _readings(arguments):
            for member in _members(programme, reading):
                decision = explain.decide(reading, programme.decision, member)
                told.append(_told(programme, case, reading, decision, member))
        if arguments.json:
            yield json.dumps(told, ensure_ascii=False, indent=1)
        else:
            yield from map(_line, told)

    return refusing(lines())


def run_explain(arguments: argparse.Namespace) -> int:
    """The tree of reasons of each household."""
    from jimin.engines.policy import explain
    from jimin.engines.policy.errors import RuleError

    def lines() -> Iterator[str]:
        found = False
        for programme, case, reading in _readings(arguments):
            if arguments.id not in (None, case.id):
                continue
            found = True
            yield f"== {case.id}（{arguments.on}）"
            for member in _members(programme, reading):
                for name in filter(None, (programme.decision, programme.amount)):
                    yield from explain.text(explain.tree(reading, name, member))
        if not found:
            raise RuleError(f"没有叫“{arguments.id}”的一户", where=arguments.cases.name)

    return refusing(lines())


def _readings(arguments: argparse.Namespace) -> Iterable[tuple[Programme, Case, OneHousehold]]:
    from jimin.engines.policy import casefile, parameters, programmes, yamlfile
    from jimin.engines.policy.errors import RuleError
    from jimin.engines.policy.scalar import OneHousehold

    programme = programmes.get(arguments.item)
    try:
        day = date.fromisoformat(arguments.on)
    except ValueError:
        raise RuleError(f"“{arguments.on}”不是日期", allowed="2023-03-06 这样的日期") from None
    law = programmes.national(programme.domain.name)
    if arguments.parameters:
        law = parameters.extend(law, arguments.parameters, programmes.all_texts())
    in_force = programmes.in_force(programme.domain.name, day, law)
    cases = casefile.cases(programme.domain.rules, yamlfile.read(arguments.cases, list), arguments.cases.name)
    return ((programme, case, OneHousehold(in_force, case.household)) for case in cases)


def _members(programme: Programme, reading: OneHousehold) -> list[int | None]:
    return [None] if programme.row == "household" else list(range(len(reading.household.members)))


def _told(
    programme: Programme, case: Case, reading: OneHousehold, decision: Decision, member: int | None
) -> dict[str, Any]:
    from jimin.engines.policy import explain
    from jimin.engines.policy.units import Unit, give

    amount = reading.ask(programme.amount, member).value if programme.amount else None
    tree = explain.tree(reading, programme.amount or programme.decision, member)
    return {
        "id": case.id,
        **({} if member is None else {"member": reading.household.members[member].name}),
        "item": programme.name,
        "on": str(reading.law.day),
        "answer": decision.answer,
        "amount": None if amount is None else str(give(Unit.MONEY, amount)),
        "against": [{"words": r.ground.words, "article": str(r.ground.cite)} for r in decision.against],
        "missing": list(decision.missing),
        "unverified": sorted(_unverified(tree)),
    }


def _unverified(line: Line) -> set[str]:
    mine = {line.name} if line.dated is not None and not line.dated.verified else set[str]()
    return mine.union(*(_unverified(each) for each in line.lines))


def _line(told: dict[str, Any]) -> str:
    word = {True: "符合", False: "不符合", None: "资料不足"}[told["answer"]]
    who = f"{told['id']} {told['member']}" if "member" in told else told["id"]
    if told["answer"]:
        more = f"{told['amount']} 元" if told["amount"] is not None else ""
    elif told["answer"] is False:
        more = "；".join(f"{r['words']}（{r['article']}）" for r in told["against"])
    else:
        more = f"缺：{'、'.join(told['missing'])}"
    unverified = f"  参数未核实：{'、'.join(told['unverified'])}" if told["unverified"] else ""
    return f"{who}\t{word}\t{more}{unverified}"


def run_test(arguments: argparse.Namespace) -> int:
    """Run the YAML tests. 1: one failed."""
    from jimin.engines.policy import lint, programmes

    failed = 0

    def lines() -> Iterator[str]:
        nonlocal failed
        for domain in programmes.DOMAINS.values():
            if arguments.domain in (None, domain.name):
                outcomes = list(lint.tests(domain))
                bad = [o for o in outcomes if not o.passed]
                failed += len(bad)
                yield from (f"✗ {o.where} {o.title}\n  " + "\n  ".join(o.faults) for o in bad)
                yield f"{domain.name}：{len(outcomes) - len(bad)} 个通过，{len(bad)} 个未通过"

    return refusing(lines()) or int(failed > 0)


def run_lint(arguments: argparse.Namespace) -> int:
    """Check every rule set. 1: something was found."""
    from jimin.engines.policy import lint, programmes

    found = 0

    def lines() -> Iterator[str]:
        nonlocal found
        for domain in programmes.DOMAINS.values():
            faults = list(lint.lint(domain))
            found += len(faults)
            yield from (f"✗ {fault}" for fault in faults)
            law = programmes.national(domain.name)
            verified = sum(all(v.verified for v in p.values) for p in law.items.values())
            formulas = sum(map(len, domain.rules.formulas.values()))
            yield f"{domain.name}：{formulas} 条公式，{len(law.items)} 个参数（{verified} 个已核实），{len(faults)} 处问题"

    return refusing(lines()) or int(found > 0)


def run_article(arguments: argparse.Namespace) -> int:
    """What stands on an article."""
    from jimin.engines.policy import programmes
    from jimin.engines.policy.errors import RuleError

    words = {"formula": "公式", "ground": "理由", "parameter": "参数"}

    def lines() -> Iterator[str]:
        text = programmes.all_texts().get(arguments.text)
        if text is None:
            raise RuleError(f"法规登记里没有 {arguments.text}", allowed="、".join(sorted(programmes.all_texts())))
        yield f"{text.name} {arguments.number}"
        article = text.article(arguments.number) if arguments.number else None
        if article:
            yield article.words
        for use in programmes.uses(arguments.text, arguments.number):
            yield f"{words[use.kind]} {use.name}\t{use.title}\t{use.cite.article}\t{use.place}"

    return refusing(lines())
