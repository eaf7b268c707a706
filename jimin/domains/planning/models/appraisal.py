"""Yearly appraisal (督查检查考核): reckoned from the records, explained line by line, then signed and published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record
from jimin.domains.planning.models.plan import Plan
from jimin.engines.cases.models import Work


class Appraisal(Record):
    """One reckoning of all units of a plan on one day, under the weights of that day."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="appraisals")
    as_of = models.DateField(_("截至"))
    weights = models.JSONField(_("权重"))  # the parameters as they were
    work = models.OneToOneField(Work, models.PROTECT, null=True, blank=True, related_name="planning_appraisal")
    published_on = models.DateField(_("公布日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("年度考核")
        ordering = ["-as_of", "-id"]


class AppraisalScore(Record):
    """One unit's score with its parts: each part is a share of records that can be opened."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="scores")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="appraisal_scores")
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True)  # empty: nothing was owed
    parts = models.JSONField(_("构成"))

    class Meta:
        ordering = ["-score", "unit"]
        constraints = [models.UniqueConstraint(fields=["appraisal", "unit"], name="one_score_a_unit")]
