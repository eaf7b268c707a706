"""An operator and a county clerk."""

from __future__ import annotations

import pytest

from jimin.core.access.tests.people import People


@pytest.fixture
def people(db: None) -> People:
    return People()
