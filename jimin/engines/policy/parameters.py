"""Dated, scoped parameters from YAML: no amount without a source, nothing guessed.

standard:                                  # parameters/dibao.yaml → law.dibao.standard
  title: 最低生活保障标准（每人每月）
  unit: money                              # money, ratio, count, years, months
  set_by: [province, prefecture]           # who may set it; the nearest place that did counts
  by_area: true                            # 城镇 and 农村 apart
  source: {text: SA649, article: 第十条}
  values:
    - {from: 2022-07-01, area: 农村, value: 422, verified: false}
    - {from: 2022-07-01, division: "220100", area: 农村, value: 441, verified: false}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from jimin.engines.policy import yamlfile
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Cite
from jimin.engines.policy.units import SCALE, Unit, store

AREAS = ("城镇", "农村")
SETTERS = ("nation", "province", "prefecture", "county")
KEYS = {"title", "unit", "set_by", "by_area", "source", "verified", "note", "values"}
VALUE_KEYS = {"from", "value", "division", "area", "source", "verified", "note"}
LEVELS = {"": 0, "province": 1, "prefecture": 2, "county": 3}


@dataclass(frozen=True, slots=True)
class Dated:
    """One value: since when, where, by which document, and whether anyone has seen that document."""

    since: date
    value: int | None  # None: from this day there is none
    division: str  # six digits, or "" for everywhere
    area: str  # 城镇, 农村, or "" for both
    cite: Cite
    verified: bool
    place: str  # file and line
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the law by date and place."""

    path: str
    title: str
    unit: Unit
    values: tuple[Dated, ...]
    set_by: tuple[str, ...] = ("nation",)
    by_area: bool = False
    note: str = ""

    @property
    def is_scoped(self) -> bool:
        """Does it differ from place to place?"""
        return self.by_area or any(v.division for v in self.values)

    def at(self, day: date, division: str = "", area: str = "") -> Dated | None:
        """The value in force on a day at a place: the nearest place that set one, then the newest."""
        best: tuple[tuple[int, bool, date], Dated] | None = None
        for value in self.values:
            if value.since > day or not covers(value.division, division) or value.area not in ("", area):
                continue
            rank = (_nearness(value.division), bool(value.area), value.since)
            if best is None or rank > best[0]:
                best = (rank, value)
        return best[1] if best else None

    def ranked(self, day: date) -> list[Dated]:
        """The newest value of each place on a day, in the order in which a household's place is looked for."""
        newest: dict[tuple[str, str], Dated] = {}
        for value in sorted(self.values, key=lambda v: v.since):
            if value.since <= day:
                newest[value.division, value.area] = value
        return sorted(newest.values(), key=lambda v: (-_nearness(v.division), not v.area))


#: How many digits of a household's county say that it lies in a value's place.
DIGITS = {"": 0, "province": 2, "prefecture": 4, "county": 6}


def level_of(division: str) -> str:
    """province, prefecture or county of a six-digit code; "" for everywhere."""
    if not division:
        return ""
    return "province" if division.endswith("0000") else "prefecture" if division.endswith("00") else "county"


def _nearness(division: str) -> int:
    return LEVELS[level_of(division)]


def covers(wide: str, division: str) -> bool:
    """Does the place of a value cover a household's place (its county, six digits)?"""
    level = level_of(wide)
    return level == "" or wide[: DIGITS[level]] == division[: DIGITS[level]]


class Parameters:
    """All parameters, by path."""

    def __init__(self, items: Mapping[str, Parameter]) -> None:
        self.items = dict(items)

    def find(self, path: str) -> Parameter | None:
        """The parameter at "dibao.standard"."""
        return self.items.get(path)

    def with_values(self, path: str, values: Iterable[Dated]) -> Parameters:
        """A copy in which one parameter has other values (a simulation, or a province's confirmation)."""
        return Parameters({**self.items, path: replace(self.items[path], values=tuple(values))})

    def reform(self, changes: Mapping[str, Callable[[int], int]]) -> Parameters:
        """A copy with changed values: path → new stored value of the old one. Dates, places and sources stay."""
        items = dict(self.items)
        for path, change in changes.items():
            old = items[path]
            new = (v if v.value is None else replace(v, value=change(v.value), verified=False) for v in old.values)
            items[path] = replace(old, values=tuple(new))
        return Parameters(items)


def load(folders: Iterable[Path], texts: Iterable[str]) -> Parameters:
    """Read parameters/*.yaml of several folders. `texts` are the keys of the register of regulations. Raises RuleError."""
    known, items = frozenset(texts), dict[str, Parameter]()
    for folder in folders:
        for file in sorted(Path(folder).glob("*.yaml")):
            for name, raw in yamlfile.read(file).items():
                parameter = _parameter(f"{file.stem}.{name}", raw, known)
                if parameter.path in items:
                    raise RuleError(f"参数 {parameter.path} 有两份", where=raw.where, then="请删去一份")
                items[parameter.path] = parameter
    return Parameters(items)


