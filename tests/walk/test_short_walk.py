"""The short walk, in every run of the tests: four roles, phone and desk, the pages of their menus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from jimin.core import clock
from jimin.domains.planning.tests import board_factory as factory
from tests.test_english_pages import furnished
from tests.walk.conftest import DAY, Open
from tests.walk.visit import grouped
from tests.walk.walk import Walk
from tests.walk.words import Words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SPARSE = {"empty"}  # this province is small: a few rows, not a demo


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Iterator[factory.World]:
    settings.JIMIN_BUSINESS_DAY = DAY
    with clock.on_day(DAY):
        yield furnished()


def test_the_pages_of_the_menu_are_in_order(world: factory.World, visitor: Open) -> None:
    faults, pages, kinds = [], 0, Counter[str]()
    for name, widths in (("office", (390, 1366)), ("county", (390,)), ("leader", (1366,)), ("city", (390,))):
        account = world.accounts[name].account
        walked = Walk(visitor(account, name, widths=widths), Words("zh-hans"), depth=0, kinds=kinds).go(["/console/"])
        pages += walked.pages
        faults += [fault for fault in walked.faults if fault.check not in SPARSE]
    assert pages > 20
    if faults:
        pytest.fail(f"{len(faults)} faults\n" + "\n".join(grouped(faults)), pytrace=False)
