"""What a scenario changes: one number of the law, in one place or everywhere, up or down or to a value; and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Cite
from jimin.engines.policy.law import InForce
from jimin.engines.policy.parameters import AREAS, Dated, Parameter, Parameters, level_of
from jimin.engines.policy.units import LARGEST, SCALE, Unit, store

CITY = 4  # digits of a county's code that are its 市（州）'s
SCENARIO = Cite("JIMIN", "模拟测算")


class How(StrEnum):
    """Set it to a value; change it by a percentage; raise it to a value where it is lower."""

    SET = "set"
    PERCENT = "percent"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the parameter, how, the number as people write it (yuan, a ratio, percent), and 城镇 or 农村 ("" for both)."""

    path: str
    how: How
    value: Decimal
    area: str = ""

    @property
    def place(self) -> str:
        """By which name a refusal points at it."""
        return f"{self.path}:{self.area}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a change may go: percent either way, and the least and largest value by unit, as people write them."""

    percent: Decimal
    values: Mapping[Unit, tuple[Decimal, Decimal]]


def used(law: InForce, outputs: Iterable[str]) -> list[str]:
    """The parameters that the outputs stand on, in the order of the register."""
    variables = set().union(*(law.used_by(name) for name in outputs))
    paths = {path for name in variables for path in law.parameters_of(name)}
    return [path for path in law.parameters.items if path in paths]


def check(law: InForce, outputs: Sequence[str], changes: Sequence[Change], bounds: Bounds) -> None:
    """Refuse what would say nothing or is no number of this kind. Raises RuleError: what, where, what is allowed."""
    if not changes:
        raise RuleError("没有改动任何参数", then="请至少改一个参数，再测算")
    known = used(law, outputs)
    seen: set[tuple[str, str]] = set()
    for change in changes:
        parameter = law.parameters.find(change.path)
        if parameter is None or change.path not in known:
            title = parameter.title if parameter else change.path
            allowed = "、".join(law.parameters.items[p].title for p in known)
            raise RuleError(f"“{title}”不影响这个事项：没有公式用到它", where=change.place, allowed=allowed)
        _check_one(parameter, change, bounds)
        for area in (change.area,) if change.area else ("", *AREAS):
            if (change.path, area) in seen:
                raise RuleError(f"“{parameter.title}”改了两次", where=change.place, then="请只留一个改动")
            seen.add((change.path, area))


def _check_one(parameter: Parameter, change: Change, bounds: Bounds) -> None:
    if change.area not in ("", *(AREAS if parameter.by_area else ())):
        allowed = "、".join(AREAS) if parameter.by_area else "不选（这个参数不分城乡）"
        raise RuleError(f"“{parameter.title}”的城乡是“{change.area}”", where=change.place, allowed=allowed)
    if change.how is How.PERCENT:
        if abs(change.value) > bounds.percent or change.value == 0:
            allowed = f"−{bounds.percent:f} 到 +{bounds.percent:f}，不能是 0"
            raise RuleError(f"“{parameter.title}”的百分比是 {change.value:f}", where=change.place, allowed=allowed)
        if parameter.unit not in (Unit.MONEY, Unit.RATIO):
            raise RuleError(f"“{parameter.title}”不能按百分比改", where=change.place, allowed="改成一个数")
        return
    least, most = bounds.values[parameter.unit]
    if not least <= change.value <= most:
        raise RuleError(
            f"“{parameter.title}”是 {change.value:f}",
            where=change.place,
            allowed=f"{least:f} 到 {most:f}",
            then="请核对单位",
        )
    try:
        store(parameter.unit, change.value)
    except RuleError as error:
        raise RuleError(f"“{parameter.title}”：{error.found}", where=change.place, allowed=error.allowed) from None


def apply(parameters: Parameters, changes: Iterable[Change], day: date, divisions: Sequence[str]) -> Parameters:
    """The parameters with the changes from `day` on, in these counties (six digits); other 市（州） keep theirs.

    A number that differs from place to place is changed from each county's own, so that the nearest value counts as ever.
    """
    made = parameters
    for change in changes:
        parameter = made.items[change.path]
        if not parameter.is_scoped:
            made = made.with_added(change.path, _changed(parameter, change, day, "", ""))
            continue
        areas = ("",) if not parameter.by_area else (change.area,) if change.area else AREAS
        for area in areas:
            made = made.with_added(change.path, _at_places(parameter, change, day, divisions, area))
    return made


def _at_places(parameter: Parameter, change: Change, day: date, divisions: Sequence[str], area: str) -> list[Dated]:
    """One value for a 市（州） in which no county has its own and all come to the same, else one a county: a pass is quicker."""
    own = {v.division for v in parameter.values if level_of(v.division) == "county"}
    cities: dict[str, list[str]] = {}
    for division in divisions:
        cities.setdefault(division[:CITY], []).append(division)
    found: list[Dated] = []
    for city, counties in cities.items():
        values = [v for county in counties for v in _changed(parameter, change, day, county, area)]
        if own.isdisjoint(counties) and len(values) == len(counties) and len({v.value for v in values}) == 1:
            values = [replace(values[0], division=f"{city}00")]
        found += values
    return found


def _changed(parameter: Parameter, change: Change, day: date, division: str, area: str) -> list[Dated]:
    old = parameter.at(day, division, area)
    value = new_value(parameter.unit, old.value if old else None, change)
    if value is None:  # a percentage of a number that nobody has set: it stays unknown
        return []
    return [Dated(day, value, division, area, SCENARIO, False, "")]


def new_value(unit: Unit, old: int | None, change: Change) -> int | None:
    """A stored value after the change; None where a percentage has nothing to be taken of."""
    if change.how is How.PERCENT:
        if old is None:
            return None
        # To the fineness in which the law writes it: whole fen, a ten-thousandth of a ratio.
        exact = Decimal(old) * (100 + change.value) / 100
        return min(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), LARGEST * SCALE[unit])
    given = int(store(unit, change.value))  # type: ignore[arg-type]
    return max(given, old) if change.how is How.FLOOR and old is not None else given
