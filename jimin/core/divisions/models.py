"""Divisions (行政区划), which are places, and reporting units (报送单位), which are offices.

A division's 12-digit code is valid between dates and has successors. A reporting unit is not a
division: it has a jurisdiction, a superior and powers. Zones without a code of their own
(a 管委会 over towns of two counties) get their jurisdiction from the table `UnitArea`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.records import Record


class Level(models.TextChoices):
    PROVINCE = "province", _("省级")
    PREFECTURE = "prefecture", _("市（州）级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")
    VILLAGE = "village", _("村级")


class Kind(models.TextChoices):
    """建制类型: what may be counted in a share. Farms and zones hold people but never count."""

    PROVINCE = "省", _("省")
    PREFECTURE = "市（州）", _("市（州）")
    COUNTY = "县（市、区）", _("县（市、区）")
    ZONE = "开发区", _("开发区")
    TOWN = "镇", _("镇")
    TOWNSHIP = "乡", _("乡")
    ETHNIC_TOWNSHIP = "民族乡", _("民族乡")
    STREET = "街道", _("街道")
    OTHER = "非建制", _("非建制")
    VILLAGE = "村", _("村")
    COMMUNITY = "居", _("居")


class Division(Record):
    """One division for as long as its code stood for the same place."""

    code = models.CharField(_("代码"), max_length=12)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    kind = models.CharField(_("建制类型"), max_length=8, choices=Kind)
    parent_code = models.CharField(_("上级代码"), max_length=12, blank=True)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=models.Q(valid_to=None), name="division_code_current"),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gt=models.F("valid_from")),
                name="division_dates",
            ),
        ]
        indexes = [models.Index(fields=["parent_code", "code"])]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """Which division took over from which, and when (merger, split, renaming, new code)."""

    before = models.ForeignKey(Division, models.PROTECT, related_name="successors")
    after = models.ForeignKey(Division, models.PROTECT, related_name="predecessors")
    on = models.DateField(_("日期"))
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="succession_once")]


class UnitKind(models.TextChoices):
    OFFICE = "处室", _("厅机关处（室）")
    DIRECT = "直属单位", _("直属事业单位")
    PREFECTURE = "市州局", _("市（州）民政局")
    COMMITTEE = "管委会", _("管委会民政局")
    COUNTY = "县局", _("县（市、区）民政局")
    ZONE = "开发区", _("开发区民政部门")
    TOWN = "乡镇", _("乡镇（街道）")


class ReportingUnit(Record):
    """An office that is asked, reports, signs and is appraised."""

    code = models.CharField(_("单位代码"), max_length=40, unique=True)
    name = models.CharField(_("单位名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40)
    kind = models.CharField(_("类别"), max_length=8, choices=UnitKind)
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    jurisdiction = models.CharField(_("管辖区划"), max_length=12, blank=True)  # empty: by the table UnitArea
    duties = models.JSONField(_("职责"), default=list)  # words by which a plan's points are proposed to a 处室
    powers = models.JSONField(_("职权"), default=list)  # e.g. plan_office, inspection
    rank = models.PositiveIntegerField(_("排序"), default=0)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def is_provincial(self) -> bool:
        """Whether this office is inside the provincial department itself."""
        return self.kind in (UnitKind.OFFICE, UnitKind.DIRECT)


class UnitArea(models.Model):
    """The divisions a zone's office answers for, where no single code says it."""

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="areas")
    division_code = models.CharField(_("区划代码"), max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division_code"], name="area_has_one_unit")]
