"""The register of study sessions."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import STAFF, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, DateRange, Division, Register, Status, YesNo
from jimin.domains.planning import seeing
from jimin.domains.planning.models import StudyForm, StudySession, StudyTopic


def _topics(actor: Actor) -> list[tuple[str, str]]:
    return [(str(pk), title) for pk, title in StudyTopic.objects.values_list("id", "title")]


class StudySessions(Register):
    """学习记录 inside the scope: the organiser's numbers, no names."""

    name = "planning.study_sessions"
    title = lazy("学习记录")
    model = StudySession
    allowed = STAFF | {Role.INSPECTOR, Role.AUDITOR}
    columns = (
        Column("held_on", lazy("日期"), kind="date", sort="held_on"),
        Column("topic", lazy("专题"), value="topic.title", width=40),
        Column("unit", lazy("组织单位"), value="unit.short_name", sort="unit__rank"),
        Column("form", lazy("形式"), value=lambda s: s.get_form_display(), sort="form"),
        Column("speaker", lazy("主讲")),
        Column("due", lazy("应到"), value="due_count", kind="number", sort="due_count"),
        Column("present", lazy("实到"), value="present_count", kind="number", sort="present_count"),
        Column(
            "state", lazy("状态"), kind="status",
            value=lambda s: Status("none", _("已作废")) if s.void_reason else Status("ok", _("有效")),
        ),
        Column("remark", lazy("备注"), screen=False),
        Column("void_reason", lazy("作废原因"), screen=False),
    )  # fmt: skip
    filters = (
        Division("place", lazy("地区")),
        Choice("topic", lazy("专题"), field="topic_id", choices=_topics),
        Choice("form", lazy("形式"), choices=StudyForm.choices),
        DateRange("held_on", lazy("日期")),
        YesNo("void", lazy("已作废"), condition=~Q(void_reason="")),
    )
    search = ("topic__title", "unit__short_name", "speaker")
    order = ("-held_on", "-id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.sessions(actor)

    def url(self, record: StudySession) -> str:
        return reverse("console:study_session", args=[record.pk])
