"""Alerts: one for each finding and owner, from its first day to its end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, Scoped


class Grade(models.TextChoices):
    REMINDER = "reminder", _("提醒")
    OVERDUE = "overdue", _("逾期")
    ESCALATED = "escalated", _("已报上级")


class Alert(Record, Scoped):
    """A finding about one record for one office. `key` de-duplicates; `link` opens the record."""

    signal = models.CharField(_("信号"), max_length=60)
    key = models.CharField(max_length=120)
    title = models.CharField(_("内容"), max_length=200)
    link = models.CharField(max_length=120)  # "planning.report:0190…": the sites know the address
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="alerts", verbose_name=_("责任单位"))
    told = models.ForeignKey(
        ReportingUnit, models.PROTECT, null=True, blank=True, related_name="alerts_from_below", verbose_name=_("上报")
    )
    grade = models.CharField(_("级别"), max_length=10, choices=Grade)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    opened_on = models.DateField(_("发现日期"))
    graded_on = models.DateField(_("升级日期"))
    answer = models.TextField(_("说明"), blank=True)
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("提醒")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["signal", "key"], condition=models.Q(closed_on=None), name="one_open_alert_a_finding"
            )
        ]
        indexes = [models.Index(fields=["unit", "due_on", "id"], condition=models.Q(closed_on=None), name="alert_open")]

    def __str__(self) -> str:
        return self.title
