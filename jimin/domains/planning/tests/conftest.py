from __future__ import annotations

from collections.abc import Iterator

import pytest

from jimin.core import clock
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast


@pytest.fixture
def office_cast(db: None) -> Iterator[OfficeCast]:
    """The office's cast, on the demo's business day."""
    with clock.on_day(DAY):
        yield OfficeCast()
