"""Tests that an official can read: a household, a day, and what must come out, values on the way too.

- title: 农村二人户，按差额发放
  day: 2023-02-01
  cast: 王桂兰家
  change: {household: {homes: 3}, members: {李明: {wage: null}}}
  expect:
    income: 480
    counted_income: {王桂兰: 0, 李明: 480}
    dibao: yes
    dibao_amount: {unknown: [李明的月工资性收入]}
    marginal: {refused: [已符合最低生活保障]}
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jimin.engines.policy import casefile, explain, yamlfile
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Rules
from jimin.engines.policy.law import InForce, Variable, similar
from jimin.engines.policy.parameters import Parameters
from jimin.engines.policy.scalar import OneHousehold
from jimin.engines.policy.units import say, store

TEST_KEYS = {"title", "day", "cast", "case", "change", "expect", "why"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One test: where it stands, and what differs (nothing when it passed)."""

    title: str
    where: str
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def run(folder: Path, rules: Rules, parameters: Parameters) -> Iterator[Outcome]:
    """Every test of a folder's YAML files, under the parameters given; `cast.yaml` holds the households they share.

    Files that begin with an underscore are not tests (`_parameters.yaml`: what the tests suppose a place to have set).
    """
    cast_file = folder / "cast.yaml"
    cast = yamlfile.read(cast_file) if cast_file.exists() else yamlfile.Mapping()
    for file in sorted(folder.glob("*.yaml")):
        if file != cast_file and not file.name.startswith("_"):
            for raw in yamlfile.read(file, list):
                yield _outcome(raw, file.name, cast, rules, parameters)


def _outcome(raw: Any, file: str, cast: yamlfile.Mapping, rules: Rules, parameters: Parameters) -> Outcome:
    if not isinstance(raw, yamlfile.Mapping):
        raise RuleError(f"“{raw}”不是一个测试", where=file, allowed="title、day、cast、expect")
    raw.only(TEST_KEYS)
    title, day = raw.need("title", str, "一句话"), raw.need("day", date, "2023-02-01")
    expected = raw.need("expect", dict, "变量: 值")
    law = InForce(rules, parameters, day)
    reading = OneHousehold(law, casefile.case(rules, _given(raw, cast), raw.where).household)
    faults: list[str] = []
    for name, wanted in expected.items():
        variable = law.variables.get(name)
        if variable is None:
            raise RuleError(
                f"没有公式“{name}”", where=yamlfile.where(expected), then=similar(name, list(law.variables))
            )
        faults += _faults(reading, variable, wanted)
    return Outcome(title, raw.where, tuple(faults))


def _given(raw: yamlfile.Mapping, cast: yamlfile.Mapping) -> yamlfile.Mapping:
    if "case" in raw:
        given = copy.deepcopy(raw["case"])
    elif raw.get("cast") in cast:
        given = copy.deepcopy(cast[raw["cast"]])
    else:
        raise RuleError(f"cast.yaml 里没有“{raw.get('cast')}”", where=raw.where, allowed="、".join(cast))
    changes = raw.get("change") or {}
    for part, change in changes.items():
        if part in ("division", "area"):
            given[part] = change
        elif part == "household":
            given.setdefault("household", yamlfile.Mapping()).update(change)
        elif part == "members":
            for who, facts in change.items():
                _change_member(given.setdefault("members", yamlfile.Mapping()), who, facts)
        else:
            raise RuleError(f"不能改“{part}”", where=raw.where, allowed="division、area、household、members")
    return given  # type: ignore[no-any-return]


def _change_member(members: dict[str, Any], who: str, facts: Any) -> None:
    """null takes a member away; a new name comes with its own facts."""
    if facts is None:
        members.pop(who)
    elif who in members:
        members[who].update(facts)
    else:
        members[who] = facts


def _faults(reading: OneHousehold, variable: Variable, wanted: Any) -> Iterator[str]:
    if variable.row == "household":
        yield from _fault(reading, variable, None, wanted)
        return
    names = [m.name for m in reading.household.members]
    if not isinstance(wanted, dict) or not set(wanted) <= set(names):
        raise RuleError(f"{variable.name} 是个人的值", where=yamlfile.where(wanted), allowed=f"{{{names[0]}: …}}")
    for who, each in wanted.items():
        yield from _fault(reading, variable, names.index(who), each)


def _fault(reading: OneHousehold, variable: Variable, member: int | None, wanted: Any) -> Iterator[str]:
    answer = reading.ask(variable.name, member)
    who = "" if member is None else f"〔{reading.household.members[member].name}〕"
    found = say(variable.unit, answer.value)
    if isinstance(wanted, dict) and set(wanted) == {"unknown"}:
        missing = explain.words(reading, answer.missing)
        ok = answer.value is None and sorted(missing) == sorted(wanted["unknown"])
        found, said = f"{found}，缺：{'、'.join(missing)}", f"不知道，缺：{'、'.join(wanted['unknown'])}"
    elif isinstance(wanted, dict) and set(wanted) == {"refused"}:
        against = [r.ground.words for r in explain.decide(reading, variable.name, member).against]
        ok = answer.value is False and sorted(against) == sorted(wanted["refused"])
        found, said = f"{found}（{'、'.join(against)}）", f"否（{'、'.join(wanted['refused'])}）"
    else:
        kept = store(variable.unit, wanted)
        ok, said = answer.value == kept and type(answer.value) is type(kept), say(variable.unit, kept)
    if not ok:
        lines = list(explain.text(explain.tree(reading, variable.name, member)))
        yield f"{variable.name}{who}：应为 {said}，得到 {found}\n    " + "\n    ".join(lines[:12])
