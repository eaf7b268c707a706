"""A province in one pass: the same graphs lowered to Ibis, for DuckDB and Spark.

Persons and households take turns: a phase over persons, one over households, as often as the formulas cross between
them; inside a phase formulas are projections, level by level. What Ibis itself would decide for the unknown is written
out here: a CASE would take its ELSE, SUM would skip, `~` beside `isnull` is printed wrongly (findings/policy, trap 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Input, Rules
from jimin.engines.policy.law import InForce, Variable
from jimin.engines.policy.parameters import DIGITS, level_of
from jimin.engines.policy.units import ONE, Unit
from jimin.engines.policy.values import AGGREGATES, Row, Value, walk
from jimin.engines.policy.versions import stands_on

ID, PERSON = "household_id", "person_id"
TYPES = {Unit.BOOL: "boolean", Unit.TEXT: "string", Unit.DATE: "date"}  # every other unit is an int64
MOST_GROUNDS = 62  # bits of a mask
Table = Any  # an Ibis table; Ibis has no types of its own that mypy could check
Keep = Callable[[str, Table], Table]


def _cases(*branches: tuple[Any, Any], otherwise: Any = None) -> Any:
    return ibis.cases(*branches, else_=otherwise)


def _choose(when: Any, then: Any, otherwise: Any) -> Any:
    return _cases((when.isnull(), None), (when, then), otherwise=otherwise)


def _floor(amount: Any, step: Any) -> Any:
    """Down to a multiple of the step, in whole numbers: a quotient would be a double."""
    return amount - ((amount % step) + step) % step


def _portion(amount: Any, part: Any, whole: Any) -> Any:
    parts, of = amount * part, whole.nullif(0)
    return _cases((parts.isnull(), None), (whole == 0, 0), otherwise=(_floor(parts, of) / of).cast("int64"))


def _money(exact: Any) -> Any:
    return (exact / ONE).cast("int64")  # divisible, so the double is exact


def _clock(day: Any) -> tuple[Any, Any, Any]:
    return day.year().cast("int64"), day.month().cast("int64"), day.day().cast("int64")


def _years(start: Any, end: Any) -> Any:
    (y1, m1, d1), (y2, m2, d2) = _clock(start), _clock(end)
    return y2 - y1 - (m2 * 100 + d2 < m1 * 100 + d1).cast("int64")


def _months(start: Any, end: Any) -> Any:
    (y1, m1, d1), (y2, m2, d2) = _clock(start), _clock(end)
    return (y2 - y1) * 12 + m2 - m1 - (d2 < d1).cast("int64")


#: The twenty operators; `scalar.STRICT` and its methods are the other reading.
OPS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "exact": lambda a: a * ONE,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "not": lambda a: a == False,  # noqa: E712 - not `~a`, see above
    "choose": _choose,
    "up": lambda a, step: _money(-_floor(-a, step)),
    "down": lambda a, step: _money(_floor(a, step)),
    "half": lambda a, step: _money(_floor(a * 2 + step, step * 2) / 2),
    "portion": _portion,
    "years": _years,
    "months": _months,
}
#: The aggregates, given a column and the number of rows.
OVER: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda x, n: _cases((x.count() == n, x.sum().cast("int64"))),
    "count": lambda x, n: _cases((x.count() == n, x.cast("int64").sum().cast("int64"))),
    "any": lambda x, n: _cases((x.any(), True), (x.count() == n, False)),
    "all": lambda x, n: _cases((x.all() == False, False), (x.count() == n, True)),  # noqa: E712
}


@dataclass(frozen=True, slots=True)
class Plan:
    """In which phase and level each variable stands, and when each aggregate can be taken."""

    phase: Mapping[str, int]
    level: Mapping[str, int]
    aggregates: Mapping[int, tuple[str, Value, int]]  # id of the node → its column, the node, its phase

    @property
    def last(self) -> int:
        return max(self.phase.values(), default=-1)


def plan(law: InForce, variables: Iterable[Variable]) -> Plan:
    """The phases: even ones over persons, odd ones over households."""
    phase: dict[str, int] = {}
    level: dict[str, int] = {}
    aggregates: dict[int, tuple[str, Value, int]] = {}

    def ready(node: Value) -> int:
        if node.op == "var":
            return phase[node.args[0]]
        if node.op == "of":
            return phase[node.args[0].args[0]] + 1 if node.args[0].op == "var" else 0
        if node.op in AGGREGATES:
            return max((ready(n) for n in _near(node.args[0])), default=0) + 1
        return 0

    for variable in variables:
        near = list(_near(variable.node))
        first = max([0 if variable.row == "person" else 1, *(ready(n) for n in near)])
        mine = first + (first % 2 != (variable.row == "household"))
        before = [level[n.args[0]] + 1 for n in near if n.op == "var" and phase[n.args[0]] == mine]
        phase[variable.name], level[variable.name] = mine, max(before, default=0)
        for node in walk(variable.node):
            if node.op in AGGREGATES and id(node) not in aggregates:
                aggregates[id(node)] = (f"over_{len(aggregates)}", node, ready(node))
    return Plan(phase, level, aggregates)


def _near(node: Value) -> Iterable[Value]:
    """The nodes of a graph, without going into the members of an aggregate or into the household behind `of`."""
    yield node
    if node.op in AGGREGATES or node.op == "of":
        return
    for argument in node.args:
        if isinstance(argument, Value):
            yield from _near(argument)


def _column(path: str) -> str:
    return "law_" + path.replace(".", "_")


class Province:
    """The law of a day over two tables: households (household_id, division, area, facts), persons (household_id, facts).

    `keep(name, table)` may store what stands between two phases (a temporary table, a file); by default nothing is.
    """

    def __init__(self, law: InForce, outputs: Sequence[str], keep: Keep | None = None) -> None:
        self.law, self.outputs, self.keep = law, list(outputs), keep or (lambda name, table: table)
        self.variables = stands_on(law, self.outputs)
        self.plan = plan(law, self.variables)
        over = next((v.name for v in self.variables if len(v.grounds) > MOST_GROUNDS), None)
        if over:
            raise RuleError(f"{over} 的理由超过 {MOST_GROUNDS} 条", then="请分成两个决定")

    def read(self, households: Table, persons: Table) -> tuple[Table, Table]:
        """(households, persons) with every output as a column; a decision also has `…__no` and `…__missing`, bit by bit."""
        tables: dict[Row, Table] = {"household": self._with_parameters(households), "person": persons}
        for phase in range(self.plan.last + 1):
            row: Row = "household" if phase % 2 else "person"
            if row == "household":
                tables["household"] = self._with_aggregates(tables, phase)
            else:
                tables["person"] = self._with_household(tables, phase)
            tables[row] = self._with_variables(tables[row], row, phase)
            tables[row] = tables[row].select(self._needed_after(tables[row], row, phase))
            if phase < self.plan.last:  # what stands at the end is read once
                tables[row] = self.keep(f"{row}_{phase}", tables[row])
        return tables["household"], tables["person"]

    # -- columns -------------------------------------------------------------------------------------------------
    def _mine(self, row: Row, phase: int) -> list[Variable]:
        return [v for v in self.variables if v.row == row and self.plan.phase[v.name] == phase]

    def _with_variables(self, table: Table, row: Row, phase: int) -> Table:
        mine = self._mine(row, phase)
        for level in range(max((self.plan.level[v.name] for v in mine), default=-1) + 1):
            here = [v for v in mine if self.plan.level[v.name] == level]
            made: dict[str, Any] = {}
            for variable in here:
                made[variable.name] = self._lower(variable.node, table)
                if variable.grounds:
                    conditions = [self._lower(c, table) for c in variable.node.args]
                    made[f"{variable.name}__no"] = _mask(c == False for c in conditions)  # noqa: E712
                    made[f"{variable.name}__missing"] = _mask(c.isnull() for c in conditions)
            table = table.mutate(**made)
        return table

    def _with_aggregates(self, tables: Mapping[Row, Table], phase: int) -> Table:
        due = {name: node for name, node, at in self.plan.aggregates.values() if at == phase}
        if not due:
            return tables["household"]
        persons = tables["person"]
        made = {name: OVER[n.op](self._lower(n.args[0], persons), persons.count()) for name, n in due.items()}
        grouped = persons.group_by(ID).agg(**made)
        return _join(tables["household"], grouped, [ID])

    def _with_household(self, tables: Mapping[Row, Table], phase: int) -> Table:
        """What the formulas of this phase, and the aggregates after it, read of the household or of the law of its place."""
        nodes = [n for v in self._mine("person", phase) for n in walk(v.node)]
        nodes += [n for _, node, at in self.plan.aggregates.values() if at == phase + 1 for n in walk(node)]
        wanted = {f"of_{n.args[0].args[0]}": n.args[0].args[0] for n in nodes if n.op == "of"}
        wanted |= {_column(n.args[0]): _column(n.args[0]) for n in nodes if n.op == "param" and self._scoped(n.args[0])}
        wanted = {name: source for name, source in wanted.items() if name not in tables["person"].columns}
        if not wanted:
            return tables["person"]
        household = tables["household"]
        return _join(tables["person"], household.select(ID, **{k: household[c] for k, c in wanted.items()}), [ID])

    def _needed_after(self, table: Table, row: Row, phase: int) -> list[str]:
        later = [n for v in self.variables if self.plan.phase[v.name] > phase for n in walk(v.node)]
        names = {n.args[0] for n in later if n.op in ("var", "input")} | {
            _column(n.args[0]) for n in later if n.op == "param"
        }
        names |= {f"of_{n.args[0].args[0]}" for n in later if n.op == "of"}
        names |= {name for name, _, _ in self.plan.aggregates.values()}
        outputs = self.outputs or [v.name for v in self.variables]
        names |= {ID, PERSON, *outputs, *(f"{o}__no" for o in outputs), *(f"{o}__missing" for o in outputs)}
        return [c for c in table.columns if c in names]

    # -- the law of a place --------------------------------------------------------------------------------------------
    def _used(self) -> list[str]:
        return sorted({n.args[0] for v in self.variables for n in walk(v.node) if n.op == "param"})

    def _scoped(self, path: str) -> bool:
        return self.law.parameters.items[path].is_scoped

    def _with_parameters(self, households: Table) -> Table:
        scoped = [p for p in self._used() if self._scoped(p)]
        return households.mutate(**{_column(p): self._of_place(p, households) for p in scoped})

    def _of_place(self, path: str, households: Table) -> Any:
        """The number that holds where a household lives: the nearest place that set one, as `Parameter.at` looks."""
        parameter = self.law.parameters.items[path]
        division, area = households["division"], households["area"]
        unknown = division.isnull() | area.isnull() if parameter.by_area else division.isnull()
        places: dict[tuple[int, str, int | None], list[str]] = {}  # the same number in several places is one branch
        for value in parameter.ranked(self.law.day):
            digits = DIGITS[level_of(value.division)]
            places.setdefault((digits, value.area, value.value), []).append(value.division[:digits])
        branches = []
        for (digits, of_area, number), codes in places.items():
            here = division.left(digits).isin(codes) if digits else ibis.literal(True)
            there = here & (area == of_area) if of_area else here
            branches.append((there, ibis.null("int64") if number is None else ibis.literal(number, "int64")))
        return _cases((unknown, ibis.null("int64")), *branches, otherwise=ibis.null("int64"))

    # -- lowering --------------------------------------------------------------------------------------------------------
    def _lower(self, node: Value, table: Table) -> Any:
        op, args = node.op, node.args
        if op in ("var", "input"):
            return table[args[0]]
        if op == "of":
            return table[f"of_{args[0].args[0]}"]
        if op in AGGREGATES:
            return table[self.plan.aggregates[id(node)][0]]
        if op == "param":
            return table[_column(args[0])] if self._scoped(args[0]) else self._everywhere(args[0])
        if op == "const":
            return ibis.literal(args[0], TYPES.get(node.unit, "int64"))
        if op == "day":
            return ibis.literal(self.law.day, "date")
        if op == "isin":
            return self._lower(args[0], table).isin(args[1])
        if op == "decide":
            return _all([self._lower(c, table) for c in args])
        return OPS[op](*(self._lower(a, table) for a in args))

    def _everywhere(self, path: str) -> Any:
        dated = self.law.parameters.items[path].at(self.law.day)
        return ibis.null("int64") if dated is None or dated.value is None else ibis.literal(dated.value, "int64")


def _mask(bits: Iterable[Any]) -> Any:
    """1 for the first condition that holds, 2 for the second, and so on, added up."""
    made = ibis.literal(0, "int64")
    for i, bit in enumerate(bits):
        made = made + ibis.ifelse(bit, ibis.literal(1 << i, "int64"), ibis.literal(0, "int64"))
    return made


def _all(conditions: list[Any]) -> Any:
    made = conditions[0]
    for each in conditions[1:]:
        made = made & each
    return made


def _join(left: Table, right: Table, keys: list[str]) -> Table:
    return left.left_join(right, keys).drop(*(f"{k}_right" for k in keys))


def schema_of(rules: Rules) -> dict[Row, dict[str, str]]:
    """The columns that the two tables need, with their Ibis types."""
    keys: dict[Row, dict[str, str]] = {
        "household": {ID: "int64", "division": "string", "area": "string"},
        "person": {ID: "int64", PERSON: "int64"},
    }
    facts: dict[Row, Mapping[str, Input]] = {"household": rules.households, "person": rules.persons}
    return {
        row: {**keys[row], **{name: TYPES.get(fact.unit, "int64") for name, fact in facts[row].items()}} for row in keys
    }
