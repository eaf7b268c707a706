"""The daily run, and an office's answer."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import STAFF, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.calendar import api as calendar
from jimin.core.divisions.models import ReportingUnit
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
        horizon = calendar.add_working_days(day, settings()["remind_before"]).date
        superiors: dict[UUID, UUID | None] = dict(ReportingUnit.objects.values_list("id", "superior_id"))
        tally: Counter[str] = Counter()
        for signal in SIGNALS.values():
            found = {f.key: f for f in signal.find(day, horizon)}
            known = {a.key: a for a in Alert.objects.select_for_update().filter(signal=signal.name, closed_on=None)}
            fresh = [self._open(signal.name, f, day) for key, f in found.items() if key not in known]
            Alert.objects.bulk_create(fresh, batch_size=1000)
            changed = [a for key, a in known.items() if self._follow(a, found.get(key), day, superiors)]
            Alert.objects.bulk_update(
                changed, ["title", "grade", "graded_on", "due_on", "told", "closed_on", "version"], batch_size=500
            )
            for alert in fresh:
                self.log(alert, {}, {"grade": alert.grade, "title": alert.title})
                self.emit("alerts.opened", alert, unit=str(alert.unit_id))
            for alert in changed:
                self.log(alert, {}, {"grade": alert.grade, "closed_on": alert.closed_on, "version": alert.version})
            tally.update(opened=len(fresh), changed=len(changed), standing=len(found))
        return dict(tally)

    def _open(self, signal: str, finding: Finding, day: date) -> Alert:
        return Alert(
            signal=signal,
            key=finding.key,
            title=finding.title[:200],
            link=finding.link,
            unit_id=finding.unit,
            grade=grade(finding.due_on, day),
            due_on=finding.due_on,
            opened_on=day,
            graded_on=day,
            **finding.place,
        )

    def _follow(self, alert: Alert, finding: Finding | None, day: date, superiors: dict[UUID, UUID | None]) -> bool:
        """Bring one alert up to date; says whether anything changed."""
        if finding is None:
            alert.closed_on = day
        else:
            now = grade(finding.due_on, day)
            told = superiors.get(alert.unit_id) if now == Grade.ESCALATED else None
            if (now, finding.title[:200], finding.due_on, told) == (
                alert.grade,
                alert.title,
                alert.due_on,
                alert.told_id,
            ):
                return False
            if now != alert.grade:
                alert.graded_on = day
            alert.grade, alert.title, alert.due_on, alert.told_id = now, finding.title[:200], finding.due_on, told
        alert.version += 1
        return True


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
