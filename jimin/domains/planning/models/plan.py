"""The plan document as it was read and confirmed: chapters, points, targets, deliverables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.files.models import StoredFile
from jimin.core.records import Record
from jimin.engines.indicators.models import Comparator, Goal, Indicator


class PlanState(models.TextChoices):
    READ = "read", _("已读入，待确认")
    IN_FORCE = "in_force", _("执行中")
    REPLACED = "replaced", _("已被替换")


class Plan(Record):
    """One year's plan. Its sentences are kept word for word."""

    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("标题"), max_length=200)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    issued_on = models.DateField(_("成文日期"), null=True, blank=True)
    preamble = models.TextField(_("引言"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=PlanState, default=PlanState.READ)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("原件"))
    digest = models.CharField(max_length=64)  # SHA-256 of the document: the same file twice changes nothing
    warnings = models.JSONField(_("读取提示"), default=list)
    doubts = models.JSONField(_("读取疑问"), default=list)  # places a person should look at: point, quote, question
    confirmed_on = models.DateField(_("确认日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("年度要点")
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="plan_file_once"),
            models.UniqueConstraint(
                fields=["year"], condition=models.Q(state="in_force"), name="one_plan_in_force_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Chapter(Record):
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="chapters")
    no = models.PositiveSmallIntegerField(_("章"))
    title = models.CharField(_("章标题"), max_length=200)
    short_title = models.CharField(_("简称"), max_length=20, blank=True)

    class Meta:
        ordering = ["plan", "no"]
        constraints = [models.UniqueConstraint(fields=["plan", "no"], name="chapter_once")]

    def __str__(self) -> str:
        return self.title


class Point(Record):
    """One numbered point, in its own words. `sentences` are [start, end) offsets into `text`."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="points")
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="points")
    no = models.PositiveSmallIntegerField(_("点"))
    title = models.CharField(_("要点"), max_length=200)
    short_title = models.CharField(_("简称"), max_length=20, blank=True)
    text = models.TextField(_("原文"))
    sentences = models.JSONField(default=list)
    plain = models.TextField(_("给公众的话"), blank=True)  # the point in everyday words; empty: the original is shown
    lead = models.ForeignKey(
        "divisions.ReportingUnit", models.PROTECT, null=True, blank=True, related_name="points_led",
        verbose_name=_("牵头处室"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("要点")
        ordering = ["plan", "no"]
        constraints = [models.UniqueConstraint(fields=["plan", "no"], name="point_once")]

    def __str__(self) -> str:
        return f"{self.no} {self.short_title or self.title}"


class Found(models.TextChoices):
    SURE = "sure", _("读取")
    DOUBT = "doubt", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REJECTED = "rejected", _("不是")
    ADDED = "added", _("人工补充")


#: The states that count: found for sure, confirmed by a person, or added by one.
STANDING = (Found.SURE, Found.CONFIRMED, Found.ADDED)


class Target(Record):
    """A number that the plan's own sentence sets."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="targets")
    sentence = models.PositiveSmallIntegerField()
    quote = models.TextField(_("原文"))
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    subject = models.CharField(_("对象"), max_length=120)
    comparator = models.CharField(_("比较"), max_length=2, choices=Comparator)
    value = models.DecimalField(_("数值"), max_digits=16, decimal_places=4)
    unit = models.CharField(_("单位"), max_length=12)
    deadline = models.DateField(_("期限"))
    found = models.CharField(_("确认"), max_length=10, choices=Found)
    why = models.CharField(_("疑点"), max_length=300, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("指标")
    )
    goal = models.OneToOneField(Goal, models.PROTECT, null=True, blank=True, related_name="target")

    class Meta:
        verbose_name = _("原文数值")
        ordering = ["point", "start", "id"]

    def __str__(self) -> str:
        return self.subject or self.quote


class DeliverableKind(models.TextChoices):
    POLICY = "制度文件", _("制度文件")
    STANDARD = "标准/清单", _("标准/清单")
    PLANNING = "规划/评估", _("规划/评估")
    SYSTEM = "系统建设", _("系统建设")
    PILOT = "试点", _("试点")
    CAMPAIGN = "专项行动", _("专项行动")
    TRAINING = "培训/竞赛", _("培训/竞赛")
    INSPECTION = "检查/审计", _("检查/审计")
    MEETING = "会议/宣传", _("会议/宣传")


class Finality(models.TextChoices):
    DONE = "完成", _("完成即办结")
    STARTED = "启动", _("启动即办结")


class Deliverable(Record):
    """A thing the plan says shall be made (成果), with its quote; its state is its stages' state."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="deliverables")
    sentence = models.PositiveSmallIntegerField()
    quote = models.TextField(_("原文"))
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    title = models.CharField(_("成果"), max_length=120)
    kind = models.CharField(_("类别"), max_length=10, choices=DeliverableKind)
    verb = models.CharField(_("动词"), max_length=20, blank=True)
    finality = models.CharField(_("办结标准"), max_length=4, choices=Finality, default=Finality.DONE)
    deadline = models.DateField(_("期限"))
    found = models.CharField(_("确认"), max_length=10, choices=Found)
    why = models.CharField(_("疑点"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("成果")
        ordering = ["point", "start", "id"]

    def __str__(self) -> str:
        return self.title
