"""The daily run, and an office's answer."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import STAFF, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.calendar import api as calendar
from jimin.core.divisions.api import COLUMNS
from jimin.core.divisions.models import ReportingUnit
from jimin.core.sets import update_rows
from jimin.engines.alerts.models import Alert, Grade
from jimin.engines.alerts.signals import SIGNALS, Finding


@lru_cache(maxsize=1)
def settings() -> dict[str, int]:
    """The parameters of alerts.yaml (working days)."""
    path = Path(__file__).parent / "parameters" / "alerts.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))["values"]
    return {name: int(entry["value"]) for name, entry in values.items()}


class RunAlerts(Action):
    """Look at every signal for the business day: open, raise and end alerts. A second run changes nothing."""

    name = "alerts.run"
    title = lazy("生成当日提醒")
    allowed = (Role.OPERATOR, Role.OFFICE_CLERK)

    def change(self) -> Result:
        day = clock.business_day()
        self._one_at_a_time()
        horizon = calendar.add_working_days(day, settings()["remind_before"]).date
        superiors: dict[UUID, UUID | None] = dict(ReportingUnit.objects.values_list("id", "superior_id"))
        tally: Counter[str] = Counter()
        for signal in SIGNALS.values():
            found = {f.key: f for f in signal.find(day, horizon)}
            known = {a.key: a for a in Alert.objects.select_for_update().filter(signal=signal.name, closed_on=None)}
            fresh = [self._open(signal.name, f, day, superiors) for key, f in found.items() if key not in known]
            Alert.objects.bulk_create(fresh, batch_size=1000)
            changed = [a for key, a in known.items() if self._follow(a, found.get(key), day, superiors)]
            update_rows(changed, [*FOLLOWED, "graded_on", "closed_on", "version"])
            for alert in fresh:
                self.log(alert, {}, {"grade": alert.grade, "title": alert.title})
                self.emit("alerts.opened", alert, unit=str(alert.unit_id))
            for alert in changed:
                self.log(alert, {}, {"grade": alert.grade, "closed_on": alert.closed_on, "version": alert.version})
            tally.update(opened=len(fresh), changed=len(changed), standing=len(found))
        return dict(tally)

    def _one_at_a_time(self) -> None:
        """A second run waits for the first: both would open the same alerts."""
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [self.name])

    def _open(self, signal: str, finding: Finding, day: date, superiors: dict[UUID, UUID | None]) -> Alert:
        alert = Alert(signal=signal, key=finding.key, opened_on=day, graded_on=day)
        for name, value in standing(finding, day, superiors).items():
            setattr(alert, name, value)
        return alert

    def _follow(self, alert: Alert, finding: Finding | None, day: date, superiors: dict[UUID, UUID | None]) -> bool:
        """Bring one alert up to date; says whether anything changed."""
        if finding is None:
            alert.closed_on = day
        else:
            now = standing(finding, day, superiors)
            if all(getattr(alert, name) == value for name, value in now.items()):
                return False
            if now["grade"] != alert.grade:
                alert.graded_on = day
            for name, value in now.items():
                setattr(alert, name, value)
        alert.version += 1
        return True


#: What a run brings up to date: a work that went on to another office takes its alert along.
FOLLOWED = ("title", "link", "unit", "told", "grade", "due_on", *COLUMNS)


def standing(finding: Finding, day: date, superiors: dict[UUID, UUID | None]) -> dict[str, Any]:
    """The fields of a finding's alert as they stand on a day; the superior is told of an escalated one."""
    now = grade(finding.due_on, day)
    return {
        "title": finding.title[:200],
        "link": finding.link,
        "unit_id": finding.unit,
        "told_id": superiors.get(finding.unit) if now == Grade.ESCALATED else None,
        "grade": now,
        "due_on": finding.due_on,
        **{name: finding.place.get(name, "") for name in COLUMNS},
    }


def grade(due_on: date | None, day: date) -> str:
    """Reminder until the limit, overdue after it, with the superior after the escalation time."""
    if due_on is None or day <= due_on:
        return Grade.REMINDER
    limit = calendar.add_working_days(due_on, settings()["escalate_after"]).date
    return Grade.OVERDUE if day <= limit else Grade.ESCALATED


class AnswerAlert(Action):
    """Say why, so that the next one who looks knows. The finding stays until its cause is gone."""

    name = "alerts.answer"
    title = lazy("说明提醒")
    allowed = STAFF

    class Input(base.Input):
        alert: UUID
        answer: str = Field(min_length=2, max_length=500)

    def load(self) -> None:
        mine = Alert.objects.filter(unit=self.actor.unit, closed_on=None)
        self.alert = self.get(mine, self.data.alert, what=_("提醒"))

    def change(self) -> Result:
        before: dict[str, Any] = {"answer": self.alert.answer}
        self.alert.answer = self.data.answer
        self.alert.version += 1
        self.alert.save(update_fields=["answer", "version"])
        self.log(self.alert, before, {"answer": self.alert.answer, "version": self.alert.version})
        return {"alert": str(self.alert.id)}
