"""The language of formulas: a typed graph of some twenty operators.

A formula is called once, at load, with symbolic arguments; what it returns is a graph of `Value`s, which `scalar`
reads for one household with every reason and `columns` for a province. Python's own if, and, or, not, sum, max and
bare numbers are refused here, because each of them would silently decide what is unknown, or hide an amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.units import NUMBERS, WORDS, Unit

Row = Literal["person", "household"]
#: Operators over the members of a household.
AGGREGATES = ("sum", "count", "any", "all")
#: Operators that stand for something outside the formula.
LEAVES = ("input", "var", "param", "of", "day", "const")


class Value:
    """A node: operator, arguments, unit, and whose it is (a person's, a household's, or None: everybody's)."""

    __slots__ = ("args", "op", "row", "unit")
    __hash__ = object.__hash__

    def __init__(self, op: str, args: tuple[Any, ...], unit: Unit, row: Row | None = None) -> None:
        self.op, self.args, self.unit, self.row = op, args, unit, row

    # -- what would decide the unknown ------------------------------------------------------------
    def __bool__(self) -> bool:
        raise RuleError(
            "公式里不能对可能不知道的值用 if、and、or、not、in 或连写的比较",
            allowed="choose(条件, 成立, 不成立)，a & b，a | b，~a，a.one_of(…)",
        )

    def __iter__(self) -> Iterator[Value]:
        raise RuleError("这是一个值，不是一列", allowed="m.x for m in h.members")

    def __radd__(self, other: object) -> Value:
        raise RuleError("Python 的 sum() 会跳过不知道的成员", allowed="total(m.x for m in h.members)")

    # -- arithmetic -----------------------------------------------------------------------------------
    def __add__(self, other: object) -> Value:
        return _like("add", self, other)

    def __sub__(self, other: object) -> Value:
        return _like("sub", self, other)

    def __mul__(self, other: object) -> Value:
        factor = lift(other, self)
        units = {self.unit, factor.unit}
        if units == {Unit.MONEY, Unit.RATIO}:
            money, ratio = (self, factor) if self.unit is Unit.MONEY else (factor, self)
            return Value("mul", (money, ratio), Unit.EXACT, row_of(money, ratio))
        if Unit.COUNT in units and units <= {Unit.MONEY, Unit.COUNT}:
            unit = Unit.MONEY if Unit.MONEY in units else Unit.COUNT
            return Value("mul", (self, factor), unit, row_of(self, factor))
        raise RuleError(
            f"不能用{WORDS[self.unit]}乘{WORDS[factor.unit]}",
            allowed="金额×数、金额×比例、数×数",
            then="乘过比例的金额先取整（round_up、round_down、round_half），再继续算",
        )

    # -- comparison ------------------------------------------------------------------------------------
    def __lt__(self, other: object) -> Value:
        return _like("lt", self, other, Unit.BOOL)

    def __le__(self, other: object) -> Value:
        return _like("le", self, other, Unit.BOOL)

    def __gt__(self, other: object) -> Value:
        return _like("lt", lift(other, self), self, Unit.BOOL)

    def __ge__(self, other: object) -> Value:
        return _like("le", lift(other, self), self, Unit.BOOL)

    def __eq__(self, other: object) -> Value:  # type: ignore[override]
        return _like("eq", self, other, Unit.BOOL)

    def __ne__(self, other: object) -> Value:  # type: ignore[override]
        return ~(self == other)

    def one_of(self, *options: str) -> Value:
        """Is the text one of these?"""
        if self.unit is not Unit.TEXT or not options or not all(isinstance(o, str) for o in options):
            raise RuleError(f"one_of 只比文字，这里是{WORDS[self.unit]}", allowed='p.relation.one_of("配偶", "子女")')
        return Value("isin", (self, options), Unit.BOOL, self.row)

    # -- logic, with a third answer -----------------------------------------------------------------------
    def __and__(self, other: object) -> Value:
        return _both("and", self, other)

    def __or__(self, other: object) -> Value:
        return _both("or", self, other)

    def __invert__(self) -> Value:
        return Value("not", (condition(self),), Unit.BOOL, self.row)


def row_of(*values: Value) -> Row | None:
    """Whose the result of an operator is. Raises RuleError for a person's beside a household's."""
    rows = {v.row for v in values} - {None}
    if len(rows) > 1:
        raise RuleError("一个公式里混用了个人的值和家庭的值", allowed="p.household.x，或 total(m.x for m in h.members)")
    return rows.pop() if rows else None


def lift(given: object, like: Value) -> Value:
    """A constant beside a value: 0, true, false or a text. Everything else that has a number is a parameter."""
    if isinstance(given, Value):
        return given
    if isinstance(given, Missing):
        raise given.error()
    if isinstance(given, bool) and like.unit is Unit.BOOL:
        return Value("const", (given,), Unit.BOOL)
    if isinstance(given, str) and like.unit is Unit.TEXT:
        return Value("const", (given,), Unit.TEXT)
    if type(given) is int and given == 0 and like.unit in NUMBERS:
        return Value("const", (0,), like.unit)
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        raise RuleError(
            f"公式里写了数字 {given}",
            allowed="0，其余都是有日期、有出处的参数",
            then="请写进 parameters/*.yaml，用 law.文件.名称 引用",
        )
    raise RuleError(f"“{given}”不能和{WORDS[like.unit]}放在一起")


class Missing:
    """A parameter that nobody has declared: an error as soon as a formula uses it."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __getattr__(self, name: str) -> Any:
        raise self.error() if name.startswith("__") else self.error(f"{self.path}.{name}")

    def error(self, path: str = "") -> RuleError:
        """What to tell the author."""
        path = path or self.path
        return RuleError(
            f"没有参数 law.{path}",
            then=f"请在 parameters/{path.partition('.')[0]}.yaml 里写上名称、单位、数值、起始日期和出处",
        )

    def _refuse(self, *_other: object) -> Any:
        raise self.error()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __and__ = __or__ = __invert__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _refuse


def condition(value: object) -> Value:
    """A value that must be a condition."""
    if isinstance(value, Missing):
        raise value.error()
    if not isinstance(value, Value) or value.unit is not Unit.BOOL:
        found = WORDS[value.unit] if isinstance(value, Value) else f"“{value}”"
        raise RuleError(f"这里要一个条件，写的是{found}")
    return value


def _exact(value: Value) -> Value:
    """An amount as an exact one, so that it can stand beside one."""
    return Value("exact", (value,), Unit.EXACT, value.row) if value.unit is Unit.MONEY else value


def _like(op: str, left: Value, right: object, unit: Unit | None = None) -> Value:
    other = lift(right, left)
    if {left.unit, other.unit} == {Unit.MONEY, Unit.EXACT}:
        left, other = _exact(left), _exact(other)
    words = {"add": "相加", "sub": "相减", "eq": "比较", "lt": "比较", "le": "比较"}[op]
    if left.unit is not other.unit:
        raise RuleError(f"{WORDS[left.unit]}和{WORDS[other.unit]}不能{words}")
    if (
        op in ("add", "sub", "lt", "le")
        and left.unit not in NUMBERS
        and not (op in ("lt", "le") and left.unit is Unit.DATE)
    ):
        raise RuleError(f"{WORDS[left.unit]}不能{words}")
    return Value(op, (left, other), unit or left.unit, row_of(left, other))


def _both(op: str, left: Value, right: object) -> Value:
    first, second = condition(left), condition(lift(right, left))
    return Value(op, (first, second), Unit.BOOL, row_of(first, second))


# -- functions that formulas use ----------------------------------------------------------------------
def choose(when: Value, then: object, otherwise: object) -> Value:
    """`then` where the condition holds, `otherwise` where it does not, unknown where it is unknown."""
    like = next((x for x in (then, otherwise) if isinstance(x, Value)), None)
    if like is None:
        for given in (then, otherwise):
            if isinstance(given, Missing):
                raise given.error()
        raise RuleError("choose 的两边至少有一边是值，不能都是常数")
    first, second = lift(then, like), lift(otherwise, like)
    if {first.unit, second.unit} == {Unit.MONEY, Unit.EXACT}:
        first, second = _exact(first), _exact(second)
    if first.unit is not second.unit:
        raise RuleError(f"choose 的两边是{WORDS[first.unit]}和{WORDS[second.unit]}，要一样")
    when = condition(when)
    return Value("choose", (when, first, second), first.unit, row_of(when, first, second))


def at_most(amount: Value, limit: object) -> Value:
    """The amount, but no more than the limit."""
    return choose(amount <= limit, amount, limit)


def at_least(amount: Value, floor: object) -> Value:
    """The amount, but no less than the floor."""
    return choose(amount >= floor, amount, floor)


def not_negative(amount: Value) -> Value:
    """The amount, or 0 where it is below."""
    return at_least(amount, 0)


def _rounded(op: str, amount: Value, step: object) -> Value:
    size = lift(step, amount)
    if amount.unit not in (Unit.MONEY, Unit.EXACT) or size.unit is not Unit.MONEY or size.op != "param":
        raise RuleError(
            f"取整要一个金额和一个参数（取整到多少），这里是{WORDS[amount.unit]}和{WORDS[size.unit]}",
            allowed="round_down(金额, law.x.rounding)",
        )
    return Value(op, (_exact(amount), _exact(size)), Unit.MONEY, row_of(amount, size))


def round_up(amount: Value, step: object) -> Value:
    """Up to a whole multiple of the step (a parameter)."""
    return _rounded("up", amount, step)


def round_down(amount: Value, step: object) -> Value:
    """Down to a whole multiple of the step (a parameter)."""
    return _rounded("down", amount, step)


def round_half(amount: Value, step: object) -> Value:
    """To the nearest multiple of the step (a parameter), half upwards."""
    return _rounded("half", amount, step)


def portion(amount: Value, part: Value, whole: Value) -> Value:
    """`part` of `whole` of an amount (two of three people's), not yet rounded; 0 where the whole is nobody."""
    if amount.unit is not Unit.MONEY or {part.unit, whole.unit} != {Unit.COUNT}:
        raise RuleError("portion 要金额、数、数", allowed="portion(金额, 人数, 总人数)")
    return Value("portion", (_exact(amount), part, whole), Unit.EXACT, row_of(amount, part, whole))


def years_between(start: Value, end: Value) -> Value:
    """Whole years (周岁) from one date to another."""
    return _between("years", start, end, Unit.YEARS)


def months_between(start: Value, end: Value) -> Value:
    """Whole months from one date to another."""
    return _between("months", start, end, Unit.MONTHS)


def _between(op: str, start: Value, end: Value, unit: Unit) -> Value:
    if {start.unit, end.unit} != {Unit.DATE}:
        raise RuleError(f"要两个日期，这里是{WORDS[start.unit]}和{WORDS[end.unit]}")
    return Value(op, (start, end), unit, row_of(start, end))


def _over_members(op: str, items: Iterable[Value], unit: Unit | None) -> Value:
    value, *more = list(items)
    if more or not isinstance(value, Value):
        raise RuleError(
            "这里要 (m.x for m in h.members)，不加筛选", then="不算在内的成员，在成员自己的公式里给 0 或“否”"
        )
    if value.row == "household":
        raise RuleError("这里要成员的值，写的是家庭的值", allowed="m.x for m in h.members")
    if unit is Unit.BOOL or op == "count":
        condition(value)
    elif value.unit not in NUMBERS:
        raise RuleError(f"{WORDS[value.unit]}不能合计")
    return Value(op, (value,), unit or value.unit, "household")


def total(items: Iterable[Value]) -> Value:
    """The sum over all members; unknown as soon as one of them is."""
    return _over_members("sum", items, None)


def how_many(items: Iterable[Value]) -> Value:
    """How many members meet the condition; unknown as soon as one is."""
    return _over_members("count", items, Unit.COUNT)


def any_of(items: Iterable[Value]) -> Value:
    """Does one member meet the condition?"""
    return _over_members("any", items, Unit.BOOL)


def every(items: Iterable[Value]) -> Value:
    """Do all members meet the condition?"""
    return _over_members("all", items, Unit.BOOL)


def walk(node: Value) -> Iterator[Value]:
    """Every node of a graph, the node itself first."""
    yield node
    for argument in node.args:
        if isinstance(argument, Value):
            yield from walk(argument)
