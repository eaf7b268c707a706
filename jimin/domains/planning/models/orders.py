"""督办单: an order to catch up, and each unit's reply."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, Scoped
from jimin.domains.planning.models.work import Assignment, Task
from jimin.engines.cases.models import Work
from jimin.engines.documents.models import IssuedDocument


class SupervisionOrder(Record):
    """A numbered order of the department about one task that is behind. It is drafted, signed and then issued."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="orders", verbose_name=_("任务"))
    number = models.CharField(_("文号"), max_length=40, blank=True)  # given when it is issued
    reason = models.TextField(_("督办事由"))
    demand = models.TextField(_("办理要求"))
    gap = models.JSONField(_("签发时的差距"), default=dict)  # the figure, goal and projection it was based on
    reply_due = models.DateField(_("回复期限"))
    work = models.OneToOneField(Work, models.PROTECT, related_name="planning_order")
    document = models.ForeignKey(IssuedDocument, models.PROTECT, null=True, blank=True, related_name="+")
    issued_on = models.DateField(_("签发日期"), null=True, blank=True)
    closed_on = models.DateField(_("销号日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办单")
        ordering = ["-issued_on", "-id"]

    def __str__(self) -> str:
        return self.number or f"督办单（拟）{self.task}"


class OrderReply(Record, Scoped):
    """What one unit owes on an order: measures, a date, and later the proof."""

    order = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="replies")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="order_replies")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="order_replies")
    cause = models.TextField(_("原因"), blank=True)
    measures = models.TextField(_("措施"), blank=True)
    promise_on = models.DateField(_("承诺完成"), null=True, blank=True)
    work = models.OneToOneField(Work, models.PROTECT, null=True, blank=True, related_name="planning_reply")
    replied_on = models.DateField(_("回复日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办回复")
        constraints = [models.UniqueConstraint(fields=["order", "unit"], name="one_reply_a_unit")]
