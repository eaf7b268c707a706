"""The household as given, and the numbers of the law on a day at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import yaml

from jimin.domains.assistance.tests.reference.answers import Unknown


@dataclass
class House:
    """Facts of a household (fen, whole numbers, texts, dates; None is not known) and of each of its people."""

    facts: dict[str, Any]
    people: list[dict[str, Any]]
    division: str | None
    area: str | None
    law: Law
    told: dict[Any, Any] = field(default_factory=dict)

    def __call__(self, name: str) -> Any:
        value = self.facts.get(name)
        return Unknown(frozenset({(name, None)})) if value is None else value

    @property
    def day(self) -> date:
        return self.law.day

    @cached_property
    def persons(self) -> list[Person]:
        return [Person(self, i) for i in range(len(self.people))]

    def number(self, path: str) -> Any:
        """A parameter where the household lives: fen, a Fraction, or a whole number."""
        return self.law.at(path, self.division, self.area)


@dataclass
class Person:
    """One person of a household."""

    house: House
    place: int

    def __call__(self, name: str) -> Any:
        value = self.house.people[self.place].get(name)
        return Unknown(frozenset({(name, self.place)})) if value is None else value


def once(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Read once for a household or a person; the second time it is remembered."""

    @wraps(read)
    def remembered(who: House | Person) -> Any:
        house, place = (who.house, who.place) if isinstance(who, Person) else (who, None)
        key = (read.__name__, place)
        if key not in house.told:
            house.told[key] = read(who)
        return house.told[key]

    return remembered


@dataclass
class Law:
    """The dated numbers, from the parameter files as they stand; `local` adds what a place has set."""

    day: date
    values: Mapping[str, Mapping[str, Any]]

    def at(self, path: str, division: str | None, area: str | None) -> Any:
        """The nearest place that set one, then the one for town or country, then the newest."""
        parameter = self.values[path]
        values = parameter["values"]
        lacking = set()
        by_area = parameter.get("by_area", False)
        if division is None and (by_area or any(v.get("division") for v in values)):
            lacking.add(("division", None))
        if area is None and by_area:
            lacking.add(("area", None))
        if lacking:
            return Unknown(frozenset(lacking))
        fit = [v for v in values if v["from"] <= self.day and _covers(v.get("division"), division)]
        fit = [v for v in fit if v.get("until") is None or self.day < v["until"]]
        fit = [v for v in fit if v.get("area") in (None, area)]
        fit.sort(key=lambda v: (_depth(v.get("division")), v.get("area") is not None, v["from"]))
        if not fit or fit[-1]["value"] is None:
            return Unknown(frozenset({(f"law.{path}", None)}))
        return _number(parameter["unit"], fit[-1]["value"])


def _number(unit: str, value: Any) -> Any:
    exact = Fraction(str(value))
    if unit == "ratio":
        return exact
    exact *= 100 if unit == "money" else 1
    assert exact.denominator == 1, value
    return int(exact)


def _depth(division: str | None) -> int:
    return 0 if not division else 1 if division.endswith("0000") else 2 if division.endswith("00") else 3


def _covers(wide: str | None, division: str | None) -> bool:
    return not wide or (division or "").startswith(wide[: 2 * _depth(wide)])


def numbers(folder: Path, local: Path | None = None) -> dict[str, dict[str, Any]]:
    """The parameter files of the domain, and the values that a place has set."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.yaml")):
        for name, parameter in yaml.safe_load(file.read_text()).items():
            found[f"{file.stem}.{name}"] = {**parameter, "values": list(parameter["values"])}
    for path, values in yaml.safe_load(local.read_text()).items() if local else ():
        taken = [(v["from"], v.get("division"), v.get("area")) for v in values]
        kept = [v for v in found[path]["values"] if (v["from"], v.get("division"), v.get("area")) not in taken]
        found[path]["values"] = kept + values
    return found
