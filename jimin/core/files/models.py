"""A stored file: what it is, who handed it in, which record it belongs to. The content is on disk, sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core.access.models import Account
from jimin.core.records import Record


class StoredFile(Record):
    """One file. Two records may hold the same content; it is on disk once, under its SHA-256."""

    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("类型"), max_length=8)  # by content: pdf, docx, …
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(_("校验值"), max_length=64, db_index=True)
    at = models.DateTimeField(_("存入时间"), db_default=Func(function="clock_timestamp"))
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("存入人"))
    owner_type = models.CharField(_("所属对象"), max_length=60, blank=True)  # "planning.report"
    owner_id = models.CharField(_("所属编号"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("文件")
        ordering = ["id"]
        indexes = [models.Index(fields=["owner_type", "owner_id"])]

    def __str__(self) -> str:
        return self.name
