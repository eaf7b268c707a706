"""The register of appraisal scores."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import CITY, COUNTY, DEPARTMENT, DIRECT, Role
from jimin.core.access.scope import Actor
from jimin.core.registers.api import Choice, Column, Register
from jimin.domains.planning import seeing
from jimin.domains.planning.appraising import PARTS
from jimin.domains.planning.models import AppraisalScore
from jimin.domains.planning.registers.common import units


def _points(code: str) -> Callable[[AppraisalScore], Decimal | None]:
    def points(score: AppraisalScore) -> Decimal | None:
        found = next((p["points"] for p in score.parts if p["code"] == code), None)
        return Decimal(found) if found is not None else None

    return points


def _appraisals(actor: Actor) -> list[tuple[str, str]]:
    return [(str(a.pk), f"{a.plan.year} · {date_format(a.as_of)}") for a in seeing.appraisals(actor)]


class Scores(Register):
    """年度考核得分, each part in points of the hundred."""

    name = "planning.scores"
    title = lazy("年度考核得分")
    note = lazy("按百分制，各部分的数都是得分；点开一个单位看每一分怎么来的。")
    model = AppraisalScore
    allowed = DEPARTMENT | DIRECT | CITY | COUNTY | {Role.INSPECTOR, Role.AUDITOR}
    columns = (
        Column("unit", lazy("单位"), value="unit.short_name", sort="unit__rank"),
        Column("plan", lazy("年度要点"), value="appraisal.plan.title", width=30),
        Column("as_of", lazy("截至"), value="appraisal.as_of", kind="date", sort="appraisal__as_of"),
        *(Column(code, title, kind="number", value=_points(code)) for code, title in PARTS.items()),
        Column("score", lazy("得分"), kind="number", sort="score"),
        Column("published_on", lazy("公布日期"), value="appraisal.published_on", kind="date"),
    )
    filters = (
        Choice("appraisal", lazy("考核"), field="appraisal_id", choices=_appraisals),
        Choice("unit", lazy("单位"), field="unit_id", choices=units),
    )
    search = ("unit__short_name", "unit__name")
    order = ("-appraisal__as_of", "unit__rank", "id")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return seeing.scores(actor)

    def url(self, record: AppraisalScore) -> str:
        return reverse("console:appraisal_unit", args=[record.appraisal_id, record.pk])
