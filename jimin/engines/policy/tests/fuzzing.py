"""Random formulas over random rows with unknowns in them, for holding the two readings equal."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from jimin.engines.policy import values as v
from jimin.engines.policy.formulas import Cite, Rules, money, no, number, one_of, when, whether
from jimin.engines.policy.parameters import Dated, Parameter, Parameters
from jimin.engines.policy.units import Unit

DAY = date(2023, 2, 1)
CITE = Cite("T", "一")
TEXTS = ("甲", "乙", "丙")
PLACES = ("220101", "220102", "220201", "229999")
PERSONS = {
    "m1": money("甲额"), "m2": money("乙额"), "c1": number("数"), "b1": whether("甲"), "b2": whether("乙"),
    "t1": one_of("字", *TEXTS), "d1": when("日"), "d2": when("另一日"),
}  # fmt: skip
HOUSEHOLDS = {"hm": money("户额"), "hc": number("户数"), "hb": whether("户"), "hd": when("户日")}


def dated(value: int | None, division: str = "", area: str = "", since: date = date(2020, 1, 1)) -> Dated:
    return Dated(since, value, division, area, CITE, True, "")


def parameter(path: str, unit: Unit, *values: Dated, by_area: bool = False) -> Parameter:
    return Parameter(path, path, unit, values, by_area=by_area)


PARAMETERS = Parameters(
    {
        p.path: p
        for p in (
            parameter("x.share", Unit.RATIO, dated(3333)),
            parameter("x.more", Unit.RATIO, dated(15_000)),
            parameter("x.step", Unit.MONEY, dated(700)),
            parameter("x.fen", Unit.MONEY, dated(1)),
            parameter("x.none", Unit.MONEY, dated(None)),
            parameter("x.few", Unit.COUNT, dated(3)),
            parameter("x.old", Unit.YEARS, dated(60)),
            parameter("x.long", Unit.MONTHS, dated(6)),
            parameter("x.place", Unit.MONEY, dated(50_000), dated(60_000, "220100"), dated(70_000, "220102")),
            parameter(
                "x.area", Unit.MONEY, dated(58_600, area="城镇"), dated(42_200, area="农村"),
                dated(44_100, "220100", "农村"), dated(None, "220201", "城镇"), by_area=True,
            ),
        )
    }
)  # fmt: skip


class Author:
    """Writes formulas as a careless author might, within the language."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def rules(self, formulas: int) -> Rules:
        rules = Rules(dict(PERSONS), dict(HOUSEHOLDS))
        for i in range(formulas):
            self._add(rules, i)
        return rules

    def _add(self, rules: Rules, i: int) -> None:
        row = self.random.choice(["person", "household"])
        unit = self.random.choice([Unit.MONEY, Unit.BOOL, Unit.MONEY])
        seed = self.random.random()
        earlier = [f for (f,) in rules.formulas.values()]

        def body(facts: Any, law: Any) -> Any:
            pen = Pen(random.Random(seed), facts, law, row, earlier)
            return pen.money(3) if unit is Unit.MONEY else pen.truth(3)

        def decide(facts: Any, law: Any) -> Any:
            pen = Pen(random.Random(seed), facts, law, "household", earlier)
            return {no(f"理由{n}", CITE): pen.truth(2) for n in range(3)}

        name = f"f{i}"
        body.__name__ = decide.__name__ = name
        body.__doc__ = decide.__doc__ = name
        if i % 5 == 4:
            rules.decision(CITE)(decide)
        else:
            getattr(rules, row)(unit, CITE)(body)


