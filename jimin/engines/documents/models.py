"""Issued documents, their revocations, and the series of 发文字号."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.access.models import Account
from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, new_id

TITLE_LENGTH, NUMBER_LENGTH, ISSUER_LENGTH = 300, 60, 100  # characters


class IssuedDocument(models.Model):
    """A document that left the house: what it was, by its digests, and what a stranger may know of it.

    Rows are never changed. The bytes lie elsewhere, encrypted; making the document again gives the same digests.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("文种"), max_length=10)
    number = models.CharField(_("发文字号"), max_length=NUMBER_LENGTH, blank=True)
    title = models.CharField(_("标题"), max_length=TITLE_LENGTH)
    issuer = models.CharField(_("发文机关"), max_length=ISSUER_LENGTH)
    issued_on = models.DateField(_("成文日期"))
    code = models.CharField(_("核验码"), max_length=14, unique=True)
    pdf_sha256 = models.CharField(max_length=64, db_index=True)
    pdf_sm3 = models.CharField(max_length=64)
    docx_sha256 = models.CharField(max_length=64, db_index=True)
    docx_sm3 = models.CharField(max_length=64)
    public_summary = models.JSONField(_("公开摘要"), default=dict)
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("报送单位"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    business_day = models.DateField(_("业务日"))
    created = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("已发文书")
        verbose_name_plural = _("已发文书")
        indexes = [models.Index(fields=["unit", "-issued_on", "id"], name="documents_unit_day")]

    def __str__(self) -> str:
        return f"{self.number or self.kind} {self.title}"


class Revocation(models.Model):
    """An issued document declared void: by whom, when and why. Rows are never changed."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.OneToOneField(IssuedDocument, models.PROTECT, related_name="revocation")
    reason = models.CharField(_("撤销原因"), max_length=300)
    revoked_on = models.DateField(_("撤销日期"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("报送单位"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    created = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("文书撤销")
        verbose_name_plural = _("文书撤销")

    def __str__(self) -> str:
        return f"{self.revoked_on} {self.reason}"


class NumberSeries(Record):
    """The last number given in a series (issuer, 机关代字, year). Its row is the lock that keeps numbers without gaps."""

    issuer = models.CharField(_("发文机关"), max_length=ISSUER_LENGTH)
    word = models.CharField(_("机关代字"), max_length=20)
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("末号"), default=0)

    class Meta:
        verbose_name = _("发文字号序列")
        verbose_name_plural = _("发文字号序列")
        constraints = [models.UniqueConstraint(fields=["issuer", "word", "year"], name="documents_one_series")]

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.last}号"
