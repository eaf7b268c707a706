"""What a place has set, confirmed by signature, and the decisions that stand on it."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from jimin.core.access.models import Account
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files.models import StoredFile
from jimin.core.parties.models import Party
from jimin.core.records import Record, Scoped
from jimin.engines.cases.models import Work
from jimin.engines.policy import units


class RecordState(models.TextChoices):
    PROPOSED = "proposed", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("不予确认")
    WITHDRAWN = "withdrawn", _("已撤回")


class Area(models.TextChoices):
    TOWN = "城镇", _("城镇")
    VILLAGE = "农村", _("农村")


#: What has one value on one day, as a range of itself: the database's index of ranges then knows “equal” (no extension).
_SLOT = Concat("domain", Value(" "), "path", Value(" "), "division", Value(" "), "area")
SLOT = Func(_SLOT, _SLOT, Value("[]"), function="policy_text", output_field=models.TextField())
#: The days on which a value holds; the last one is not among them.
PERIOD = Func("valid_from", "valid_to", function="daterange", output_field=models.TextField())


class ParameterRecord(Record, Scoped):
    """One value of one parameter at one place, with the paper that sets it. Only actions change its state.

    A correction is another record that ends this one (`valid_to`) from a day; what was confirmed is never written over.
    """

    domain = models.CharField(_("领域"), max_length=40)
    path = models.CharField(_("参数"), max_length=80)
    unit = models.CharField(max_length=8)  # as it was declared: a value in another unit is not used
    division = models.CharField(_("地方"), max_length=12)
    area = models.CharField(_("城乡"), max_length=2, blank=True, default="", choices=Area)
    value = models.BigIntegerField(_("数值"))  # as units.store keeps it
    valid_from = models.DateField(_("施行日期"))
    valid_to = models.DateField(_("停止日期"), null=True, blank=True)  # the first day on which it no longer holds
    state = models.CharField(_("状态"), max_length=10, choices=RecordState, default=RecordState.PROPOSED)
    issuer = models.CharField(_("发文机关"), max_length=120)
    document_no = models.CharField(_("文号"), max_length=80)
    article = models.CharField(_("条款或原句"), max_length=300)
    scan = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件扫描件"))
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("接替")
    )
    office = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("拟报单位"))
    work = models.OneToOneField(Work, models.PROTECT, related_name="policy_parameter")
    proposed_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("拟报人"))
    proposed_on = models.DateField(_("拟报日期"))
    confirmed_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    confirmed_on = models.DateField(_("确认日期"), null=True, blank=True)
    demo = models.BooleanField(_("演示"), default=False)  # confirmed on a demonstration: no law anywhere else

    class Meta:
        verbose_name = _("参数值")
        ordering = ["path", "division", "area", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="one_value_a_place_and_day",
                expressions=[(SLOT, "&&"), (PERIOD, "&&")],
                condition=Q(state=RecordState.CONFIRMED),
                violation_error_message=_("同一地方同一天已有确认的数值。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="parameter_period"
            ),
            models.CheckConstraint(
                condition=~Q(state=RecordState.CONFIRMED) | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
                name="parameter_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="parameter_by_two_people"
            ),
        ]
        indexes = [
            models.Index(fields=["domain", "state", "path"], name="parameter_of_rules"),
            models.Index(fields=["prefecture", "path", "id"], name="parameter_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.said}"

    @property
    def said(self) -> str:
        """The value in words."""
        return units.say(units.Unit(self.unit), self.value)

    @property
    def document(self) -> str:
        """The paper in one line, as it stands beside a value."""
        return f"{self.issuer} {self.document_no} {self.article}"


class ParameterEdition(models.Model):
    """Which state the confirmed values of a rule set are in: a new stamp with every confirmation, taken under a lock.

    Whoever has read the values under a stamp need not read them again until there is another.
    """

    domain = models.CharField(max_length=40, primary_key=True)
    number = models.PositiveIntegerField(default=0)
    stamp = models.UUIDField()

    class Meta:
        verbose_name = _("参数版次")


class KeptDecision(Record, Scoped):
    """A decision as it was reckoned: facts and reasons sealed, with every rule and value that took part."""

    programme = models.CharField(_("事项"), max_length=60)
    day = models.DateField(_("依据哪一天的法"))
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对象"))
    sealed = models.BinaryField(editable=False)  # facts, place, result and tree: policy.kept
    rules = models.JSONField(_("参加的公式"), default=dict)  # name → digest
    rules_version = models.CharField(_("规则版本"), max_length=64)
    parameters = models.JSONField(_("参加的参数"), default=dict)  # path → value, place, record
    records = models.JSONField(default=list)  # the ids of the records among them, to be looked for
    edition = models.PositiveIntegerField(_("参数版次"), default=0)
    at = models.DateTimeField(_("保存时间"), db_default=Func(function="clock_timestamp"))

    class Meta:
        verbose_name = _("留存的测算")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["county", "programme", "day", "id"], name="kept_by_county"),
            GinIndex(fields=["records"], name="kept_by_record"),
        ]

    def place(self) -> dict[str, Any]:
        """What the sealed content is bound to."""
        return {"table": self._meta.db_table, "pk": self.pk, "field": "sealed"}
