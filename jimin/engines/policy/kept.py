"""A decision kept with everything it stood on, and reckoned again years later.

Kept are the facts (sealed: they are about people), the day, a digest of every formula that took part and every parameter
value with its record. `rerun` reads the same facts under the formulas of that day and the kept values: the same result, or
exactly which formula or value is another. Formulas are dated, so the old text of a changed law is still there to be read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jimin.core.parties.models import Party
from jimin.core.secrets import cipher
from jimin.engines.policy import explain, programmes, register
from jimin.engines.policy.explain import Line
from jimin.engines.policy.formulas import FIRST, Input, Rules
from jimin.engines.policy.law import InForce, Variable
from jimin.engines.policy.models import KeptDecision
from jimin.engines.policy.parameters import Dated, Parameters
from jimin.engines.policy.programmes import Programme
from jimin.engines.policy.scalar import Household, Member, OneHousehold
from jimin.engines.policy.units import Stored, Unit, store
from jimin.engines.policy.values import Value

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One formula or parameter that is not what it was: its name, what was kept, and what is there now."""

    kind: str  # formula, parameter
    name: str
    kept: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Rerun:
    """A kept decision reckoned again: under the kept values, with what has changed since."""

    same: bool
    kept: Json
    result: Json | None  # None: the decision's formula is no longer there for that day
    differences: tuple[Difference, ...]


def keep(
    law: InForce, household: Household, programme: Programme, place: Mapping[str, str], *,
    member: int | None = None, party: Party | None = None,
) -> KeptDecision:  # fmt: skip
    """Reckon a decision and keep it, in the action that takes it; `place` are the record's division columns."""
    reading = OneHousehold(law, household)
    result = _result(reading, programme, member)
    rules, used = _digests(reading), _parameters(reading)
    kept = KeptDecision(
        programme=programme.name,
        day=law.day,
        party=party,
        rules=rules,
        rules_version=_digest(rules),
        parameters=used,
        records=sorted({p["record"] for p in used.values() if p["record"]}),
        edition=register.edition(programme.domain.name).number,
        **place,
    )
    content = {"facts": _facts(household), "member": member, "result": result}
    kept.sealed = cipher.seal(json.dumps(content, ensure_ascii=False), **kept.place())
    kept.save()
    return kept


def opened(kept: KeptDecision) -> Json:
    """The sealed part: facts, member and result. Whoever shows it logs the look."""
    return json.loads(cipher.unseal(bytes(kept.sealed), **kept.place()))  # type: ignore[no-any-return]


def rerun(kept: KeptDecision) -> Rerun:
    """Reckon a kept decision again. Raises RuleError when its programme is gone."""
    programme = programmes.get(kept.programme)
    domain = programme.domain.name
    content = opened(kept)
    household = household_of(programme.domain.rules, content["facts"])
    now = register.law(domain)
    law = programmes.in_force(domain, kept.day, pinned(now, kept.parameters))
    reading = OneHousehold(law, household)
    names = [n for n in (programme.decision, programme.amount) if n]
    result = _result(reading, programme, content["member"]) if all(n in law.variables for n in names) else None
    there = {name: digest(law.variables[name]) for name in kept.rules if name in law.variables}
    there |= _digests(reading)
    found = (*compare_rules(kept.rules, there), *compare_values(kept.parameters, now, kept.day, household))
    same = result is not None and _values(result) == _values(content["result"])
    return Rerun(same, content["result"], result, found)


