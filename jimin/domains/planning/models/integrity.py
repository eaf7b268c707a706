"""Inspection rectification (point 6) and integrity risks with findings (point 7)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.files.models import StoredFile
from jimin.core.records import Record
from jimin.engines.cases.models import Work


class Horizon(models.TextChoices):
    NOW = "当下改", _("当下改")
    LASTING = "长久立", _("长久立")


class Rectification(Record):
    """A finding of an inspection: measure, owner, date, evidence, verification, lasting mechanism."""

    inspection = models.CharField(_("巡视轮次"), max_length=120)
    finding = models.TextField(_("反馈问题"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="rectifications", verbose_name=_("责任单位"))
    horizon = models.CharField(_("整改类型"), max_length=4, choices=Horizon)
    measure = models.TextField(_("整改措施"))
    due_on = models.DateField(_("期限"))
    result = models.TextField(_("整改情况"), blank=True)
    mechanism = models.CharField(_("长效机制"), max_length=300, blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    work = models.OneToOneField(Work, models.PROTECT, related_name="planning_rectification")
    closed_on = models.DateField(_("销号日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("巡视整改")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.finding[:40]


class RiskLevel(models.TextChoices):
    HIGH = "高", _("高")
    MIDDLE = "中", _("中")
    LOW = "低", _("低")


class IntegrityRisk(Record):
    """A risk of a post at a step. `permission` ties it to the real permission table when the step is in this system."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="integrity_risks", verbose_name=_("单位"))
    post = models.CharField(_("岗位"), max_length=60)
    step = models.CharField(_("环节"), max_length=120)
    permission = models.CharField(_("系统权限"), max_length=80, blank=True)
    risk = models.TextField(_("风险表现"))
    level = models.CharField(_("等级"), max_length=1, choices=RiskLevel)
    measure = models.TextField(_("防控措施"))
    reviewed_on = models.DateField(_("评估日期"))
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("廉政风险")
        ordering = ["unit", "post", "id"]

    def __str__(self) -> str:
        return f"{self.unit.short_name} · {self.post} · {self.step}"


class FindingSource(models.TextChoices):
    DAILY = "日常监督", _("日常监督")
    SPECIAL = "专项监督", _("专项监督")
    AUDIT = "审计", _("审计")
    LETTER = "来信来访", _("来信来访")


class IntegrityFinding(Record):
    """A supervision finding and how it was dealt with. Only the inspection group sees who it is about."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="integrity_findings", verbose_name=_("单位"))
    risk = models.ForeignKey(IntegrityRisk, models.PROTECT, null=True, blank=True, related_name="findings")
    source = models.CharField(_("来源"), max_length=6, choices=FindingSource)
    text = models.TextField(_("问题"))
    found_on = models.DateField(_("发现日期"))
    result = models.TextField(_("处理结果"), blank=True)
    work = models.OneToOneField(Work, models.PROTECT, related_name="planning_finding")
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("监督发现")
        ordering = ["-found_on", "-id"]


class WarningSession(Record):
    """A warning-education session (警示教育)."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="warning_sessions", verbose_name=_("组织单位"))
    title = models.CharField(_("主题"), max_length=160)
    held_on = models.DateField(_("日期"))
    present_count = models.PositiveIntegerField(_("人数"))

    class Meta:
        verbose_name = _("警示教育")
        ordering = ["-held_on", "-id"]
