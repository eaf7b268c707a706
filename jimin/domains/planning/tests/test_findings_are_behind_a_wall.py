"""监督事项: seen by the inspection group and by the one post that answers; everything else is blind to it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db.models import Model

from jimin.core.access.models import Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import ActionError, Forbidden, NotFound, Refused, Stale
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import UnitKind
from jimin.core.events.models import OutboxEvent
from jimin.domains.planning import seeing, sources_office
from jimin.domains.planning.actions import integrity as act
from jimin.domains.planning.models import IntegrityFinding
from jimin.domains.planning.tests.office_cast import DAY, FROM, OfficeCast, version
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Step, Work

SECRET = "某处接受服务对象宴请"


def inspector(cast: OfficeCast) -> Actor:
    return cast.person(cast.inspection, Role.INSPECTOR)


def recorded(cast: OfficeCast, **more: Any) -> IntegrityFinding:
    data = {"unit": cast.elder.code, "source": "日常监督", "text": SECRET, "found_on": date(2023, 10, 9), **more}
    return IntegrityFinding.objects.get(pk=act.RecordFinding.perform(inspector(cast), data)["finding"])


def step(action: type, actor: Actor, finding: IntegrityFinding, text: str = "已经谈话提醒并退还。") -> dict[str, Any]:
    return action.perform(actor, {"record": finding.pk, "version": version(finding), "text": text})


def everybody_else(cast: OfficeCast) -> list[Actor]:
    return [
        cast.person(cast.elder, Role.DEPT_CLERK),
        cast.person(cast.relief, Role.DEPT_CHIEF),
        cast.person(cast.relief, Role.DEPT_LEADER, charge=cast.elder),
        cast.person(cast.office, Role.OFFICE_CLERK),
        cast.person(cast.office, Role.OFFICE_CHIEF),
        cast.person(cast.office, Role.AUDITOR),
        cast.person(cast.office, Role.OPERATOR),
        cast.person(cast.elder, Role.INSPECTOR),  # the role alone, outside the inspection group, is not enough
        cast.person(cast.city, Role.CITY_LEADER),
        cast.person(cast.county, Role.COUNTY_DEPUTY),
    ]


def test_the_chief_answers_and_the_group_closes(office_cast: OfficeCast) -> None:
    finding, chief = recorded(office_cast), office_cast.person(office_cast.elder, Role.DEPT_CHIEF)
    assert list(seeing.findings(chief)) == [finding]
    step(act.AnswerFinding, chief, finding)
    step(act.ReturnFinding, inspector(office_cast), finding, "请附退款凭证。")
    step(act.AnswerFinding, chief, finding, "凭证已交派驻组。")
    step(act.CloseFinding, inspector(office_cast), finding, "核查属实，予以办结。")
    finding.refresh_from_db()
    assert finding.closed_on == DAY
    for words in ("【处理", "【退回", "请附退款凭证。", "【办结"):
        assert words in finding.result


def test_nobody_else_sees_or_answers_it(office_cast: OfficeCast) -> None:
    finding = recorded(office_cast)
    for actor in everybody_else(office_cast):
        assert not seeing.findings(actor).exists(), actor.label
        for action in (act.AnswerFinding, act.ReturnFinding, act.CloseFinding):
            with pytest.raises((Forbidden, NotFound)):
                step(action, actor, finding)


def test_a_deputy_of_the_chief_does_not_see_it(office_cast: OfficeCast) -> None:
    finding, chief = recorded(office_cast), office_cast.person(office_cast.elder, Role.DEPT_CHIEF)
    clerk = office_cast.person(office_cast.elder, Role.DEPT_CLERK, "代")
    Appointment.objects.filter(pk=clerk.appointment.pk).update(acting_for=chief.appointment)
    deputy = Actor.of(Appointment.objects.select_related("account", "unit").get(pk=clerk.appointment.pk))
    assert not seeing.findings(deputy).exists()
    with pytest.raises(ActionError):
        step(act.AnswerFinding, deputy, finding)


def test_about_the_chief_it_goes_past_him_to_the_leader_in_charge(office_cast: OfficeCast) -> None:
    cast = office_cast
    leader = cast.person(cast.relief, Role.DEPT_LEADER, charge=cast.elder)
    other = cast.person(cast.relief, Role.DEPT_LEADER, "别的领导")
    finding = recorded(cast, past_chief=True)
    chief = cast.person(cast.elder, Role.DEPT_CHIEF)
    for blind in (chief, other):
        assert not seeing.findings(blind).exists()
        with pytest.raises(NotFound):
            step(act.AnswerFinding, blind, finding)
    assert finding.work not in kernel.inbox(chief)
    step(act.AnswerFinding, leader, finding)


def test_without_a_leader_in_charge_it_is_not_sent_to_the_chief_instead(office_cast: OfficeCast) -> None:
    with pytest.raises(Refused, match="没有分管厅领导"):
        recorded(office_cast, past_chief=True)
    assert not IntegrityFinding.objects.exists() and not Work.objects.exists()


def texts(model: type[Model]) -> str:
    rows = model._default_manager.values()
    return json.dumps(list(rows), default=str, ensure_ascii=False)


def test_no_other_record_tells_what_it_says_or_whose_it_is(office_cast: OfficeCast) -> None:
    cast = office_cast
    finding = recorded(cast)
    step(act.AnswerFinding, cast.person(cast.elder, Role.DEPT_CHIEF), finding)
    step(act.ReturnFinding, inspector(cast), finding, "宴请的细节请说明。")
    for model in (AuditRow, OutboxEvent, Step):
        assert SECRET not in texts(model) and "宴请" not in texts(model) and "谈话提醒" not in texts(model)
    rows = AuditRow.objects.filter(object_type="planning.integrityfinding", action="planning.finding.record")
    assert all(cast.elder.code not in r.body and cast.elder.name not in r.body for r in rows)
    assert Work.objects.get(pk=finding.work_id).title == "监督事项"


def test_its_measure_counts_for_the_group_and_names_no_unit(office_cast: OfficeCast) -> None:
    recorded(office_cast)
    (row,) = sources_office.open_findings(DAY)
    assert row.unit == office_cast.inspection.pk
    assert row.behind.unit == office_cast.inspection.short_name and SECRET not in row.behind.title + row.behind.remark


def test_only_the_inspection_group_records(office_cast: OfficeCast) -> None:
    data = {"unit": office_cast.elder.code, "source": "审计", "text": SECRET, "found_on": DAY}
    for actor in everybody_else(office_cast):
        with pytest.raises(Forbidden):
            act.RecordFinding.perform(actor, data)


def test_a_town_has_no_post_that_could_answer(office_cast: OfficeCast) -> None:
    town = office_cast.unit("220122101", "合隆镇", UnitKind.TOWN, superior=office_cast.county)
    with pytest.raises(Refused, match="没有能说明处理的负责人岗位"):
        recorded(office_cast, unit=town.code)


def test_a_day_that_has_not_come_is_refused(office_cast: OfficeCast) -> None:
    with pytest.raises(Refused) as refusal:
        recorded(office_cast, found_on=date(2023, 10, 11))
    assert refusal.value.problems[0].field == "found_on"


def test_a_county_s_finding_is_seen_by_its_deputy_alone(office_cast: OfficeCast) -> None:
    cast = office_cast
    finding = recorded(cast, unit=cast.county.code)
    assert list(seeing.findings(cast.person(cast.county, Role.COUNTY_DEPUTY))) == [finding]
    for role in (Role.COUNTY_CLERK, Role.COUNTY_SECTION_CHIEF):
        assert not seeing.findings(cast.person(cast.county, role)).exists()
    assert not seeing.findings(cast.person(cast.city, Role.CITY_LEADER)).exists()


def test_an_old_page_is_stale_and_a_double_submission_counts_once(office_cast: OfficeCast) -> None:
    finding, chief = recorded(office_cast), office_cast.person(office_cast.elder, Role.DEPT_CHIEF)
    data = {"record": finding.pk, "version": version(finding), "text": "已经处理。"}
    act.AnswerFinding.perform(chief, data, key="a")
    assert act.AnswerFinding.perform(chief, data, key="a")["replayed"]
    with pytest.raises(Stale):
        act.AnswerFinding.perform(chief, data, key="b")
    finding.refresh_from_db()
    assert finding.result.count("已经处理。") == 1


def test_someone_appointed_later_as_chief_sees_what_was_sent_to_the_post(office_cast: OfficeCast) -> None:
    finding = recorded(office_cast)
    successor = office_cast.person(office_cast.elder, Role.DEPT_CHIEF, "新任")
    assert successor.appointment.valid_from == FROM
    assert list(seeing.findings(successor)) == [finding]
