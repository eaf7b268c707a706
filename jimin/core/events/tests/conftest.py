"""Committed events, consumers of the test's own, and a delivery that waits for the server's other transactions."""

import time
from datetime import date

import pytest

from jimin.core.events import consumers, delivery
from jimin.core.events.models import OutboxEvent

PATIENCE = 240  # seconds; another transaction anywhere on the server holds the snapshot's xmin back


@pytest.fixture(autouse=True)
def no_consumers(monkeypatch):
    monkeypatch.setattr(consumers, "CONSUMERS", {})


def happen(name="t.happened", subject="t:1", **more):
    return OutboxEvent.objects.create(name=name, subject=subject, day=date(2023, 10, 10), **more)


def settle(*events):
    """Deliver until each of these events is delivered, set aside or waits to be tried again."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        delivery.deliver()
        for event in events:
            event.refresh_from_db()
        if all(e.delivered_at or e.dead_at or e.retry_at for e in events):
            return
        time.sleep(0.05)
    raise AssertionError("the events were not taken up in time")


def reach(*events):
    """Deliver until the server's other transactions no longer hold these events back, then once more."""
    probe = happen("t.probe", subject="t:probe")
    settle(probe)
    delivery.deliver()
    for event in events:
        event.refresh_from_db()
