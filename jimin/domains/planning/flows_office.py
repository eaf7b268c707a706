"""The routes of what the office, the inspection group and the appraisal bring about."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning.flows import leader_station, plan_office
from jimin.domains.planning.models import Appraisal, Instruction, IntegrityFinding, Rectification
from jimin.engines.cases.flows import Flow, Station, chain_of, clerk_of, inside
from jimin.engines.cases.models import Work

INSPECTION = "inspection"  # the power of the one unit of the 派驻纪检监察组


def inspection_unit() -> ReportingUnit:
    """The unit of the inspection group (派驻纪检监察组). Refuses where none is registered."""
    found = ReportingUnit.objects.filter(powers__contains=INSPECTION, valid_to=None).first()
    if found is None:
        raise Refused(
            _("没有登记派驻纪检监察组，不能办理监督和整改事项。"),
            next_step=_("请在报送单位中登记一个有“inspection”职权的单位。"),
        )
    return found


def chief_of(unit: ReportingUnit) -> str:
    """The role that answers for a unit: the last of its sign-off chain."""
    return chain_of(unit)[-1]


class InstructionFlow(Flow):
    """批示件: dealt with and signed in the unit in charge, checked and closed by 办公室."""

    kind = "planning.instruction"
    title = lazy("批示件")

    @staticmethod
    def route(unit: ReportingUnit) -> list[Station]:
        office = plan_office()
        closer = Role.OFFICE_CHIEF if unit.id == office.id else Role(clerk_of(office))  # nobody closes his own answer
        return [
            *inside(unit, "reply", noop("办理"), noop("签报")),
            Station("close", noop("办公室办结"), str(office.id), closer),
        ]

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        Instruction.objects.filter(work__in=works).update(closed_on=clock.business_day())


class RectificationFlow(Flow):
    """巡视整改: put right and signed in the unit in charge, verified and closed (销号) by the inspection group."""

    kind = "planning.rectification"
    title = lazy("巡视整改")

    @staticmethod
    def route(unit: ReportingUnit) -> list[Station]:
        verify = Station("verify", noop("核验销号"), str(inspection_unit().id), Role.INSPECTOR)
        return [*inside(unit, "rectify", noop("整改"), noop("签报")), verify]

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        Rectification.objects.filter(work__in=works).update(closed_on=clock.business_day())


class FindingFlow(Flow):
    """监督事项: answered by the unit's chief alone (or the leader in charge, when it is about the chief), then closed."""

    kind = "planning.finding"
    title = lazy("监督事项")

    @staticmethod
    def route(unit: ReportingUnit, *, past_chief: bool) -> list[Station]:
        answer = Station("answer", noop("说明处理"), str(unit.id), chief_of(unit))
        if past_chief:
            leader = leader_station(unit)
            if leader is None:
                raise Refused(
                    _("“%s”没有分管厅领导，不能改送分管厅领导。") % unit,
                    next_step=_("请先登记分管关系，或按常规送达。"),
                )
            answer = Station("answer", noop("说明处理"), leader.unit, leader.role, leader.holder)
        return [answer, Station("close", noop("核查办结"), str(inspection_unit().id), Role.INSPECTOR)]

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        IntegrityFinding.objects.filter(work__in=works).update(closed_on=clock.business_day())


class AppraisalFlow(Flow):
    """年度考核: sent by the office's clerk, signed by its chief and by the leader in charge (where there is one)."""

    kind = "planning.appraisal"
    title = lazy("年度考核")

    @staticmethod
    def route() -> list[Station]:
        office = plan_office()
        leader = leader_station(office)
        stations = inside(office, "reckon", noop("测算"), noop("审签"))
        return [*stations, leader] if leader else stations

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        Appraisal.objects.filter(work__in=works).update(published_on=clock.business_day())
