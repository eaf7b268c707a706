"""What has been answered so far. It travels in the form, in clear and unsigned: it is the visitor's own, and kept nowhere."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.domains.assistance.api import ASSISTANCE, QUESTIONS
from jimin.engines.policy.formulas import Input
from jimin.engines.policy.parameters import AREAS
from jimin.engines.policy.scalar import Household, Member
from jimin.engines.policy.units import LARGEST, SCALE, Stored, Unit

MOST_PEOPLE = 20
MOST_CHARACTERS = 60_000
MOST_STEPS = 400
Facts = dict[str, Stored]
RULES = ASSISTANCE.rules


@dataclass
class Answers:
    """Facts of the household and of each person; None is “not sure”, what is absent was not asked yet.

    `ticked`: facts of a person that there are, but not yet how much. `trail`: the screens that were answered.
    """

    division: str | None = None  # six digits
    area: str | None = None
    town: str = ""
    house: Facts = field(default_factory=dict)
    people: list[Facts] = field(default_factory=lambda: [{"relation": "本人"}])
    ticked: list[set[str]] = field(default_factory=lambda: [set()])
    trail: list[str] = field(default_factory=list)

    def of(self, member: int | None) -> Facts:
        """The answers of one person, or of the household."""
        return self.house if member is None else self.people[member]

    def household(self) -> Household:
        """As the rules read it: sums put together from their parts."""
        members = [Member(str(i), {k: self._whole(k, p) for k in p}) for i, p in enumerate(self.people)]
        return Household(dict(self.house), members, self.division, self.area)

    @staticmethod
    def _whole(name: str, facts: Facts) -> Stored:
        parts = [facts.get(part) for part in (*QUESTIONS[name].parts, name)]
        if len(parts) == 1 or any(p is None for p in parts):
            return facts[name] if len(parts) == 1 else None
        return sum((int(p) for p in parts), 0)  # type: ignore[arg-type,misc]

    def encoded(self) -> str:
        """As one line for the form."""
        people = [{k: _out(v) for k, v in p.items()} for p in self.people]
        content = {
            "d": self.division, "a": self.area, "t": self.town, "h": {k: _out(v) for k, v in self.house.items()},
            "p": people, "k": [sorted(t) for t in self.ticked], "s": self.trail,
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _out(value: Stored) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def decoded(text: str) -> Answers | None:
    """The answers of a form; None when it is not ours. What no question could have given is left out."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    people = [p for p in _list(raw.get("p")) if isinstance(p, dict)][:MOST_PEOPLE]
    found = Answers(house=_facts(RULES.households, raw.get("h")))
    if people:
        found.people = [_facts(RULES.persons, p) for p in people]
        found.people[0]["relation"] = "本人"
    ticked = _list(raw.get("k"))
    found.ticked = [
        {t for t in _list(ticked[i] if i < len(ticked) else []) if isinstance(t, str) and t in RULES.persons}
        for i in range(len(found.people))
    ]
    place(found, raw.get("d"), raw.get("t"), raw.get("a"))
    found.trail = [s for s in _list(raw.get("s")) if isinstance(s, str) and len(s) < 30][:MOST_STEPS]
    return found


def place(answers: Answers, county: object, town: object, area: object) -> None:
    """Take a county (six digits), a town in it (twelve) and 城镇 or 农村, if there are such."""
    known = {p.code[:6] for p in divisions.all_of(Level.COUNTY)} if county else set()
    answers.division = county if isinstance(county, str) and county in known else None
    towns = {p.code for p in divisions.children(f"{answers.division}000000")} if answers.division and town else set()
    answers.town = town if isinstance(town, str) and town in towns else ""
    answers.area = area if isinstance(area, str) and area in AREAS else None


def _list(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _facts(known: dict[str, Input], raw: object) -> Facts:
    if not isinstance(raw, dict):
        return {}
    return {k: v for k in raw if k in known for v in [_value(k, known[k], raw[k])] if v is None or v != ""}


def _value(name: str, fact: Input, raw: object) -> Stored:
    """A kept value, or "" for what it cannot be."""
    if raw is None:
        return None
    if fact.unit is Unit.BOOL:
        return raw if isinstance(raw, bool) else ""
    if fact.unit is Unit.TEXT:
        return raw if isinstance(raw, str) and raw in fact.options else ""
    if fact.unit is Unit.DATE:
        try:
            return date.fromisoformat(raw) if isinstance(raw, str) else ""
        except ValueError:
            return ""
    if not isinstance(raw, int) or isinstance(raw, bool) or abs(raw) > LARGEST * SCALE[fact.unit]:
        return ""
    return raw if raw >= 0 or QUESTIONS[name].may_be_negative else ""
