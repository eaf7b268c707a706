"""What was reckoned stays good while people only look; it is reckoned anew after a change."""

import time

import pytest

from jimin.core.audit.looks import KINDS, Sort
from jimin.core.audit.stamp import stamp
from jimin.core.audit.tests.conftest import write
from jimin.core.audit.trail import Change
from jimin.core.audit.trail import write as write_row


def settled() -> str:
    """The stamp, once no other transaction of the server is in the way."""
    for _ in range(200):
        if found := stamp():
            return found
        time.sleep(0.05)
    raise AssertionError("a transaction somewhere on the server stays open")


@pytest.mark.django_db(transaction=True)
def test_a_look_leaves_the_stamp_and_a_change_moves_it():
    write(1)
    before = settled()
    look = next(k for k in KINDS.values() if k.sort == Sort.SESSION)
    write_row(None, look.name, [Change("t", "1")])
    assert settled() == before
    write(1)
    assert settled() != before
