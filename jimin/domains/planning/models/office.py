"""Upper-level requirements (point 2) and instructions (批示, point 3)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record
from jimin.domains.planning.models.plan import Plan, Point
from jimin.domains.planning.models.work import Task
from jimin.engines.cases.models import Work


class SourceKind(models.TextChoices):
    REPORT = "报告", _("报告")
    PLANNING = "规划", _("规划")
    MEETING = "会议", _("会议")
    OPINION = "意见", _("意见")


class Requirement(Record):
    """One requirement of an upper level. Without a task behind it, it shows red."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="requirements")
    kind = models.CharField(_("来源类别"), max_length=4, choices=SourceKind)
    source = models.CharField(_("来源"), max_length=160)
    clause = models.CharField(_("条目"), max_length=60, blank=True)
    text = models.TextField(_("要求"))
    given_on = models.DateField(_("日期"), null=True, blank=True)
    points = models.ManyToManyField(Point, blank=True, related_name="requirements", verbose_name=_("对应要点"))
    tasks = models.ManyToManyField(Task, blank=True, related_name="requirements", verbose_name=_("对应任务"))
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("上级要求")
        ordering = ["source", "clause", "id"]

    def __str__(self) -> str:
        return f"{self.source} {self.clause}".strip()


class Instruction(Record):
    """批示件: who wrote it on what, who answers, by when, and the closed loop."""

    number = models.CharField(_("编号"), max_length=40, unique=True)
    leader = models.CharField(_("批示人"), max_length=40)
    on_paper = models.CharField(_("原件"), max_length=200)
    text = models.TextField(_("批示内容"))
    written_on = models.DateField(_("批示日期"))
    received_on = models.DateField(_("收到日期"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="instructions", verbose_name=_("承办单位"))
    points = models.ManyToManyField(Point, blank=True, related_name="instructions", verbose_name=_("相关要点"))
    reply = models.TextField(_("办理情况"), blank=True)
    work = models.OneToOneField(Work, models.PROTECT, related_name="planning_instruction")
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("批示件")
        ordering = ["-received_on", "-id"]

    def __str__(self) -> str:
        return self.number
