"""A citizen never sees an unverified amount as law; staff see it with its mark; a demonstration says so to both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jimin.engines.policy import showing
from jimin.engines.policy.explain import Line
from jimin.engines.policy.formulas import Cite
from jimin.engines.policy.parameters import Dated, Parameter
from jimin.engines.policy.showing import Audience, Mark, Shown
from jimin.engines.policy.units import Unit

CITE = Cite("T", "一")
VERIFIED = Dated(date(2023, 1, 1), 50_000, "", "", CITE, True, "x.yaml:1")
UNVERIFIED, DEMO, UNSET = replace(VERIFIED, verified=False), replace(VERIFIED, demo=True), replace(VERIFIED, value=None)


@pytest.mark.parametrize(
    ("dated", "staff", "citizen"),
    [
        (VERIFIED, Shown("500.00 元", Mark.NONE), Shown("500.00 元", Mark.NONE)),
        (UNVERIFIED, Shown("500.00 元", Mark.UNVERIFIED), Shown(None, Mark.UNVERIFIED, True)),
        (DEMO, Shown("500.00 元", Mark.DEMO), Shown("500.00 元", Mark.DEMO)),
        (UNSET, Shown(None, Mark.NONE), Shown(None, Mark.NONE)),
    ],
)
def test_a_value_is_shown_by_what_is_behind_it(dated: Dated, staff: Shown, citizen: Shown) -> None:
    assert showing.value(Unit.MONEY, dated, Audience.STAFF) == staff
    assert showing.value(Unit.MONEY, dated, Audience.CITIZEN) == citizen


def test_one_unverified_number_anywhere_below_withholds_the_amount_from_a_citizen() -> None:
    def line(*below: Line, dated: Dated | None = None) -> Line:
        return Line("var", "x", "金额", "", 40_200, Unit.MONEY, CITE, dated, lines=below)

    deep = line(line(line(dated=UNVERIFIED)), line(dated=VERIFIED))
    assert showing.result(deep, Audience.CITIZEN) == Shown(None, Mark.UNVERIFIED, True)
    assert showing.result(deep, Audience.STAFF) == Shown("402.00 元", Mark.UNVERIFIED)
    sure = line(line(dated=DEMO), line(dated=VERIFIED), line(dated=UNSET))
    assert showing.result(sure, Audience.CITIZEN) == Shown("402.00 元", Mark.DEMO)
    with pytest.raises(ValueError, match="told in full elsewhere"):
        showing.result(replace(sure, repeated=True), Audience.CITIZEN)


def test_a_value_that_has_ended_leaves_its_place_to_the_wider_one_and_wakes_no_older_one() -> None:
    def value(since: int, amount: int, division: str, until: int | None = None) -> Dated:
        end = date(until, 1, 1) if until else None
        return replace(VERIFIED, since=date(since, 1, 1), value=amount, division=division, until=end)

    values = (value(2020, 1, "220000"), value(2020, 2, "220100", 2021), value(2021, 3, "220100", 2023))
    parameter = Parameter("x.y", "x", Unit.MONEY, values)

    def at(year: int) -> int | None:
        found = parameter.at(date(year, 6, 1), "220122")
        return found.value if found else None

    assert [at(year) for year in (2019, 2020, 2022, 2023)] == [None, 2, 3, 1]
