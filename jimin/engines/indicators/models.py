"""Indicators, their goals, and their derived figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record


class Shape(models.TextChoices):
    COUNT = "count", _("数量")
    SHARE = "share", _("占比")
    RATIO = "ratio", _("倍数或均值")


class Method(models.TextChoices):
    REPORTED = "reported", _("填报")
    COMPUTED = "computed", _("系统计算")


class Over(models.TextChoices):
    STOCK = "stock", _("时点数")  # the newest month stands for the year so far
    FLOW = "flow", _("累计数")  # the months of the year add up


class Comparator(models.TextChoices):
    AT_LEAST = "ge", _("不低于")
    AT_MOST = "le", _("不超过")
    EQUAL = "eq", _("等于")


class Indicator(Record):
    """A measure. Shares keep numerator and denominator apart, so that places can be added up."""

    code = models.CharField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("指标"), max_length=120)
    definition = models.TextField(_("口径"), blank=True)
    shape = models.CharField(_("形式"), max_length=8, choices=Shape)
    unit = models.CharField(_("计量单位"), max_length=12)
    numerator_title = models.CharField(_("分子"), max_length=120)
    denominator_title = models.CharField(_("分母"), max_length=120, blank=True)
    denominator_list = models.CharField(_("分母名单"), max_length=60, blank=True)  # a registered list; empty: reported
    method = models.CharField(_("来源方式"), max_length=10, choices=Method)
    computation = models.CharField(_("计算"), max_length=60, blank=True)  # a registered computation
    rows_of = models.ForeignKey(  # counts the rows that are registered for another indicator
        "self", models.PROTECT, null=True, blank=True, related_name="also_counted", verbose_name=_("共用台账")
    )
    over = models.CharField(_("时间口径"), max_length=8, choices=Over, default=Over.STOCK)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("指标")

    def __str__(self) -> str:
        return self.title


class Goal(Record):
    """What an indicator shall reach, by when, and whose goal it is. Only a plan's own goal lights."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="goals")
    comparator = models.CharField(_("比较"), max_length=2, choices=Comparator)
    value = models.DecimalField(_("目标值"), max_digits=16, decimal_places=4)
    deadline = models.DateField(_("期限"))
    from_plan = models.BooleanField(_("要点原文所定"))
    source = models.CharField(_("出处"), max_length=300)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["deadline", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "deadline"], condition=models.Q(valid_to=None), name="one_goal_a_deadline"
            )
        ]


class IndicatorValue(models.Model):
    """The figure of one unit for one month: derived, never typed. `own` is the unit's own part, else a sum of those below."""

    deletable = True  # derived rows: a figure whose rows are gone must go too

    id = models.BigAutoField(primary_key=True)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values_kept")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", null=True)  # empty: the whole province
    period = models.DateField(_("月份"))  # the month's first day
    own = models.BooleanField()
    numerator = models.DecimalField(max_digits=18, decimal_places=4)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    rows = models.PositiveIntegerField()  # how many rows lie behind it
    refreshed_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "unit", "period", "own"], nulls_distinct=False, name="one_figure_a_unit_and_month"
            )
        ]
        indexes = [models.Index(fields=["unit", "period"])]
