"""A scenario that somebody saved, the stages of its run, and what came out. Rows are added and never changed."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core import clock
from jimin.core.access.models import Account
from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, Scoped
from jimin.engines.simulation.limits import limits


class Stage(models.TextChoices):
    PEOPLE = "people", _("读入人口")
    BEFORE = "before", _("按现行参数测算")
    AFTER = "after", _("按方案测算")
    COMPARE = "compare", _("比较")


class State(models.TextChoices):
    WAITING = "waiting", _("等待后台")
    RUNNING = "running", _("测算中")
    DONE = "done", _("已测算")
    FAILED = "failed", _("没有算成")
    LOST = "lost", _("后台没有做完")


class Scenario(Record, Scoped):
    """What is asked: a programme, a day, changes, a population. Its division columns are the office's own place."""

    append_only = True

    programme = models.CharField(_("事项"), max_length=60)
    name = models.CharField(_("方案名称"), max_length=60)
    day = models.DateField(_("依据哪一天的法"))
    changes = models.JSONField(_("改动"))  # [{path, how, value, area}]
    population = models.CharField(_("测算数据"), max_length=120)
    synthetic = models.BooleanField(_("合成数据"))
    place = models.CharField(_("范围"), max_length=12)  # 12-digit code of the province or 市（州）
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("保存人"))
    by = models.CharField(_("保存人"), max_length=120)
    at = models.DateTimeField(_("保存时间"), db_default=Func(function="clock_timestamp"))

    class Meta:
        verbose_name = _("测算方案")
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["prefecture", "-at", "id"], name="scenario_by_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> State:
        """Where it stands, from the rows that were added."""
        found = ScenarioOutcome.objects.filter(scenario=self).values_list("failure", flat=True).first()
        if found is not None:
            return State.FAILED if found else State.DONE
        if clock.now() - self.at > timedelta(minutes=int(limits()["given_up_minutes"])):
            return State.LOST
        return State.RUNNING if self.stages.exists() else State.WAITING


class ScenarioStage(models.Model):
    """A run has come this far."""

    append_only = True

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="stages")
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage)
    at = models.DateTimeField(_("时间"), db_default=Func(function="clock_timestamp"))

    class Meta:
        verbose_name = _("测算进度")
        ordering = ["id"]


class ScenarioOutcome(Record):
    """What came out, once: the figures with the versions they stand on, or why there are none."""

    append_only = True

    scenario = models.OneToOneField(Scenario, models.PROTECT, related_name="outcome")
    result = models.JSONField(_("结果"), default=dict)  # policy.simulate.Outcome
    failure = models.CharField(_("原因"), max_length=500, blank=True, default="")
    rules = models.CharField(_("规则版本"), max_length=64, blank=True, default="")
    numbers = models.CharField(_("参数版本"), max_length=64, blank=True, default="")
    parameters = models.JSONField(_("用到的参数"), default=list)  # versions.numbers, before the change
    seconds = models.FloatField(_("用时（秒）"), default=0)
    at = models.DateTimeField(_("完成时间"), db_default=Func(function="clock_timestamp"))

    class Meta:
        verbose_name = _("测算结果")
        ordering = ["-at", "id"]
