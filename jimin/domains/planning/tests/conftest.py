from __future__ import annotations

from collections.abc import Iterator

import pytest

from jimin.core import clock
from jimin.domains.planning.tests.cast import Cast
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast


@pytest.fixture
def office_cast(db: None) -> Iterator[OfficeCast]:
    """The office's cast, on the demo's business day."""
    with clock.on_day(DAY):
        yield OfficeCast()


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The plan's people, on the demo's business day."""
    with clock.on_day(DAY):
        yield Cast()


@pytest.fixture
def given(cast: Cast) -> Cast:
    """The cast with a plan in force and its tasks given to both counties."""
    cast.found()
    return cast
