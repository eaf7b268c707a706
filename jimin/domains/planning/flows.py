"""The kinds of work of this domain, and their routes through the offices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from jimin.core import clock
from jimin.core.access.models import Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.domains.planning.models import Report
from jimin.engines.cases.flows import PLAN_OFFICE, Flow, Station, clerk_of, inside
from jimin.engines.cases.models import Work
from jimin.engines.indicators import api as indicators

if TYPE_CHECKING:
    from uuid import UUID


def plan_office() -> ReportingUnit:
    """The office that keeps the plan (办公室)."""
    return ReportingUnit.objects.get(powers__contains=PLAN_OFFICE, valid_to=None)


def leader_station(lead: ReportingUnit) -> Station | None:
    """The station of the 分管厅领导 of a 处室; None where nobody is in charge of it."""
    found = (
        Appointment.objects.filter(role=Role.DEPT_LEADER, charge=lead, valid_to=None)
        .select_related("unit")
        .order_by("valid_from", "id")
        .first()
    )
    if found is None:
        return None
    return Station("leader", noop("分管厅领导签批"), str(found.unit_id), found.role, str(found.account_id))


class ReportFlow(Flow):
    """月度报告: filled and signed in the unit; a county's is reviewed by its 市（州）局; the 处室 accepts it."""

    kind = "planning.report"
    title = _("月度报告")

    @staticmethod
    def route(unit: ReportingUnit, lead: ReportingUnit) -> list[Station]:
        """The stations of one unit's report on a task led by `lead`."""
        stations = inside(unit, "fill", noop("填报"))
        above = unit.superior
        if unit.kind in (UnitKind.COUNTY, UnitKind.ZONE) and above is not None:
            stations.append(Station("review", noop("市（州）审核"), str(above.id), clerk_of(above)))
        accepting = plan_office() if unit.id == lead.id else lead
        stations.append(Station("accept", noop("验收"), str(accepting.id), clerk_of(accepting)))
        return stations

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        """An accepted report counts from now on: its indicator's figures are rewritten in the same transaction."""
        reports = list(
            Report.objects.filter(work__in=works).select_related("assignment__task__indicator", "assignment__unit")
        )
        Report.objects.filter(pk__in=[r.pk for r in reports]).update(accepted_on=clock.business_day())
        touched: dict[UUID, set[UUID]] = {}
        found = {}
        for report in reports:
            indicator = report.assignment.task.indicator
            if indicator is not None:
                found[indicator.pk] = indicator
                touched.setdefault(indicator.pk, set()).add(report.unit_id)
        for pk in sorted(found):
            indicators.refresh([found[pk]], touched[pk])
