"""Issued documents, their revocations, and the series of 发文字号."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from jimin.core.records import Record, new_id


class IssuedDocument(models.Model):
    """A document that left the house: what it was, by its digests, and what a stranger may know of it.

    Rows are never changed. The bytes lie elsewhere, encrypted; making the document again gives the same digests.
    """

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField("文种", max_length=10)
    number = models.CharField("发文字号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=300)
    issuer = models.CharField("发文机关", max_length=100)
    issued_on = models.DateField("成文日期")
    code = models.CharField("核验码", max_length=14, unique=True)
    pdf_sha256 = models.CharField(max_length=64, db_index=True)
    pdf_sm3 = models.CharField(max_length=64)
    docx_sha256 = models.CharField(max_length=64, db_index=True)
    docx_sm3 = models.CharField(max_length=64)
    public_summary = models.JSONField("公开摘要", default=dict)
    unit_id = models.CharField("报送单位", max_length=40)
    account_id = models.CharField("经办人", max_length=40)
    business_day = models.DateField("业务日")
    created = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "已发文书"
        verbose_name_plural = "已发文书"
        indexes = [models.Index(fields=["unit_id", "-issued_on"], name="documents_unit_day")]

    def __str__(self) -> str:
        return f"{self.number or self.kind} {self.title}"


class Revocation(models.Model):
    """An issued document declared void: by whom, when and why. Rows are never changed."""

    append_only: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField("撤销原因", max_length=300)
    revoked_on = models.DateField("撤销日期")
    unit_id = models.CharField("报送单位", max_length=40)
    account_id = models.CharField("经办人", max_length=40)
    created = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "文书撤销"
        verbose_name_plural = "文书撤销"

    def __str__(self) -> str:
        return f"{self.revoked_on} {self.reason}"


class NumberSeries(Record):
    """The last number given in a series (issuer, 机关代字, year). Its row is the lock that keeps numbers without gaps."""

    issuer = models.CharField("发文机关", max_length=100)
    word = models.CharField("机关代字", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = "发文字号序列"
        verbose_name_plural = "发文字号序列"
        constraints = [models.UniqueConstraint(fields=["issuer", "word", "year"], name="documents_one_series")]

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.last}号"
