"""Study: topics, sessions with the organiser's numbers, coverage; no session of one region is seen in another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.core.divisions.models import UnitArea, UnitKind
from jimin.domains.planning import seeing, signals_office, sources_office
from jimin.domains.planning.actions import study as act
from jimin.domains.planning.models import StudySession, StudyTopic
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast


def held(cast: OfficeCast, actor: Actor, **more: Any) -> StudySession:
    data = {
        "topic": cast.topic.pk, "form": "中心组学习", "held_on": date(2023, 9, 1), "due_count": 20,
        "present_count": 15, **more,
    }  # fmt: skip
    return StudySession.objects.get(pk=act.RecordSession.perform(actor, data)["session"])


def test_the_office_plans_a_topic_within_the_plan_s_year(office_cast: OfficeCast) -> None:
    clerk = office_cast.person(office_cast.office, Role.OFFICE_CLERK)
    data = {"plan": office_cast.plan.pk, "title": "主题教育", "due_on": date(2023, 11, 30)}
    assert StudyTopic.objects.filter(pk=act.PlanTopic.perform(clerk, data)["topic"]).exists()
    with pytest.raises(Refused, match="已经安排过"):
        act.PlanTopic.perform(clerk, data)
    with pytest.raises(Refused, match="2023 年内"):
        act.PlanTopic.perform(clerk, {**data, "title": "另一个", "due_on": date(2024, 1, 1)})
    with pytest.raises(Forbidden):
        act.PlanTopic.perform(office_cast.person(office_cast.county, Role.COUNTY_CLERK), data)


def test_a_county_records_its_own_session_where_it_is(office_cast: OfficeCast) -> None:
    session = held(office_cast, office_cast.person(office_cast.county, Role.COUNTY_CLERK))
    assert (session.unit, session.county) == (office_cast.county, "220122000000")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"held_on": date(2023, 10, 11)}, "held_on"),
        ({"held_on": date(2022, 9, 1)}, "held_on"),
        ({"present_count": 21}, "present_count"),
        ({"due_count": 0, "present_count": 0}, "due_count"),
    ],
)
def test_impossible_numbers_and_days_are_refused_at_their_field(
    office_cast: OfficeCast, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        held(office_cast, office_cast.person(office_cast.county, Role.COUNTY_CLERK), **more)
    assert refusal.value.problems[0].field == field


def test_a_make_up_session_adds_to_the_covered_and_not_to_the_due(office_cast: OfficeCast) -> None:
    clerk = office_cast.person(office_cast.county, Role.COUNTY_CLERK)
    held(office_cast, clerk)
    held(office_cast, clerk, held_on=date(2023, 9, 20), due_count=5, present_count=5)
    (row,) = sources_office.coverage(DAY)
    assert (row.behind.numerator, row.behind.denominator) == (Decimal(20), Decimal(20))


def test_a_voided_session_counts_no_more_and_stays_readable(office_cast: OfficeCast) -> None:
    clerk = office_cast.person(office_cast.county, Role.COUNTY_CLERK)
    session = held(office_cast, clerk)
    data = {"session": session.pk, "version": 1, "reason": "填错单位"}
    act.VoidSession.perform(clerk, data)
    assert sources_office.coverage(DAY) == []
    assert StudySession.objects.get(pk=session.pk).void_reason == "填错单位"
    with pytest.raises(Stale):
        act.VoidSession.perform(clerk, data)
    with pytest.raises(Refused, match="已经作废"):
        act.VoidSession.perform(clerk, {**data, "version": 2})


def test_another_unit_s_session_cannot_be_voided_except_by_the_office(office_cast: OfficeCast) -> None:
    session = held(office_cast, office_cast.person(office_cast.county, Role.COUNTY_CLERK))
    data = {"session": session.pk, "version": 1, "reason": "填错单位"}
    with pytest.raises(NotFound):
        act.VoidSession.perform(office_cast.person(office_cast.city, Role.CITY_CLERK), data)
    act.VoidSession.perform(office_cast.person(office_cast.office, Role.OFFICE_CLERK), data)


def test_a_region_sees_its_own_sessions_only(office_cast: OfficeCast) -> None:
    cast = office_cast
    session = held(cast, cast.person(cast.county, Role.COUNTY_CLERK))
    assert list(seeing.sessions(cast.person(cast.city, Role.CITY_CLERK))) == [session]
    assert list(seeing.sessions(cast.person(cast.elder, Role.DEPT_CLERK))) == [session]
    assert not seeing.sessions(cast.person(cast.other_city, Role.CITY_CLERK)).exists()


def test_the_same_submission_twice_makes_one_record(office_cast: OfficeCast) -> None:
    clerk = office_cast.person(office_cast.county, Role.COUNTY_CLERK)
    data = {
        "topic": office_cast.topic.pk, "form": "宣讲", "held_on": date(2023, 9, 1), "due_count": 9, "present_count": 9,
    }  # fmt: skip
    first = act.RecordSession.perform(clerk, data, key="k")
    assert act.RecordSession.perform(clerk, data, key="k")["session"] == first["session"]
    assert StudySession.objects.count() == 1


def test_units_without_a_session_are_reminded_and_those_with_one_are_not(office_cast: OfficeCast) -> None:
    horizon = date(2023, 12, 1)
    before = {f.unit for f in signals_office.topics_due.find(DAY, horizon)}
    held(office_cast, office_cast.person(office_cast.city, Role.CITY_CLERK))
    after = {f.unit for f in signals_office.topics_due.find(DAY, horizon)}
    assert before - after == {office_cast.city.pk}
    assert office_cast.elder.pk in after
    assert office_cast.county.pk not in before  # its 市（州）局 is reminded for the region


def test_a_zone_without_a_code_of_its_own_sees_what_it_recorded(office_cast: OfficeCast) -> None:
    zone = office_cast.unit("kfq", "净月开发区", UnitKind.ZONE, superior=office_cast.city)
    UnitArea.objects.create(unit=zone, division_code="220122000000")
    clerk = office_cast.person(zone, Role.COUNTY_CLERK)
    session = held(office_cast, clerk)
    assert list(seeing.sessions(clerk)) == [session]
    assert list(seeing.sessions(office_cast.person(office_cast.city, Role.CITY_CLERK))) == [session]
    assert not seeing.sessions(office_cast.person(office_cast.other_city, Role.CITY_CLERK)).exists()
