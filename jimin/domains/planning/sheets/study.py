"""学习记录 as a sheet: sessions of the own unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.sheets.api import Key, Line, Sheet, SheetColumn
from jimin.domains.planning.actions.moving import MOST_PEOPLE
from jimin.domains.planning.actions.study import RecordSession, ReviseSession
from jimin.domains.planning.models import PlanState, StudyForm, StudySession, StudyTopic


def _topics(actor: Actor) -> list[tuple[str, str]]:
    rows = StudyTopic.objects.exclude(plan__state=PlanState.REPLACED).order_by("-due_on", "id")
    return [(str(pk), title) for pk, title in rows.values_list("id", "title")]


class StudySessions(Sheet):
    """A session is known by its id, or by topic, day, form and speaker."""

    register = "planning.study_sessions"
    adds, changes = RecordSession, ReviseSession
    record_as = "session"
    note = lazy("一场一行，只登记本单位组织的；只填人数，不填姓名。名册在页面上附。")
    columns = (
        SheetColumn("topic", kind="choice", choices=_topics, required=True, fixed=True, value="topic_id"),
        SheetColumn("held_on", kind="date", required=True, help=lazy("在专题所属的年度内，不晚于今天")),
        SheetColumn("form", kind="choice", choices=StudyForm.choices, required=True),
        SheetColumn("speaker", longest=60),
        SheetColumn("due_count", lazy("应到"), kind="integer", required=True, least=1, most=MOST_PEOPLE),
        SheetColumn("present_count", lazy("实到"), kind="integer", required=True, least=0, most=MOST_PEOPLE),
        SheetColumn("remark", longest=200),
    )
    key = ("topic", "held_on", "form", "speaker")

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        days = {line.values["held_on"] for line in lines if line.values.get("held_on")}
        found = StudySession.objects.filter(unit=actor.unit, held_on__in=days, void_reason="")
        return {(str(s.topic_id), s.held_on.isoformat(), s.form, s.speaker): s for s in found}
