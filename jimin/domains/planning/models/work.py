"""From a point to the offices: tasks, assignments, stages, monthly reports, counted rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.calendar.api import Month
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files.models import StoredFile
from jimin.core.records import Record, Scoped
from jimin.domains.planning.models.plan import Deliverable, Point
from jimin.engines.cases.models import Work
from jimin.engines.indicators.models import Indicator


class Task(Record):
    """What has to be done for a point: an indicator to be reached, or a deliverable to be made."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="tasks")
    title = models.CharField(_("任务"), max_length=160)
    lead = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="tasks_led", verbose_name=_("牵头处室"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, blank=True, related_name="tasks")
    deliverable = models.OneToOneField(Deliverable, models.PROTECT, null=True, blank=True, related_name="task")
    due_on = models.DateField(_("期限"))
    closed_on = models.DateField(_("办结日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("任务")
        ordering = ["point", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(indicator=None) | models.Q(deliverable=None), name="task_has_one_purpose"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def measure(self) -> Indicator:
        """The indicator of a task that has a number. Raises ValueError for one that has none."""
        if self.indicator is None:
            raise ValueError(f"任务“{self.title}”没有指标。")
        return self.indicator


class Assignment(Record, Scoped):
    """A reporting unit's share of a task, with the goal it owes (empty: no number of its own)."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="assignments", verbose_name=_("责任单位"))
    goal = models.DecimalField(_("分解目标"), max_digits=16, decimal_places=4, null=True, blank=True)
    due_on = models.DateField(_("期限"))
    reports_monthly = models.BooleanField(_("按月填报"), default=True)
    given_on = models.DateField(_("下达日期"))
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("分解任务")
        ordering = ["task", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit"], condition=models.Q(withdrawn_on=None), name="assignment_once"
            )
        ]
        indexes = [models.Index(fields=["county", "due_on", "id"]), models.Index(fields=["unit", "due_on", "id"])]

    def __str__(self) -> str:
        return f"{self.unit} · {self.task}"


class StageName(models.TextChoices):
    DRAFT = "起草", _("起草")
    CONSULT = "征求意见", _("征求意见")
    LEGAL = "合法性审核", _("合法性审核")
    DECIDE = "集体审议", _("集体审议")
    ISSUE = "印发", _("印发")
    FILE = "备案", _("备案")
    START = "启动", _("启动")
    ORGANISE = "组织实施", _("组织实施")
    FINISH = "完成", _("完成")


class Stage(Record):
    """One stage of a deliverable (or milestone of an assignment) with its date and what proves it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="stages")
    order = models.PositiveSmallIntegerField(_("次序"))
    name = models.CharField(_("环节"), max_length=20, choices=StageName)
    due_on = models.DateField(_("应完成"))
    done_on = models.DateField(_("实际完成"), null=True, blank=True)
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("佐证")
    )
    paper_no = models.CharField(_("文号"), max_length=60, blank=True)
    remark = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("环节")
        ordering = ["task", "order"]
        constraints = [models.UniqueConstraint(fields=["task", "order"], name="stage_once")]
        indexes = [models.Index(fields=["due_on"], condition=models.Q(done_on=None), name="stage_open")]


class Report(Record, Scoped):
    """A unit's monthly report on one assignment. Its figure counts when it is accepted."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reports")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="reports")  # the assignment's, for the index
    period = models.DateField(_("月份"))  # the month's first day
    numerator = models.DecimalField(_("数值"), max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(_("分母"), max_digits=18, decimal_places=4, null=True, blank=True)
    narrative = models.TextField(_("进展与问题"), blank=True)
    work = models.OneToOneField(Work, models.PROTECT, related_name="planning_report")
    accepted_on = models.DateField(_("采用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("月度报告")
        ordering = ["-period", "id"]
        constraints = [models.UniqueConstraint(fields=["assignment", "period"], name="one_report_a_month")]
        indexes = [
            models.Index(fields=["county", "-period", "id"]),
            models.Index(fields=["unit", "-period", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {Month.of(self.period).chinese}"


class ReportEvidence(models.Model):
    """A file that proves a report's figure."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True, blank=True)


class ItemState(models.TextChoices):
    REGISTERED = "registered", _("已登记，待县核实")
    CONFIRMED = "confirmed", _("已核实")
    VOID = "void", _("已作废")


class LedgerItem(Record, Scoped):
    """One row that an indicator counts: a canteen, a centre, a pilot, a training. Registered once, where it is."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="items", verbose_name=_("指标"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="items", verbose_name=_("报送单位"))
    name = models.CharField(_("名称"), max_length=120)
    division = models.CharField(_("所在区划"), max_length=12)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=2, default=1)
    stage = models.CharField(
        _("进度"), max_length=20, blank=True
    )  # 立项→施工→消防验收→投用; only 投用 rows have `since`
    since = models.DateField(_("投用日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=ItemState, default=ItemState.REGISTERED)
    confirmed_on = models.DateField(_("核实日期"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("台账")
        ordering = ["-since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "division", "name"],
                condition=~models.Q(state="void"),
                name="item_once",
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="item_quantity"),
        ]
        indexes = [
            models.Index(fields=["county", "indicator", "since", "id"]),
            models.Index(fields=["indicator", "since"], condition=models.Q(state="confirmed"), name="item_counted"),
        ]

    def __str__(self) -> str:
        return self.name
