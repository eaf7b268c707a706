"""Saved views (常用筛选), and the record of each export."""

from __future__ import annotations

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core.access.models import Account
from jimin.core.records import Record


class SavedView(Record):
    """One account's own combination of filters and order in one register."""

    deletable = True  # a convenience of its owner, not a record of the office

    account = models.ForeignKey(Account, models.CASCADE, related_name="saved_views")
    register = models.CharField(_("登记册"), max_length=80)
    title = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("条件"), max_length=1000, blank=True)  # as in the address, without a page position

    class Meta:
        verbose_name = _("常用筛选")
        ordering = ["title", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "register", "title"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.title


class Export(Record):
    """Somebody took rows out of a register: which filters, how many rows, which file."""

    append_only = True

    at = models.DateTimeField(_("时间"), db_default=Func(function="clock_timestamp"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    register = models.CharField(_("登记册"), max_length=80)
    query = models.CharField(_("条件"), max_length=1000, blank=True)
    format = models.CharField(_("格式"), max_length=4)
    rows = models.PositiveIntegerField(_("行数"))
    sha256 = models.CharField(_("文件校验值"), max_length=64)

    class Meta:
        verbose_name = _("导出记录")
        ordering = ["-at", "id"]
