"""Work items, their history and their pauses."""

from __future__ import annotations

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core.access.models import Account
from jimin.core.access.roles import Role
from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, Scoped


class Work(Record, Scoped):
    """One thing that somebody has to deal with, and where it stands.

    `route` is the list of stations fixed when the work was opened; `position` is the current one.
    The holder columns are the current station's, stored so that an inbox is one index scan.
    `due_on` is a cache of the law's date: only `kernel` writes it.
    """

    kind = models.CharField(_("事项"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    number = models.CharField(_("编号"), max_length=60, blank=True)
    route = models.JSONField(_("环节"))
    position = models.PositiveSmallIntegerField(_("当前环节"), default=0)
    station = models.CharField(_("环节"), max_length=30)
    opened_by = models.ForeignKey(
        ReportingUnit, models.PROTECT, related_name="works_opened", verbose_name=_("发起单位")
    )
    holder_unit = models.ForeignKey(
        ReportingUnit, models.PROTECT, related_name="works_held", verbose_name=_("承办单位")
    )
    holder_role = models.CharField(_("承办岗位"), max_length=24, choices=Role)
    holder = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="works", verbose_name=_("承办人")
    )
    opened_on = models.DateField(_("发起日期"))
    since = models.DateField(_("到达本环节日期"))
    clock_from = models.DateField(_("起算日"))
    clock_days = models.PositiveSmallIntegerField(
        _("工作日数"), null=True, blank=True
    )  # empty: `due_on` is a fixed date
    due_on = models.DateField(_("期限"), null=True, blank=True)
    paused_on = models.DateField(_("中止日期"), null=True, blank=True)
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)
    outcome = models.CharField(_("结果"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("办件")
        indexes = [
            models.Index(
                fields=["holder_unit", "holder_role", "due_on", "id"],
                condition=models.Q(closed_on=None),
                name="work_inbox",
            ),
            models.Index(fields=["kind", "county", "due_on", "id"], name="work_kind_county"),
            models.Index(fields=["opened_by", "kind", "id"], name="work_opened"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class Step(models.Model):
    """One line of a work's history. Never changed."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    work = models.ForeignKey(Work, models.PROTECT, related_name="steps")
    move = models.CharField(_("办理"), max_length=30)  # open, forward, back, hand_over, pause, resume, close
    from_station = models.CharField(max_length=30, blank=True)
    to_station = models.CharField(max_length=30, blank=True)
    account = models.UUIDField()
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+")
    actor = models.CharField(_("办理人"), max_length=200)
    on_behalf_of = models.CharField(_("代"), max_length=200, blank=True)
    opinion = models.TextField(_("意见"), blank=True)
    day = models.DateField(_("日期"))
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["work", "id"])]


class Pause(models.Model):
    """The clock stood still from `since` until `until` (empty: it still does), and why."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="pauses")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work"], condition=models.Q(until=None), name="one_running_pause")
        ]
