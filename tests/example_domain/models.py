"""A village's public notice board (公示栏) and when it was last checked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, Scoped


class NoticeBoard(Record, Scoped):
    """One board. A village has one; `unit` is the county-level office that answers for the village."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("报送单位"))
    place = models.CharField(_("位置"), max_length=120)
    opened_on = models.DateField(_("启用日期"))
    checked_on = models.DateField(_("最近检查"), null=True, blank=True)

    class Meta:
        verbose_name = _("公示栏")
        ordering = ["village", "id"]
        constraints = [models.UniqueConstraint(fields=["village"], name="one_board_a_village")]
        indexes = [models.Index(fields=["county", "village", "id"], name="board_by_county")]

    def __str__(self) -> str:
        return self.place
