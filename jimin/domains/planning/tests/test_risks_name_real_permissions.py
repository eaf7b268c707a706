"""廉政风险 and 警示教育: a risk names a step that exists; a unit writes about itself alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jimin.core.access import permissions
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.domains.planning import seeing
from jimin.domains.planning.actions import integrity as act
from jimin.domains.planning.integrity import permission_rows
from jimin.domains.planning.models import IntegrityRisk, WarningSession
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast


def registered(actor: Actor, **more: Any) -> IntegrityRisk:
    data = {
        "post": "验收岗", "step": "月报验收", "permission": "planning.report.accept", "risk": "放松验收标准。",
        "level": "高", "measure": "双人验收。", **more,
    }  # fmt: skip
    return IntegrityRisk.objects.get(pk=act.RegisterRisk.perform(actor, data)["risk"])


def test_a_chief_registers_a_risk_of_the_own_unit(office_cast: OfficeCast) -> None:
    risk = registered(office_cast.person(office_cast.elder, Role.DEPT_CHIEF))
    assert (risk.unit, risk.reviewed_on) == (office_cast.elder, DAY)


def test_a_step_that_is_not_in_the_permission_table_is_refused(office_cast: OfficeCast) -> None:
    with pytest.raises(Refused, match="没有名为") as refusal:
        registered(office_cast.person(office_cast.elder, Role.DEPT_CHIEF), permission="planning.nothing")
    assert refusal.value.problems[0].field == "permission"


def test_another_unit_s_risks_are_for_the_inspection_group(office_cast: OfficeCast) -> None:
    chief = office_cast.person(office_cast.elder, Role.DEPT_CHIEF)
    with pytest.raises(Refused, match="本单位"):
        registered(chief, unit=office_cast.relief.code)
    risk = registered(office_cast.person(office_cast.inspection, Role.INSPECTOR), unit=office_cast.relief.code)
    assert risk.unit == office_cast.relief
    assert not seeing.risks(chief).exists()
    with pytest.raises(NotFound):
        act.VoidRisk.perform(chief, {"risk": risk.pk, "version": 1, "reason": "不是我的"})


def test_the_same_risk_twice_is_refused(office_cast: OfficeCast) -> None:
    chief = office_cast.person(office_cast.elder, Role.DEPT_CHIEF)
    registered(chief)
    with pytest.raises(Refused, match="已经登记过"):
        registered(chief)


def test_a_risk_is_voided_once_and_with_a_reason(office_cast: OfficeCast) -> None:
    chief = office_cast.person(office_cast.elder, Role.DEPT_CHIEF)
    data = {"risk": registered(chief).pk, "version": 1, "reason": "岗位撤销"}
    act.VoidRisk.perform(chief, data)
    with pytest.raises(Stale):
        act.VoidRisk.perform(chief, data)
    with pytest.raises(Refused, match="已经作废"):
        act.VoidRisk.perform(chief, {**data, "version": 2})


def test_clerks_register_no_risks(office_cast: OfficeCast) -> None:
    with pytest.raises(Forbidden):
        registered(office_cast.person(office_cast.elder, Role.DEPT_CLERK))


def test_a_warning_session_is_recorded_after_it_was_held(office_cast: OfficeCast) -> None:
    clerk = office_cast.person(office_cast.elder, Role.DEPT_CLERK)
    data = {"title": "典型案例通报", "held_on": date(2023, 9, 1), "present_count": 12}
    act.RecordWarningSession.perform(clerk, data)
    assert WarningSession.objects.get().unit == office_cast.elder
    with pytest.raises(Refused, match="已经登记过"):
        act.RecordWarningSession.perform(clerk, data)
    with pytest.raises(Refused, match="晚于今天"):
        act.RecordWarningSession.perform(clerk, {**data, "held_on": date(2023, 10, 11)})
    with pytest.raises(Refused, match="本单位"):
        act.RecordWarningSession.perform(clerk, {**data, "unit": office_cast.relief.code})


def test_the_listing_is_the_table_that_rules() -> None:
    rows = permission_rows()
    assert {r.name for r in rows} == {p.name for p in permissions.table()}
    close = next(r for r in rows if r.name == "planning.rectification.verify")
    assert close.roles == ("派驻纪检监察组",) and close.risk
    assert all(r.risk for r in permission_rows(risky_only=True))