class Pen:
    """One formula's author: picks operators by chance, to a depth."""

    def __init__(self, chance: random.Random, facts: Any, law: Any, row: str, earlier: list[Any]) -> None:
        self.random, self.facts, self.law, self.row, self.earlier = chance, facts, law, row, earlier

    def _inside(self, member: Any) -> Pen:
        return Pen(self.random, member, self.law, "person", self.earlier)

    def _known(self, unit: Unit) -> list[Any]:
        """Earlier formulas of the unit that can stand here."""
        found = []
        for formula in self.earlier:
            if formula.unit is unit and formula.row == self.row:
                found.append(lambda n=formula.name: getattr(self.facts, n))
            elif formula.unit is unit and self.row == "person":
                found.append(lambda n=formula.name: getattr(self.facts.household, n))
        return found

    def money(self, depth: int) -> Any:
        pick = self.random.randrange(11) if depth else 0
        if pick <= 1:
            mine = ["m1", "m2"] if self.row == "person" else ["hm"]
            leaves = [lambda n=n: getattr(self.facts, n) for n in mine] + self._known(Unit.MONEY)
            leaves += [lambda: self.law.x.place, lambda: self.law.x.area, lambda: self.law.x.step]
            leaves += [lambda: self.facts.household.hm] if self.row == "person" else []
            return self.random.choice(leaves)()
        a = self.money(depth - 1)
        if pick == 2:
            return a + self.money(depth - 1)
        if pick == 3:
            return a - self.money(depth - 1)
        if pick == 4:
            return v.choose(self.truth(depth - 1), a, self.random.choice([0, self.money(depth - 1)]))
        if pick == 5:
            rounded = self.random.choice([v.round_up, v.round_down, v.round_half])
            share = self.random.choice([self.law.x.share, self.law.x.more])
            return rounded(a * share, self.random.choice([self.law.x.fen, self.law.x.step]))
        if pick == 10 and self.row == "household":
            part = v.how_many(self._inside(m).truth(0) for m in self.facts.members)
            return v.round_down(v.portion(a, part, self.facts.hc), self.law.x.fen)
        if pick == 6:
            return self.random.choice([v.at_most, v.at_least])(a, self.law.x.step)
        if pick == 7:
            return v.not_negative(a)
        if pick == 8:
            return self.law.x.area * (self.facts.c1 if self.row == "person" else self.facts.hc)
        if pick == 9 and depth == 1:
            return a + self.law.x.none
        if self.row == "household":
            return v.total(self._inside(m).money(depth - 1) for m in self.facts.members)
        return a

    def truth(self, depth: int) -> Any:
        pick = self.random.randrange(11) if depth else 0
        if pick <= 1:
            mine = ["b1", "b2"] if self.row == "person" else ["hb"]
            return self.random.choice([lambda n=n: getattr(self.facts, n) for n in mine] + self._known(Unit.BOOL))()
        if pick == 2:
            return self.truth(depth - 1) & self.truth(depth - 1)
        if pick == 3:
            return self.truth(depth - 1) | self.truth(depth - 1)
        if pick == 4:
            return ~self.truth(depth - 1)
        if pick in (5, 6):
            a, b = self.money(depth - 1), self.money(depth - 1)
            return self.random.choice([a < b, a <= b, a > b, a >= b, a == b, a != b, a < b * self.law.x.more])
        if self.row == "household":
            op = self.random.choice([v.any_of, v.every])
            if pick in (7, 8):
                return op(self._inside(m).truth(depth - 1) for m in self.facts.members)
            if pick == 9:
                return v.how_many(self._inside(m).truth(depth - 1) for m in self.facts.members) <= self.facts.hc
            return v.years_between(self.facts.hd, self.law.day) >= self.law.x.old
        if pick == 7:
            return self.facts.t1.one_of(*self.random.sample(TEXTS, 2))
        if pick == 8:
            return self.facts.t1 == self.random.choice(TEXTS)
        if pick == 9:
            return v.months_between(self.facts.d1, self.facts.d2) < self.law.x.long
        return v.years_between(self.facts.d1, self.law.day) >= self.law.x.old


def rows(seed: int, count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(households, persons): every fact may be unknown, some households have nobody."""
    chance = random.Random(seed)

    def maybe(value: Any) -> Any:
        return None if chance.random() < 0.12 else value

    def amount() -> int:
        return chance.choice([0, 1, 700, chance.randrange(-90_000, 90_000), chance.randrange(10**9)])

    def day() -> date:
        return date(1930, 1, 1) + timedelta(days=chance.randrange(35_000))

    households, persons = [], []
    for i in range(count):
        households.append(
            {
                "household_id": i, "division": maybe(chance.choice(PLACES)), "area": maybe(chance.choice(["城镇", "农村"])),
                "hm": maybe(amount()), "hc": maybe(chance.randrange(5)), "hb": maybe(chance.random() < 0.5), "hd": maybe(day()),
            }
        )  # fmt: skip
        for _ in range(chance.choice([0, 1, 1, 2, 3])):
            persons.append(
                {
                    "household_id": i, "person_id": len(persons), "m1": maybe(amount()), "m2": maybe(amount()),
                    "c1": maybe(chance.randrange(5)), "b1": maybe(chance.random() < 0.5), "b2": maybe(chance.random() < 0.5),
                    "t1": maybe(chance.choice(TEXTS)), "d1": maybe(day()), "d2": maybe(day()),
                }
            )  # fmt: skip
    return households, persons
