"""The pack's plain words against the plan they retell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jimin.domains.planning.reading.tests.plans import seed_plan
from jimin.sites.portal.situations import TITLES

PLAN = Path(__file__).parents[1] / "packs" / "22" / "plan"
CONTENT: dict[str, Any] = yaml.safe_load((PLAN / "plain.yaml").read_text("utf-8"))
NUMBER = re.compile(r"\d+(?:\.\d+)?")
OFFICIAL = ("予以", "相关", "进行", "贯彻", "落实", "统筹", "着力", "切实", "深化", "机制")


def test_every_point_is_told_and_no_other() -> None:
    assert list(CONTENT["plain"]) == [p.no for p in seed_plan().points]
    assert CONTENT["document_no"] == seed_plan().document_no


@pytest.mark.parametrize("no", CONTENT["plain"])
def test_plain_words_hold_no_number_that_the_sentence_lacks(no: int) -> None:
    original = re.sub(r"\s", "", seed_plan().point(no).text)
    missing = set(NUMBER.findall(CONTENT["plain"][no])) - set(NUMBER.findall(original))
    assert missing == set()


@pytest.mark.parametrize("no", CONTENT["plain"])
def test_plain_words_are_short_and_everyday(no: int) -> None:
    words = CONTENT["plain"][no]
    assert len(words) <= 140
    assert [w for w in OFFICIAL if w in words] == []


def test_situations_are_known_and_lead_to_points_of_the_plan() -> None:
    numbers = {p.no for p in seed_plan().points}
    assert set(CONTENT["situations"]) <= set(TITLES)
    for entry in CONTENT["situations"].values():
        assert set(entry["points"]) <= numbers and entry["points"]


def test_the_first_figures_are_measured() -> None:
    measures = yaml.safe_load((PLAN / "measures.yaml").read_text("utf-8"))["measures"]
    assert set(CONTENT["first"]) <= {m["code"] for m in measures}