def compare_rules(kept: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    """The formulas that are other than they were, gone, or new to the decision."""
    for name in sorted({*kept, *now}):
        if kept.get(name) != now.get(name):
            yield Difference("formula", name, kept.get(name), now.get(name))


def compare_values(kept: Mapping[str, Json], now: Parameters, day: date, household: Household) -> Iterator[Difference]:
    """The parameters whose value for that day and place is another today: corrected, withdrawn, or confirmed since."""
    for path, was in kept.items():
        parameter = now.find(path)
        found = parameter.at(day, household.division or "", household.area or "") if parameter else None
        value, record = (found.value, found.record) if found else (None, "")
        if (value, record) != (was["value"], was["record"]):
            yield Difference("parameter", path, was, {"value": value, "record": record})


def pinned(law: Parameters, kept: Mapping[str, Json]) -> Parameters:
    """The parameters with the kept values in place of whatever is there now."""
    for path, was in kept.items():
        parameter = law.find(path)
        if parameter is not None:
            cite = parameter.values[0].cite
            value = Dated(
                FIRST, was["value"], "", "", cite, was["verified"], "", record=was["record"], demo=was["demo"]
            )
            law = law.with_values(path, [value])
    return law


# -- what is kept ---------------------------------------------------------------------------------------------------
def _result(reading: OneHousehold, programme: Programme, member: int | None) -> Json:
    decision = explain.decide(reading, programme.decision, member)
    amount = reading.ask(programme.amount, member).value if programme.amount else None
    lines = [explain.tree(reading, n, member) for n in (programme.decision, programme.amount) if n]
    return {
        "answer": decision.answer,
        "amount": amount,
        "against": [[r.ground.words, str(r.ground.cite)] for r in decision.against],
        "missing": list(decision.missing),
        "tree": [_line(line) for line in lines],
    }


def _line(line: Line) -> Json:
    return {
        "kind": line.kind,
        "name": line.name,
        "title": line.title,
        "who": line.who,
        "value": _plain(line.value),
        "unit": str(line.unit),
        "cite": str(line.cite) if line.cite else "",
        "missing": list(line.missing),
        "lines": [_line(each) for each in line.lines],
        **({"repeated": True} if line.repeated else {}),
    }


def _values(result: Json) -> Any:
    """A result without the words that stand beside its numbers: a better title is no other decision."""

    def of(line: Json) -> Any:
        return [line["kind"], line["name"], line["who"], line["value"], [of(each) for each in line["lines"]]]

    grounds = [words for words, _cite in result["against"]]
    return [result["answer"], result["amount"], grounds, result["missing"], [of(line) for line in result["tree"]]]


def _parameters(reading: OneHousehold) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for told in reading.told.values():
        for step in told.steps:
            if step.kind == "param":
                found[step.name] = _used(step.dated)
    return dict(sorted(found.items()))


def _used(dated: Dated | None) -> Json:
    if dated is None:
        return {"value": None, "record": "", "since": "", "place": "", "verified": False, "demo": False}
    return {
        "value": dated.value,
        "record": dated.record,
        "since": str(dated.since),
        "place": f"{dated.division}{dated.area}",
        "verified": dated.verified,
        "demo": dated.demo,
    }


def _digests(reading: OneHousehold) -> dict[str, str]:
    return {n: digest(reading.law.variables[n]) for n in sorted({name for name, _member in reading.told})}


def digest(variable: Variable) -> str:
    """A digest of what a formula computes: its graph, its dates and articles, not how its text is laid out."""
    formula = variable.formula
    head = [formula.name, formula.row, formula.unit, str(formula.cite), str(formula.since), str(formula.until)]
    return _digest([head, [[g.words, str(g.cite)] for g in variable.grounds], _graph(variable.node)])


def _graph(node: Any) -> Any:
    if isinstance(node, Value):
        return [node.op, node.unit, node.row, [_graph(a) for a in node.args]]
    return [_graph(a) for a in node] if isinstance(node, tuple) else [type(node).__name__, str(node)]


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


# -- facts, there and back ------------------------------------------------------------------------------------------
def _plain(value: Stored) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _facts(household: Household) -> Json:
    return {
        "division": household.division,
        "area": household.area,
        "facts": {n: _plain(v) for n, v in household.facts.items()},
        "members": [{"name": m.name, "facts": {n: _plain(v) for n, v in m.facts.items()}} for m in household.members],
    }


def household_of(rules: Rules, facts: Json) -> Household:
    """A household from its kept facts. What the rules no longer ask for is kept as it was."""
    members = [Member(m["name"], _stored(rules.persons, m["facts"])) for m in facts["members"]]
    return Household(_stored(rules.households, facts["facts"]), members, facts["division"], facts["area"])


def _stored(known: Mapping[str, Input], facts: Json) -> dict[str, Stored]:
    return {n: store(Unit.DATE, v) if n in known and known[n].unit is Unit.DATE else v for n, v in facts.items()}
