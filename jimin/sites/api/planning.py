"""The plan and its figures, to read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Forbidden, NotFound
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning import visibility
from jimin.domains.planning.models import STANDING, Assignment, Plan, PlanState, Target
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.models import Indicator
from jimin.sites.api.application import ERRORS

router = Router(tags=["planning"])
PAGE = 100
READS = frozenset({"planning.read"})  #: what the addresses here ask of a token


class PointOut(Schema):
    no: int
    chapter: int
    title: str
    text: str
    lead: str


class TargetOut(Schema):
    point: int
    quote: str
    comparator: str
    value: Decimal
    unit: str
    deadline: date
    indicator: str


class PlanOut(Schema):
    id: UUID
    year: int
    title: str
    document_no: str
    points: list[PointOut]
    targets: list[TargetOut]


class MonthOut(Schema):
    period: date
    numerator: Decimal
    denominator: Decimal | None
    rows: int


class RowOut(Schema):
    title: str
    unit: str
    division: str
    on: date | None
    numerator: Decimal
    denominator: Decimal | None
    record: str


class ReportOut(Schema):
    id: UUID
    assignment: UUID
    unit: str
    task: str
    period: date
    numerator: Decimal | None
    denominator: Decimal | None
    station: str
    accepted_on: date | None
    version: int


class AssignmentOut(Schema):
    id: UUID
    task: str
    indicator: str
    goal: Decimal | None
    due_on: date


class Reports(Schema):
    """One page; `next` is the `after` of the following one, empty on the last."""

    items: list[ReportOut]
    next: str


class ReportFilter(Schema):
    period: date | None = None
    after: UUID | None = None
    limit: int = Field(PAGE, ge=1, le=PAGE)


def actor(request: HttpRequest) -> Actor:
    """The caller."""
    return request.actor  # type: ignore[attr-defined, no-any-return]


def must(request: HttpRequest, permission: str) -> None:
    """Refuse a caller whose token was not given this permission."""
    if not actor(request).may(permission):
        raise Forbidden(_("令牌没有“%s”权限。") % permission, next_step=_("请由系统运维发放带此权限的令牌。"))


@router.get("/plans/{year}", response={200: PlanOut, **ERRORS})
def plan(request: HttpRequest, year: int) -> Any:
    """The plan in force of a year, word for word, with the numbers it sets."""
    must(request, "planning.read")
    found = Plan.objects.filter(year=year, state=PlanState.IN_FORCE).first()
    if found is None:
        raise NotFound(_("没有 %s 年执行中的要点。") % year)
    points = found.points.select_related("chapter", "lead")
    targets = Target.objects.filter(point__plan=found, found__in=STANDING).select_related("point", "indicator")
    return {
        "id": found.id,
        "year": found.year,
        "title": found.title,
        "document_no": found.document_no,
        "points": [
            {
                "no": p.no,
                "chapter": p.chapter.no,
                "title": p.title,
                "text": p.text,
                "lead": p.lead.code if p.lead else "",
            }
            for p in points
        ],
        "targets": [
            {
                "point": t.point.no,
                "quote": t.quote,
                "comparator": t.comparator,
                "value": t.value,
                "unit": t.unit,
                "deadline": t.deadline,
                "indicator": t.indicator.code if t.indicator else "",
            }
            for t in targets
        ],
    }


def _place(request: HttpRequest, code: str, unit: str) -> tuple[Indicator, UUID | None]:
    if "\0" in unit:
        raise NotFound("单位代码里有空字符。")
    # PostgreSQL takes no NUL character, not even to compare with.
    indicator = None if "\0" in code else Indicator.objects.filter(code=code).first()
    if indicator is None:
        raise NotFound(_("没有代码为“%s”的指标。") % code)
    if not unit:
        if not actor(request).unit.is_provincial:
            return indicator, actor(request).unit.id
        return indicator, None
    found = actor(request).units().filter(code=unit).first()
    if found is None:
        raise NotFound(_("没有报送单位“%s”，或不在您的管辖范围内。") % unit)
    return indicator, found.id


@router.get("/indicators/{code}/months", response={200: list[MonthOut], **ERRORS})
def months(request: HttpRequest, code: str, unit: str = "") -> Any:
    """The months of an indicator, for the province (a provincial caller) or one unit inside the scope."""
    must(request, "planning.read")
    indicator, place = _place(request, code, unit)
    found = indicators.series([indicator], place).get(indicator.pk, {})
    return [
        {"period": m, "numerator": p.numerator, "denominator": p.denominator, "rows": p.rows}
        for m, p in sorted(found.items())
    ]


@router.get("/indicators/{code}/rows", response={200: list[RowOut], **ERRORS})
def rows(request: HttpRequest, code: str, period: date, unit: str = "") -> Any:
    """The rows behind a figure; they sum to it."""
    must(request, "planning.read")
    indicator, place = _place(request, code, unit)
    return indicators.rows_behind(indicator, place, period)


@router.get("/assignments", response={200: list[AssignmentOut], **ERRORS})
def assignments(request: HttpRequest) -> Any:
    """What the caller's own unit owes."""
    must(request, "planning.read")
    mine = Assignment.objects.filter(unit=actor(request).unit, withdrawn_on=None).select_related("task__indicator")
    return [
        {
            "id": a.id,
            "task": a.task.title,
            "indicator": a.task.indicator.code if a.task.indicator else "",
            "goal": a.goal,
            "due_on": a.due_on,
        }
        for a in mine
    ]


@router.get("/reports", response={200: Reports, **ERRORS})
def reports(request: HttpRequest, filters: Query[ReportFilter]) -> Any:
    """Reports inside the scope, in the order of their ids."""
    must(request, "planning.read")
    found = visibility.reports(actor(request)).order_by("id")
    if filters.period is not None:
        found = found.filter(period=filters.period.replace(day=1))
    if filters.after is not None:
        found = found.filter(id__gt=filters.after)
    page = list(found[: filters.limit + 1])
    shown = page[: filters.limit]
    return {
        "items": [
            {
                "id": r.id,
                "assignment": r.assignment_id,
                "unit": r.unit.code,
                "task": r.assignment.task.title,
                "period": r.period,
                "numerator": r.numerator,
                "denominator": r.denominator,
                "station": "" if r.work.closed_on else r.work.station,
                "accepted_on": r.accepted_on,
                "version": r.version,
            }
            for r in shown
        ],
        "next": str(shown[-1].id) if len(page) > filters.limit else "",
    }


class UnitOut(Schema):
    code: str
    name: str
    kind: str
    superior: str


@router.get("/units", response={200: list[UnitOut], **ERRORS})
def units(request: HttpRequest) -> Any:
    """The reporting units inside the scope."""
    must(request, "planning.read")
    found = actor(request).units().select_related("superior")
    return [_unit(u) for u in found]


def _unit(unit: ReportingUnit) -> dict[str, str]:
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "superior": unit.superior.code if unit.superior else "",
    }
