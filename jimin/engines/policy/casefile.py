"""Households from a YAML file: for the command line, and for the tests that an official can read.

    - id: 王桂兰家
      division: "220122"
      area: 农村
      household: {vehicles: 0}
      members:
        王桂兰: {born: 1956-03-02, relation: 本人, wage: 0}
        李明: {born: 1994-09-11, relation: 子女, wage: 600}

What is not written, or null, is not known. A name that is no fact is refused.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

from jimin.engines.policy import yamlfile
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Input, Rules
from jimin.engines.policy.law import similar
from jimin.engines.policy.scalar import Household, Member
from jimin.engines.policy.units import Stored, store

CASE_KEYS = {"id", "division", "area", "household", "members"}


@dataclass(frozen=True, slots=True)
class Case:
    """A household of a file, and how the file calls it."""

    id: str
    household: Household


def cases(rules: Rules, content: list[Any], name: str) -> list[Case]:
    """The cases of a file's content. Raises RuleError with file, line, what was found and what is allowed."""
    found = [case(rules, raw, name) for raw in content]
    ids = [c.id for c in found]
    twice = next((i for i in ids if ids.count(i) > 1), None)
    if twice:
        raise RuleError(f"有两户都叫“{twice}”", where=name, then="请改一个 id")
    return found


def case(rules: Rules, raw: Any, name: str = "") -> Case:
    """One case."""
    if not isinstance(raw, yamlfile.Mapping):
        raise RuleError(f"“{raw}”不是一户", where=name, allowed="id、division、area、household、members")
    raw.only(CASE_KEYS)
    division = raw.get("division")
    if division is not None and not (isinstance(division, str) and len(division) == 6 and division.isdigit()):
        raise RuleError(f"division 是“{division}”", where=raw.where, allowed='加引号的六位县级代码，如 "220122"')
    area = raw.get("area")
    if area not in (None, "城镇", "农村"):
        raise RuleError(f"area 是“{area}”", where=raw.where, allowed="城镇、农村")
    members = raw.get("members") or {}
    if not isinstance(members, dict):
        raise RuleError("members 应写成 姓名: {…}", where=raw.where)
    people = [Member(str(who), facts(rules.persons, given, f"{raw.where} {who}")) for who, given in members.items()]
    mine = facts(rules.households, raw.get("household") or yamlfile.Mapping(), raw.where)
    return Case(str(raw.get("id", "")), Household(mine, people, division, area))


def facts(known: Dict[str, Input], given: Any, where: str) -> dict[str, Stored]:
    """The facts of one person or household as they are kept; what was not given is not there."""
    if not isinstance(given, dict):
        raise RuleError(f"“{given}”不是一组事实", where=where, allowed="{名称: 值, …}")
    kept: dict[str, Stored] = {}
    for name, value in given.items():
        fact = known.get(name)
        if fact is None:
            raise RuleError(
                f"没有名为“{name}”的事实", where=yamlfile.where(given) or where, then=similar(name, list(known))
            )
        try:
            kept[name] = store(fact.unit, value)
        except RuleError as error:
            error.found = f"{fact.title}（{name}）：{error.found}"
            raise error.at(yamlfile.where(given) or where) from None
        if fact.options and value is not None and value not in fact.options:
            raise RuleError(
                f"{fact.title}（{name}）是“{value}”",
                where=yamlfile.where(given) or where,
                allowed="、".join(fact.options),
            )
    return kept
