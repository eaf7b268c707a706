"""The rules in force on one day: every formula called once, its graph checked and kept."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Formula, Ground, Input, Rules
from jimin.engines.policy.parameters import Parameters
from jimin.engines.policy.units import NUMBERS, WORDS, Unit
from jimin.engines.policy.values import Missing, Row, Value, condition, walk


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A formula in force with its graph; a decision has one ground for each of its conditions."""

    formula: Formula
    node: Value
    grounds: tuple[Ground, ...] = ()

    @property
    def name(self) -> str:
        return self.formula.name

    @property
    def row(self) -> Row:
        return self.formula.row

    @property
    def unit(self) -> Unit:
        return self.formula.unit


class InForce:
    """What holds on `day`. `variables` stand in the order of their dependence. Raises RuleError."""

    def __init__(self, rules: Rules, parameters: Parameters, day: date) -> None:
        if day < rules.begins:
            raise RuleError(
                f"{day} 早于这些规则的起始日 {rules.begins}", then="那天有效的是另外的法规，这里没有写成规则"
            )
        self.rules, self.parameters, self.day = rules, parameters, day
        self.variables: dict[str, Variable] = {}
        self._open: list[str] = []
        for name, versions in rules.formulas.items():
            if any(v.in_force(day) for v in versions):
                self._enter(name, versions)

    def input(self, name: str) -> Input:
        """The fact of a name."""
        return self.rules.persons.get(name) or self.rules.households[name]

    def title(self, name: str) -> str:
        """The words for a formula or a fact."""
        variable = self.variables.get(name)
        return variable.formula.title if variable else self.input(name).title

    def parameters_of(self, name: str) -> list[str]:
        """The parameters that a variable uses itself."""
        return list(dict.fromkeys(n.args[0] for n in walk(self.variables[name].node) if n.op == "param"))

    def used_by(self, name: str) -> set[str]:
        """Every variable that a variable stands on, and itself."""
        found, todo = set[str](), [name]
        while todo:
            each = todo.pop()
            if each not in found:
                found.add(each)
                todo += [n.args[0] for n in walk(self.variables[each].node) if n.op == "var"]
        return found

    # -- calling the formulas ---------------------------------------------------------------------------
    def _value(self, row: Row, name: str) -> Value:
        facts = self.rules.persons if row == "person" else self.rules.households
        if name in facts:
            return Value("input", (name,), facts[name].unit, row)
        versions = self.rules.formulas.get(name)
        if not versions:
            who = "个人" if row == "person" else "家庭"
            raise RuleError(
                f"“{name}”既不是{who}的事实，也不是公式", then=similar(name, [*facts, *self.rules.formulas])
            )
        variable = self.variables.get(name) or self._enter(name, versions)
        if variable.row != row:
            one, other = ("家庭", "个人") if variable.row == "household" else ("个人", "家庭")
            raise RuleError(
                f"{name} 是{one}的值，这里当成了{other}的", allowed="p.household.x，或 total(m.x for m in h.members)"
            )
        return Value("var", (name,), variable.unit, row)

    def _enter(self, name: str, versions: list[Formula]) -> Variable:
        if name in self.variables:
            return self.variables[name]
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            raise RuleError(f"公式绕成了圈：{circle}")
        formula = next((v for v in versions if v.in_force(self.day)), None)
        if formula is None:
            dates = "、".join(f"{v.since} 至 {v.until}" for v in versions)
            raise RuleError(f"{self.day} 没有有效的公式 {name}（各条的有效期：{dates}）")
        self._open.append(name)
        try:
            variable = self._call(formula)
        except RuleError as error:
            raise error.at(f"{formula.place} {name}") from None
        finally:
            self._open.pop()
        self.variables[name] = variable
        return variable

    def _call(self, formula: Formula) -> Variable:
        given = formula.body(_Facts(self, formula.row), _Law(self))
        if formula.is_decision:
            return self._decision(formula, given)
        if isinstance(given, Missing):
            raise given.error()
        if isinstance(given, bool) and formula.unit is Unit.BOOL:  # a text of its time that never held, or always
            given = Value("const", (given,), Unit.BOOL)
        if type(given) is int and given == 0 and formula.unit in NUMBERS:  # a text of its time that gave nothing
            given = Value("const", (given,), formula.unit)
        if not isinstance(given, Value):
            raise RuleError(f"公式给出的是 {type(given).__name__}，不是一个值")
        if given.unit is not formula.unit:
            raise RuleError(f"声明的是{WORDS[formula.unit]}，公式给出的是{WORDS[given.unit]}")
        if given.row not in (None, formula.row):
            raise RuleError("公式给出的是另一方的值", allowed="p.household.x，或 total(m.x for m in h.members)")
        self._check_options(given)
        return Variable(formula, given)

    def _decision(self, formula: Formula, given: Any) -> Variable:
        if not isinstance(given, dict) or not given or not all(isinstance(k, Ground) for k in given):
            raise RuleError("决定要写成 {no(理由, 条文): 条件, …}")
        conditions = tuple(condition(c) for c in given.values())
        for each in conditions:
            self._check_options(each)
        return Variable(formula, Value("decide", conditions, Unit.BOOL, formula.row), tuple(given))

    def _check_options(self, node: Value) -> None:
        """A text that the fact can never hold is a slip of the pen, not a condition."""
        for each in walk(node):
            if each.op not in ("eq", "isin"):
                continue
            fact = each.args[0]
            texts = each.args[1] if each.op == "isin" else (each.args[1].args[0],) if each.args[1].op == "const" else ()
            if fact.op != "input" or not self.input(fact.args[0]).options:
                continue
            wrong = [t for t in texts if isinstance(t, str) and t not in self.input(fact.args[0]).options]
            if wrong:
                raise RuleError(
                    f"“{fact.args[0]}”不会是“{wrong[0]}”", allowed="、".join(self.input(fact.args[0]).options)
                )


