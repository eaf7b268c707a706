"""Story 1: the plan is read, divided, reported, returned, urged, caught up and closed, by those whose work it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.stories import county_steps, order_steps, plan_steps
from tests.stories.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SPRING, AUTUMN = date(2023, 3, 6), date(2023, 10, 10)
STEPS: tuple[tuple[date, Callable[..., None]], ...] = (
    (SPRING, plan_steps.the_office_reads_the_plan),
    (SPRING, plan_steps.the_lead_divides_the_tasks),
    (AUTUMN, county_steps.the_ledger_is_filled),
    (AUTUMN, county_steps.a_county_reports_and_is_returned_once),
    (AUTUMN, county_steps.the_board_shows_what_was_accepted),
    (AUTUMN, order_steps.an_order_goes_to_the_county_that_is_behind),
    (AUTUMN, order_steps.the_county_answers_and_catches_up),
    (AUTUMN, order_steps.the_order_is_closed),
    (AUTUMN, order_steps.a_problem_of_the_inspection_is_put_right),
    (AUTUMN, order_steps.the_bulletin_is_issued),
    (AUTUMN, order_steps.nobody_does_what_is_not_theirs),
    (AUTUMN, order_steps.everybody_goes_through_their_menu),
)


def carry(step: Callable[..., None], day: date, people: People, settings: Any, folder: Path) -> None:
    """One step on its day; a step that hands in proof gets a small file."""
    settings.JIMIN_BUSINESS_DAY = day
    proof = folder / "适老化改造验收单.txt"
    proof.write_text("验收单：合计 1208 户。\n", encoding="utf-8")
    step(people, proof) if "proof" in inspect.signature(step).parameters else step(people)


def test_the_plan_is_carried_from_its_document_to_its_last_closed_order(
    people: People, settings: Any, tmp_path: Path
) -> None:
    for day, step in STEPS:
        carry(step, day, people, settings, tmp_path)
    assert people.faults == [], "\n".join(people.faults)
