"""Asking for a check of the trail, and keeping what it found; taking a bundle out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions.base import Action, Input, Result
from jimin.core.audit.anchor import parameters
from jimin.core.audit.api import Change, Sort
from jimin.core.audit.models import Verification

WATCHERS = frozenset({Role.AUDITOR, Role.INSPECTOR})
State = Verification.State


class StartVerification(Action):
    """Ask the worker to check the whole trail; its result is kept."""

    name = "audit.verify.start"
    title = lazy("核验审计记录")
    allowed = WATCHERS | {Role.OPERATOR}

    def load(self) -> None:
        # One that a lost worker left behind does not stand in the way for ever.
        since = clock.now() - timedelta(hours=int(parameters()["verify_given_up_hours"]))
        self.running = Verification.objects.select_for_update().filter(state=State.RUNNING, at__gt=since).first()

    def check(self) -> None:
        if self.running is not None:
            told = _("%s 提出的核验还没有做完，没有再开一次。") % f"{self.running.at.astimezone(clock.SHANGHAI):%H:%M}"
            raise self.refuse(told, next_step=_("请稍后刷新这一页看结果；一直没有结果时，请系统运维看后台进程。"))

    def change(self) -> Result:
        from jimin.core.audit.tasks import verify_trail

        made = Verification.objects.create(by=self.actor.label)
        made.refresh_from_db()
        self.log(made, {}, {"state": made.state})
        verify_trail.defer(verification=str(made.pk))
        return {"verification": str(made.pk)}


class FinishVerification(Action):
    """Keep what a check found. The worker's own hand."""

    name = "audit.verify.finish"
    title = lazy("登记核验结果")
    allowed = (Role.OPERATOR,)

    class Input(Input):
        verification: UUID
        state: State
        seconds: float = Field(ge=0)
        report: dict[str, Any]

    def load(self) -> None:
        self.verification = self.get(Verification.objects.all(), self.data.verification)

    def change(self) -> Result:
        found, report = self.verification, self.data.report
        found.finished_at = clock.now()
        found.seconds = self.data.seconds
        found.rows, found.blocks = report.get("rows", 0), report.get("blocks", 0)
        found.report = json.dumps(report, ensure_ascii=False)
        found.save(update_fields=["finished_at", "seconds", "rows", "blocks", "report"])
        return self.set(found, {"state": self.data.state, "first_bad": report.get("first_bad_row")})


class TakeBundle(Action):
    """Take the bundle a stranger can check. It is made first and handed out only when this is on record."""

    name = "audit.bundle"
    title = lazy("下载审计核验包")
    allowed = WATCHERS
    risk = lazy("审计记录离开系统")
    sort = Sort.EXPORT

    class Input(Input):
        since: int = Field(ge=1)
        rows: int = Field(ge=0)
        blocks: int = Field(ge=0)
        sha256: str = Field(min_length=64, max_length=64)

    def change(self) -> Result:
        self._changes.append(Change("audit.block", str(self.data.since), {}, self.data.model_dump()))
        return {}