def extend(base: Parameters, file: Path, texts: Iterable[str]) -> Parameters:
    """The parameters with a place's own values added: {dibao.standard: [{from: …, division: …, value: …}]}. Raises RuleError.

    A value for the same date and place takes the place of the base's.
    """
    known, made = frozenset(texts), base
    content = yamlfile.read(file)
    for path, raw in content.items():
        parameter = made.find(path)
        if parameter is None or not isinstance(raw, list):
            raise RuleError(f"没有参数 {path}", where=content.where, allowed="、".join(sorted(base.items)))
        above = yamlfile.Mapping()
        above.where = content.where
        added = [_value(path, v, above, parameter.unit, parameter.by_area, parameter.set_by, known) for v in raw]
        made = made.with_values(path, _replaced(parameter.values, added))
    return made


def _replaced(old: Iterable[Dated], new: list[Dated]) -> list[Dated]:
    taken = {(v.since, v.division, v.area) for v in new}
    return [*(v for v in old if (v.since, v.division, v.area) not in taken), *new]


def _parameter(path: str, raw: Any, texts: frozenset[str]) -> Parameter:
    if not isinstance(raw, yamlfile.Mapping):
        raise RuleError(f"{path} 下面应是 title、unit、source、values", where=yamlfile.where(raw))
    raw.only(KEYS)
    title = raw.need("title", str, "法规里的名称")
    units = [str(u) for u in SCALE]
    if raw.get("unit") not in units:
        raise RuleError(f"{path} 的 unit 是“{raw.get('unit')}”", where=raw.where, allowed="、".join(units))
    unit = Unit(raw["unit"])
    set_by = tuple(raw.get("set_by", ["nation"]))
    if not set(set_by) <= set(SETTERS):
        raise RuleError(f"{path} 的 set_by 是 {list(set_by)}", where=raw.where, allowed="、".join(SETTERS))
    by_area = bool(raw.get("by_area", False))
    values: list[Dated] = []
    for each in raw.need("values", list, "至少一个数值；没有人定过的写 value: null 并说明出处"):
        value = _value(path, each, raw, unit, by_area, set_by, texts)
        twin = next(
            (v for v in values if (v.since, v.division, v.area) == (value.since, value.division, value.area)), None
        )
        if twin:
            raise RuleError(
                f"{path} 自 {value.since} 在同一地方有两个数值（另一个在 {twin.place}）",
                where=value.place,
                then="请删去一个",
            )
        values.append(value)
    if not values:
        raise RuleError(f"{path} 没有数值", where=raw.where, then="没有人定过的写 value: null 并说明出处")
    return Parameter(path, title, unit, tuple(values), set_by, by_area, raw.get("note", ""))


def _value(
    path: str,
    raw: Any,
    above: yamlfile.Mapping,
    unit: Unit,
    by_area: bool,
    set_by: tuple[str, ...],
    texts: frozenset[str],
) -> Dated:
    if not isinstance(raw, yamlfile.Mapping):
        raise RuleError(f"{path} 的一个数值写得不完整", where=above.where, allowed="{from: 2022-07-01, value: …}")
    raw.only(VALUE_KEYS)
    since = raw.need("from", date, "2022-07-01 这样的日期")
    if "value" not in raw:
        raise RuleError(f"{path} 没有 value", where=raw.where, allowed="一个数，或 null（自这天起没有）")
    try:
        value = store(unit, raw["value"])
    except RuleError as error:
        raise error.at(raw.where) from None
    division, area = str(raw.get("division", "")), raw.get("area", "")
    if division and (len(division) != 6 or not division.isdigit()):
        raise RuleError(f"{path} 的 division 是“{division}”", where=raw.where, allowed='加引号的六位代码，如 "220100"')
    if level_of(division) and level_of(division) not in set_by:
        raise RuleError(
            f"{path} 不由{ {'province': '省', 'prefecture': '设区的市', 'county': '县'}[level_of(division)] }级规定（{division}）",
            where=raw.where,
            allowed="、".join(set_by),
        )
    if area not in ("", *AREAS) or (area and not by_area):
        raise RuleError(
            f"{path} 的 area 是“{area}”",
            where=raw.where,
            allowed="、".join(AREAS) if by_area else "不写（这个参数不分城乡）",
        )
    return Dated(
        since,
        value,  # type: ignore[arg-type]
        division,
        area,
        _source(path, raw, above, texts),
        raw.get("verified", above.get("verified", False)) is True,
        raw.where,
        raw.get("note", ""),
    )


def _source(path: str, raw: yamlfile.Mapping, above: yamlfile.Mapping, texts: frozenset[str]) -> Cite:
    source = raw.get("source", above.get("source"))
    if not isinstance(source, yamlfile.Mapping) or not source.get("text") or not source.get("article"):
        raise RuleError(
            f"{path} 的数值没有出处",
            where=raw.where,
            allowed="source: {text: …, article: …}",
            then="没有出处的数不是法",
        )
    if source["text"] not in texts:
        raise RuleError(
            f"{path} 的出处“{source['text']}”不在法规登记里",
            where=raw.where,
            allowed="、".join(sorted(texts)),
            then="请先登记这份文件",
        )
    return Cite(str(source["text"]), str(source["article"]))
