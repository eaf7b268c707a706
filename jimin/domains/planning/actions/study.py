"""The study programme (points 1 and 4): topics, sessions with the organiser's own numbers, nothing else about people."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import CLERKS, OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions import api as divisions
from jimin.core.files import api as files
from jimin.domains.planning import sources_office
from jimin.domains.planning.actions.moving import MOST_PEOPLE, own_file
from jimin.domains.planning.models import Plan, PlanState, StudyForm, StudySession, StudyTopic

CHIEFS = {Role.DEPT_CHIEF, Role.DIRECT_CHIEF, Role.CITY_LEADER, Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY}


class PlanTopic(Action):
    """Put a topic into the year's programme."""

    name = "planning.study.topic"
    title = lazy("安排学习专题")
    allowed = OFFICE

    class Input(base.Input):
        plan: UUID
        title: str = Field(min_length=2, max_length=160)
        reading: str = Field("", max_length=2000)
        due_on: date

    def load(self) -> None:
        self.plan = self.get(Plan.objects.all(), self.data.plan, what=_("年度要点"))

    def check(self) -> None:
        d = self.data
        if self.plan.state == PlanState.REPLACED:
            raise self.refuse(_("《%s》已被替换，不能再安排专题。") % self.plan.title)
        if d.due_on.year != self.plan.year:
            raise self.refuse(_("应完成日期要在 %d 年内。") % self.plan.year, "due_on")
        if StudyTopic.objects.filter(plan=self.plan, title=d.title).exists():
            raise self.refuse(_("专题“%s”已经安排过。") % d.title, "title", _("请换一个题目，或直接登记学习记录。"))

    def change(self) -> Result:
        topic = StudyTopic.objects.create(**{**self.data.model_dump(), "plan": self.plan})
        self.log(topic, {}, {"title": topic.title, "due_on": topic.due_on, "reading": topic.reading})
        self.emit("planning.study.planned", topic)
        return {"topic": str(topic.id)}


def must_add_up(action: Action, topic: StudyTopic, held_on: date, due: int, present: int) -> None:
    """Refuse a session of another day than the topic's year allows, or with more people than were due."""
    if held_on > clock.business_day():
        raise action.refuse(_("日期不能晚于今天；还没有开展的不用登记。"), "held_on")
    if held_on.year != topic.plan.year:
        raise action.refuse(
            _("专题“%(title)s”属于 %(year)d 年，日期要在这一年内。") % {"title": topic.title, "year": topic.plan.year},
            "held_on",
        )
    if present > due:
        raise action.refuse(_("实到 %(p)d 人多于应到 %(d)d 人。") % {"p": present, "d": due}, "present_count")


class RecordSession(Action):
    """Record a session that the own unit held, with the organiser's numbers."""

    name = "planning.study.record"
    title = lazy("登记学习记录")
    allowed = CLERKS

    class Input(base.Input):
        topic: UUID
        form: StudyForm
        held_on: date
        speaker: str = Field("", max_length=60)
        due_count: int = Field(ge=1, le=MOST_PEOPLE)
        present_count: int = Field(ge=0, le=MOST_PEOPLE)
        roll: UUID | None = None
        remark: str = Field("", max_length=200)

    def load(self) -> None:
        topics = StudyTopic.objects.select_related("plan")
        self.topic = self.get(topics, self.data.topic, lock=False, what=_("学习专题"))
        self.roll = own_file(self, self.data.roll, _("名册"))

    def check(self) -> None:
        d = self.data
        must_add_up(self, self.topic, d.held_on, d.due_count, d.present_count)

    def change(self) -> Result:
        unit = self.actor.unit
        fields = {**self.data.model_dump(), "topic": self.topic, "roll": self.roll}
        session = StudySession.objects.create(**fields, unit=unit, **divisions.columns(unit.jurisdiction))
        if self.roll is not None:
            files.attach(self.roll, session)
        self.log(session, {}, {**self.data.model_dump(exclude_none=True), "unit": unit.code})
        self.emit("planning.study.recorded", session, unit=str(unit.id))
        sources_office.refresh("study.coverage", "study.sessions")
        return {"session": str(session.id)}


class ReviseSession(Action):
    """Correct a session that the own unit recorded; what is not given stays, and so does the topic."""

    name = "planning.study.revise"
    title = lazy("更正学习记录")
    allowed = CLERKS

    class Input(base.Input):
        session: UUID
        version: int
        form: StudyForm | None = None
        held_on: date | None = None
        speaker: str = Field("", max_length=60)
        due_count: int | None = Field(None, ge=1, le=MOST_PEOPLE)
        present_count: int | None = Field(None, ge=0, le=MOST_PEOPLE)
        remark: str = Field("", max_length=200)

    def load(self) -> None:
        own = StudySession.objects.select_related("topic__plan").filter(unit=self.actor.unit)
        self.session = self.get(own, self.data.session, what=_("学习记录"))

    def check(self) -> None:
        self.fresh(self.session, self.data.version)
        if self.session.void_reason:
            raise self.refuse(_("这份学习记录已经作废。"))
        given = self.data.model_fields_set - {"session", "version"}
        texts = {"speaker", "remark"}
        self.after = {n: v for n in given if (v := getattr(self.data, n)) is not None or n in texts}
        s = {n: self.after.get(n, getattr(self.session, n)) for n in ("held_on", "due_count", "present_count")}
        must_add_up(self, self.session.topic, s["held_on"], s["due_count"], s["present_count"])

    def change(self) -> Result:
        result = self.set(self.session, self.after)
        self.emit("planning.study.revised", self.session, unit=str(self.session.unit_id))
        sources_office.refresh("study.coverage", "study.sessions")
        return result


class VoidSession(Action):
    """Void a session that was recorded by mistake: the unit itself, or 办公室; it stays readable and counts no more."""

    name = "planning.study.void"
    title = lazy("作废学习记录")
    allowed = CLERKS | OFFICE | CHIEFS

    class Input(base.Input):
        session: UUID
        version: int
        reason: str = Field(min_length=4, max_length=200)

    def load(self) -> None:
        rows = (
            StudySession.objects.all()
            if self.actor.role in OFFICE
            else StudySession.objects.filter(unit=self.actor.unit)
        )
        self.session = self.get(rows, self.data.session, what=_("学习记录"))

    def check(self) -> None:
        self.fresh(self.session, self.data.version)
        if self.session.void_reason:
            raise self.refuse(_("这份学习记录已经作废。"))

    def change(self) -> Result:
        self.session.void_reason = self.data.reason
        self.session.version += 1
        self.session.save(update_fields=["void_reason", "version"])
        after = {"void_reason": self.data.reason, "version": self.session.version}
        self.log(self.session, {"void_reason": ""}, after, self.data.reason)
        sources_office.refresh("study.coverage", "study.sessions")
        return {"session": str(self.session.id)}
