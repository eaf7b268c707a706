"""A signal whose findings the test sets, and the operator who runs the day."""

from __future__ import annotations

from datetime import date

import pytest

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.access.tests.people import People
from jimin.engines.alerts.actions import RunAlerts
from jimin.engines.alerts.models import Alert
from jimin.engines.alerts.signals import SIGNALS, Finding, Signal

DUE = date(2023, 9, 25)  # a Monday; 28 September is the last working day before the holiday


class Watch:
    """`found` is what the signal finds; `run(day)` is the daily run."""

    def __init__(self) -> None:
        self.people = People()
        self.operator = self.people.actor("冯涛", "t.office", Role.OPERATOR)
        self.found: list[Finding] = []

    def finding(self, key="一", unit="990122", due=DUE, title="月报未报") -> Finding:
        return Finding(key, title, f"test:{key}", self.people.units[unit].id, due, {"county": f"{unit}000000"})

    def run(self, day: date) -> dict[str, int]:
        with clock.on_day(day):
            return RunAlerts.perform(self.operator, {})

    def alert(self) -> Alert:
        return Alert.objects.get()


@pytest.fixture
def watch(db, monkeypatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(
        "jimin.engines.alerts.actions.SIGNALS", {"test": Signal("test", "测试", lambda d, h: made.found)}
    )
    assert "test" not in SIGNALS
    return made
