"""The way of a proposed value: made by the clerk of the office that sets it, signed by that office's chain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from jimin.core.divisions.models import ReportingUnit
from jimin.engines.cases.flows import Flow, Station, inside


class ParameterFlow(Flow):
    """参数确认: proposed and signed inside one office; the last signature confirms."""

    kind = "policy.parameter"
    title = lazy("参数确认")

    @staticmethod
    def route(office: ReportingUnit) -> list[Station]:
        return inside(office, "propose", noop("拟报"), noop("确认"))
