"""Study programme and records (points 1 and 4).

Attendance comes from the organiser's roll: no sign-in points, no screen time, no forced photographs.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.files.models import StoredFile
from jimin.core.records import Record, Scoped
from jimin.domains.planning.models.plan import Plan


class StudyForm(models.TextChoices):
    CENTRE = "中心组学习", _("中心组学习")
    LECTURE = "宣讲", _("宣讲")
    READING = "读书班", _("读书班")
    BRANCH = "支部学习", _("支部学习")
    TRAINING = "培训", _("培训")


class StudyTopic(Record):
    """A topic of the year's programme, with its reading."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="study_topics")
    title = models.CharField(_("专题"), max_length=160)
    reading = models.TextField(_("学习材料"), blank=True)
    due_on = models.DateField(_("应完成"))

    class Meta:
        verbose_name = _("学习专题")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title


class StudySession(Record, Scoped):
    """One session, held by one unit, with the organiser's roll as numbers and (if kept) as a file."""

    topic = models.ForeignKey(StudyTopic, models.PROTECT, related_name="sessions", verbose_name=_("专题"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="study_sessions", verbose_name=_("组织单位"))
    form = models.CharField(_("形式"), max_length=8, choices=StudyForm)
    held_on = models.DateField(_("日期"))
    speaker = models.CharField(_("主讲"), max_length=60, blank=True)
    due_count = models.PositiveIntegerField(_("应到"))
    present_count = models.PositiveIntegerField(_("实到"))
    roll = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("名册")
    )
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("学习记录")
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(present_count__lte=models.F("due_count")), name="roll_adds_up")
        ]
        indexes = [models.Index(fields=["prefecture", "-held_on", "id"])]