def change_points(rules: Rules, parameters: Parameters, start: date, end: date) -> list[date]:
    """The days after `start`, up to `end`, on which a formula or a value changes: a period is assessed in pieces."""
    days = {f.since for versions in rules.formulas.values() for f in versions}
    days |= {
        f.until + timedelta(days=1) for versions in rules.formulas.values() for f in versions if f.until < date.max
    }
    days = {d for d in days if d > date.min}
    values = [v for p in parameters.items.values() for v in p.values]
    days |= {v.since for v in values} | {v.until for v in values if v.until is not None}
    return sorted(d for d in days if start < d <= end)


def similar(name: str, known: list[str]) -> str:
    """What an author may have meant."""
    close = difflib.get_close_matches(name, known, 2)
    return f"是不是 {' 或 '.join(close)}？" if close else "请先声明它"


class _Facts:
    """What a formula receives as p or h: each attribute is a value."""

    def __init__(self, law: InForce, row: Row) -> None:
        self._law, self._row = law, row

    def __getattr__(self, name: str) -> Any:
        if name == "members" and self._row == "household":
            return iter([_Facts(self._law, "person")])
        if name == "household" and self._row == "person":
            return _OfHousehold(self._law)
        return self._law._value(self._row, name)


class _OfHousehold:
    def __init__(self, law: InForce) -> None:
        self._law = law

    def __getattr__(self, name: str) -> Value:
        value = self._law._value("household", name)
        return Value("of", (value,), value.unit, "person")


class _Law:
    """What a formula receives as law: law.dibao.standard is a parameter, law.day the day of the assessment."""

    def __init__(self, law: InForce, path: str = "") -> None:
        self._law, self._path = law, path

    def __getattr__(self, name: str) -> Any:
        if name == "day" and not self._path:
            return Value("day", (), Unit.DATE)
        path = f"{self._path}.{name}" if self._path else name
        parameter = self._law.parameters.find(path)
        if parameter:
            return Value("param", (path,), parameter.unit)
        return Missing(path) if self._path else _Law(self._law, path)
