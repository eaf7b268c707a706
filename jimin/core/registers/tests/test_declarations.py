"""A register that is declared wrongly does not load."""

import pytest

from jimin.core.access import permissions
from jimin.core.events.models import OutboxEvent
from jimin.core.registers.api import Column, Contains, Register


def test_a_register_declares_its_permission_once_beside_its_roles(register):
    assert {p.sort for p in permissions.table() if p.name == "tests.events.list"} == {"register"}


@pytest.mark.parametrize(
    "body",
    [
        {"name": "tests.events"},
        {"name": ""},
        {"name": "tests.twice", "columns": (Column("a", "甲"), Column("a", "乙"))},
        {"name": "tests.taken", "filters": (Contains("q", "查"),)},
    ],
)
def test_a_name_that_is_taken_or_missing_is_refused_at_once(register, body):
    with pytest.raises(ValueError, match="register"):
        type("Wrong", (Register,), {"title": "错", "model": OutboxEvent, **body})
