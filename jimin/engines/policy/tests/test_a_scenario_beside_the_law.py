"""Simulation without a database: what is refused, what changes, what comes out, and what is not shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import ibis
import pytest

from jimin.engines.policy import changes, simulate, suppress
from jimin.engines.policy.changes import Bounds, Change, How
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Cite, Rules, money, no, whether
from jimin.engines.policy.law import InForce
from jimin.engines.policy.outcome import Group, Kinds, Outcome, declare
from jimin.engines.policy.parameters import Dated, Parameter, Parameters
from jimin.engines.policy.programmes import Domain, Programme
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose, how_many, total

DAY, A, B = date(2023, 10, 10), "220122", "220302"
TEXT = Cite("T", "第一条")
BOUNDS = Bounds(
    Decimal(100),
    {u: (Decimal(0), Decimal(1000)) for u in (Unit.MONEY, Unit.RATIO, Unit.COUNT, Unit.YEARS, Unit.MONTHS)},
)

rules = Rules({"wage": money("工资"), "counted": whether("计入")}, {"local": whether("本地")})


@rules.household(Unit.COUNT, TEXT)
def size(h, law):  # type: ignore[no-untyped-def]
    """人数"""
    return how_many(m.counted for m in h.members)


@rules.household(Unit.MONEY, TEXT)
def line(h, law):  # type: ignore[no-untyped-def]
    """线"""
    return law.aid.standard * h.size


@rules.household(Unit.MONEY, TEXT)
def income(h, law):  # type: ignore[no-untyped-def]
    """收入"""
    return total(m.wage for m in h.members)


@rules.decision(TEXT)
def aid(h, law):  # type: ignore[no-untyped-def]
    """补助"""
    return {no("不在本地", TEXT): h.local, no("收入不低于线", TEXT): h.income < h.line}


@rules.household(Unit.MONEY, TEXT)
def aid_amount(h, law):  # type: ignore[no-untyped-def]
    """金额"""
    return choose(h.aid, h.line - h.income, 0)


def _dated(value: int, division: str = "", area: str = "") -> Dated:
    return Dated(date(2023, 1, 1), value, division, area, TEXT, True, "")


NUMBERS = Parameters(
    {
        "aid.standard": Parameter(
            "aid.standard", "标准", Unit.MONEY,
            (_dated(40000, "220000", "农村"), _dated(50000, "220100", "农村"), _dated(60000, "220000", "城镇")),
            ("province", "prefecture"), by_area=True,
        ),
        "aid.other": Parameter("aid.other", "没有用到的数", Unit.MONEY, (_dated(100),)),
    }
)  # fmt: skip
PROGRAMME = Programme("test.aid", "补助", Domain("test_simulation", rules, None), "aid", amount="aid_amount")  # type: ignore[arg-type]
OUTPUTS = ["aid", "aid_amount"]
#: county, area, local, (wage of each member, None: unknown)
HOMES = [
    (A, "农村", True, [30000]),  # 500: gets 200 → 250
    (A, "农村", True, [52000]),  # gets nothing → enters with 30 (standard 550)
    (A, "农村", True, [None]),  # undecided before and after
    (A, "农村", None, [90000]),  # refused whatever is not known of it
    (B, "农村", True, [10000, 10000]),  # 2 × 400: gets 600 → 680
    (B, "城镇", True, [10000]),  # a town's number is not changed
    (B, None, True, [10000]),  # where its number is from is not known
]


def law(numbers: Parameters = NUMBERS) -> InForce:
    return InForce(rules, numbers, DAY)


def simulated(change: Change) -> Outcome:
    declare("test_simulation", Kinds("size", {}))
    connection = ibis.duckdb.connect()
    homes = [{"household_id": i, "division": c, "area": a, "local": x} for i, (c, a, x, _) in enumerate(HOMES)]
    people = [
        {"household_id": i, "person_id": 10 * i + n, "wage": w, "counted": True}
        for i, (_, _, _, wages) in enumerate(HOMES)
        for n, w in enumerate(wages)
    ]
    tables = (
        ibis.memtable(
            homes, schema={"household_id": "int64", "division": "string", "area": "string", "local": "boolean"}
        ),
        ibis.memtable(
            people, schema={"household_id": "int64", "person_id": "int64", "wage": "int64", "counted": "boolean"}
        ),
    )
    after = law(changes.apply(NUMBERS, [change], DAY, [A, B]))
    return simulate.run(connection, tables, PROGRAMME, (law(), after), [6000, 9000], look=5)


@pytest.fixture(scope="module")
def raised() -> Outcome:
    return simulated(Change("aid.standard", How.PERCENT, Decimal(10), "农村"))


def test_cost_entrants_gain_and_undecided_are_counted_as_by_hand(raised: Outcome) -> None:
    t = raised.total
    assert (t.rows, t.paid0, t.paid1, t.entrants, t.leavers, t.gain, t.loss) == (7, 3, 4, 1, 0, 2, 0)
    assert (t.undecided0, t.undecided1, t.resolved) == (2, 2, 0)
    assert (t.cost0, t.cost1) == (20000 + 60000 + 50000, 25000 + 3000 + 68000 + 50000)
    assert (t.gained, t.lost) == (t.more, 0)


def test_each_county_and_kind_adds_up_to_the_whole(raised: Outcome) -> None:
    for groups in (raised.counties, raised.areas, raised.sizes):
        for name in ("rows", "paid1", "cost1", "undecided0"):
            assert sum(getattr(g, name) for g in groups) == getattr(raised.total, name), name
    assert {g.key: g.entrants for g in raised.counties} == {A: 1, B: 0}


def test_the_change_is_spread_over_its_steps_and_ends_at_the_edges(raised: Outcome) -> None:
    assert [s.rows for s in raised.steps] == [0, 0, 0, 1, 1, 1, 0]  # 50 yuan is below 60; 80 between 60 and 90


def test_what_undecided_households_lack_is_named(raised: Outcome) -> None:
    assert {f.title: f.rows for f in raised.facts} == {"工资": 1, "城镇或农村": 1}
    assert [(m.words, m.before, m.after) for m in raised.grounds] == [("收入不低于线", 2, 2)]
    assert raised.looked == 2


def test_a_lower_number_makes_leavers_and_losers() -> None:
    t = simulated(Change("aid.standard", How.SET, Decimal(250), "农村")).total
    assert (t.entrants, t.leavers, t.gain, t.loss) == (0, 1, 0, 1)
    assert (t.gained, t.lost) == (0, 20000 + 30000)


def test_an_outcome_comes_back_from_what_is_kept(raised: Outcome) -> None:
    assert Outcome.of(raised.plain()) == raised


def test_each_county_is_changed_from_its_own_number_and_other_places_stay() -> None:
    made = changes.apply(NUMBERS, [Change("aid.standard", How.FLOOR, Decimal(450), "农村")], DAY, [A, B])
    at = made.items["aid.standard"].at
    found = [at(DAY, place, "农村") for place in (A, B, "220203")]
    assert [v.value if v else None for v in found] == [50000, 45000, 40000]
    town = at(DAY, B, "城镇")
    assert town and town.value == 60000


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "没有改动"),
        ([Change("aid.other", How.SET, Decimal(5))], "没有公式用到它"),
        ([Change("aid.unheard", How.SET, Decimal(5))], "没有公式用到它"),
        ([Change("aid.standard", How.PERCENT, Decimal(101), "农村")], "百分比"),
        ([Change("aid.standard", How.PERCENT, Decimal(0))], "百分比"),
        ([Change("aid.standard", How.SET, Decimal(1001))], "0 到 1000"),
        ([Change("aid.standard", How.SET, Decimal("1.005"))], "最小单位"),
        ([Change("aid.standard", How.SET, Decimal(5), "郊区")], "城镇、农村"),
        ([Change("aid.standard", How.SET, Decimal(5), "农村"), Change("aid.standard", How.SET, Decimal(6))], "两次"),
    ],
)
def test_a_change_that_says_nothing_or_is_out_of_bounds_is_refused(given: list[Change], says: str) -> None:
    with pytest.raises(RuleError, match=says):
        changes.check(law(), OUTPUTS, given, BOUNDS)


def test_small_counts_are_hidden_and_none_can_be_reckoned_from_the_total() -> None:
    groups = [
        Group("a", paid0=40, entrants=3, cost0=100, cost1=130),
        Group("b", paid0=50, entrants=12),
        Group("c", paid0=60, entrants=30),
    ]
    rows = suppress.shown(groups, 10)
    assert [r["entrants"] for r in rows] == [None, None, 30]  # one alone would be the total less the others
    assert [r["more"] for r in rows] == [None, None, 0]
    assert rows[0]["cost0"] == 100 and rows[0]["cost1"] is None  # before and after would give what is more
    assert [r["leavers"] for r in rows] == [0, 0, 0]
