"""Figures by county for the public: nobody can be recognised, nor reckoned from the total."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from django.conf import settings

from jimin.domains.planning.public import counts_people, withheld
from jimin.engines.indicators.figures import Part
from jimin.engines.indicators.models import Indicator

FEW = Decimal(5)


def part(numerator: int, denominator: int | None = None) -> Part:
    return Part(Decimal(numerator), None if denominator is None else Decimal(denominator), 1)


def test_a_small_count_takes_the_next_smallest_with_it() -> None:
    assert withheld([part(3), part(40), part(20), None], FEW, share=False) == {0, 2}


def test_two_small_counts_hide_each_other() -> None:
    assert withheld([part(3), part(4), part(20)], FEW, share=False) == {0, 1}


def test_zero_is_nobody_and_is_shown() -> None:
    assert withheld([part(0), part(20)], FEW, share=False) == set()


def test_a_small_remainder_of_a_share_is_withheld_too() -> None:
    assert withheld([part(98, 100), part(60, 100), part(50, 100)], FEW, share=True) == {0, 2}
    assert withheld([part(98, 100), part(60, 100)], FEW, share=False) == set()


def test_where_no_people_are_counted_everything_is_shown() -> None:
    assert withheld([part(1), part(2)], Decimal(0), share=True) == set()


PEOPLE = {
    "relief.heating_mean", "elder.central_support", "elder.home_adaptation", "elder.eight_groups", "governance.graduates",
    "charity.dream_amount", "charity.dream_coverage",
}  # fmt: skip


def measures() -> list[dict[str, str]]:
    content = yaml.safe_load((settings.PACK / "plan" / "measures.yaml").read_text("utf-8"))
    return [m for m in content["measures"] if "title" in m]


@pytest.mark.parametrize("measure", measures(), ids=lambda m: m["code"])
def test_of_the_real_plans_measures_those_of_persons_and_households_count_people(measure: dict[str, str]) -> None:
    names = {k: measure.get(k, "") for k in ("unit", "numerator_title", "denominator_title")}
    assert counts_people(Indicator(**names)) == (measure["code"] in PEOPLE)
