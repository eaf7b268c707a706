"""年度考核: five parts out of records, nothing owed gives no score, and nobody sees it before it is published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.domains.planning import appraising, seeing
from jimin.domains.planning.actions import appraisal as act
from jimin.domains.planning.actions import reports
from jimin.domains.planning.models import Appraisal, AppraisalScore, Assignment, Report, Stage
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast, on, version
from jimin.engines.cases.models import Work
from jimin.engines.indicators.models import Indicator


def assigned(cast: OfficeCast, goal: int | None = 100) -> Assignment:
    """农安县 owes monthly reports on an indicator since August, 100 by the year's end."""
    indicator = Indicator.objects.create(
        code="test.canteens", title="老年食堂", shape="count", unit="个", numerator_title="个数", method="reported"
    )
    task = cast.task("建老年食堂")
    task.indicator = indicator
    task.save()
    return Assignment.objects.create(
        task=task, unit=cast.county, goal=goal, due_on=date(2023, 12, 31), given_on=date(2023, 8, 1),
        prefecture="220100000000", county="220122000000",
    )  # fmt: skip


def filed(cast: OfficeCast, assignment: Assignment, period: date, day: date, n: int, *, back: bool = False) -> Report:
    """A report filed, signed twice and reviewed on `day`; with `back` the city returns it once before."""
    clerk = cast.person(cast.county, Role.COUNTY_CLERK)
    row = {
        "assignment": assignment.pk,
        "numerator": n,
        "narrative": "进展",
        "evidence": [cast.file(clerk, f"{period}.pdf").pk],
    }
    with on(day):
        (pk,) = reports.FileReports.perform(clerk, {"period": period, "rows": [row]})["reports"]
        sign_twice(cast, pk)
        city = cast.person(cast.city, Role.CITY_CLERK)
        if back:
            reports.ReturnReports.perform(city, {"reports": [pk], "opinion": "数据不对"})
            reports.FileReports.perform(clerk, {"period": period, "rows": [row]})
            sign_twice(cast, pk)
        reports.ReviewReports.perform(city, {"reports": [pk]})
        reports.AcceptReports.perform(cast.person(cast.elder, Role.DEPT_CLERK), {"reports": [pk]})
    return Report.objects.get(pk=pk)


def sign_twice(cast: OfficeCast, pk: str) -> None:
    for role in (Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY):
        reports.SignReports.perform(cast.person(cast.county, role), {"reports": [pk]})


def lines(cast: OfficeCast, unit: Any, part: str, as_of: date = DAY) -> list[appraising.Line]:
    return appraising.reckon(cast.plan, as_of)[unit.pk].lines[part]


def test_a_report_is_in_time_when_it_left_the_unit_by_the_nth_working_day(office_cast: OfficeCast) -> None:
    assignment = assigned(office_cast)
    filed(office_cast, assignment, date(2023, 8, 1), date(2023, 9, 5), 60)
    late = reports.due_on(date(2023, 9, 1))
    assert late > DAY  # September's report is not owed yet on the demo's day
    (line,) = lines(office_cast, office_cast.county, "reports_on_time")
    assert (line.good, line.done, line.due) == (True, date(2023, 9, 5), date(2023, 9, 7))


def test_a_late_and_a_missing_report_are_owed_and_not_good(office_cast: OfficeCast) -> None:
    assignment = assigned(office_cast)
    filed(office_cast, assignment, date(2023, 8, 1), date(2023, 9, 8), 60)
    as_of = date(2023, 10, 31)
    with on(as_of):
        found = lines(office_cast, office_cast.county, "reports_on_time", as_of)
    assert [(line.done, line.good) for line in found] == [(date(2023, 9, 8), False), (None, False)]
    assert found[1].record == f"planning.assignment:{assignment.pk}"


def test_a_return_from_outside_costs_the_first_pass(office_cast: OfficeCast) -> None:
    assignment = assigned(office_cast)
    filed(office_cast, assignment, date(2023, 8, 1), date(2023, 9, 5), 60, back=True)
    filed(office_cast, assignment, date(2023, 9, 1), date(2023, 10, 9), 75)
    assert [line.good for line in lines(office_cast, office_cast.county, "accepted_at_first")] == [False, True]


def test_a_return_inside_the_unit_costs_nothing(office_cast: OfficeCast) -> None:
    cast, assignment = office_cast, assigned(office_cast)
    clerk = cast.person(cast.county, Role.COUNTY_CLERK)
    row = {"assignment": assignment.pk, "numerator": 9, "narrative": "进展", "evidence": [cast.file(clerk).pk]}
    with on(date(2023, 9, 1)):
        (pk,) = reports.FileReports.perform(clerk, {"period": date(2023, 8, 1), "rows": [row]})["reports"]
        chief = cast.person(cast.county, Role.COUNTY_SECTION_CHIEF)
        reports.ReturnReports.perform(chief, {"reports": [pk], "opinion": "先核一下"})
    filed(cast, assignment, date(2023, 8, 1), date(2023, 9, 5), 60)
    (line,) = lines(cast, cast.county, "accepted_at_first")
    assert line.good


@pytest.mark.parametrize(("second", "good"), [(75, True), (62, False)])
def test_a_goal_is_on_pace_by_the_board_s_own_rule(office_cast: OfficeCast, second: int, good: bool) -> None:
    assignment = assigned(office_cast)
    filed(office_cast, assignment, date(2023, 8, 1), date(2023, 9, 5), 60)
    filed(office_cast, assignment, date(2023, 9, 1), date(2023, 10, 9), second)
    with on(date(2023, 9, 30)):
        (line,) = lines(office_cast, office_cast.county, "goals_on_pace", date(2023, 9, 30))
    assert line.good is good


def test_a_goal_without_any_figure_is_not_on_pace(office_cast: OfficeCast) -> None:
    assigned(office_cast)
    (line,) = lines(office_cast, office_cast.county, "goals_on_pace")
    assert not line.good


def test_stages_count_for_the_leading_office(office_cast: OfficeCast) -> None:
    task = office_cast.task("制定办法")
    for order, (due, done) in enumerate(
        [(date(2023, 6, 1), date(2023, 5, 30)), (date(2023, 9, 1), date(2023, 9, 2)), (date(2023, 11, 1), None)]
    ):
        Stage.objects.create(task=task, order=order, name="起草", due_on=due, done_on=done)
    assert [line.good for line in lines(office_cast, office_cast.elder, "stages_on_time")] == [True, False]


def test_the_weights_of_parts_without_anything_owed_go_to_the_others() -> None:
    weights = {code: Decimal(20) for code in appraising.PARTS}
    reckoning = appraising.Reckoning()
    assert reckoning.score(weights) is None
    good, bad = (appraising.Line("planning.task:1", "件", None, None, g) for g in (True, False))
    reckoning.lines["stages_on_time"] = [good]
    reckoning.lines["orders_answered"] = [good, good, bad]
    assert reckoning.score(weights) == Decimal("83.33")
    parts = {p["code"]: p for p in reckoning.parts(weights)}
    assert (parts["orders_answered"]["numerator"], parts["orders_answered"]["denominator"]) == (2, 3)
    assert parts["stages_on_time"]["points"] == "50.00"
    assert parts["reports_on_time"]["points"] is None
    assert len(parts["orders_answered"]["lines"]) == 3


def reckoned(cast: OfficeCast) -> Appraisal:
    clerk = cast.person(cast.office, Role.OFFICE_CLERK)
    done = act.ReckonAppraisal.perform(clerk, {"plan": cast.plan.pk, "as_of": DAY})
    return Appraisal.objects.get(pk=done["appraisal"])


def publish(cast: OfficeCast, appraisal: Appraisal) -> None:
    act.PublishAppraisal.perform(
        cast.person(cast.office, Role.OFFICE_CLERK), {"appraisal": appraisal.pk, "version": appraisal.version}
    )
    appraisal.refresh_from_db()


def sign(actor: Any, appraisal: Appraisal) -> None:
    act.SignAppraisal.perform(actor, {"record": appraisal.pk, "version": version(appraisal)})


def test_the_last_signature_publishes_and_only_then_the_units_see_it(office_cast: OfficeCast) -> None:
    cast = office_cast
    filed(cast, assigned(cast), date(2023, 8, 1), date(2023, 9, 5), 60)
    leader = cast.person(cast.relief, Role.DEPT_LEADER, charge=cast.office)
    appraisal = reckoned(cast)
    county, city = cast.person(cast.county, Role.COUNTY_CLERK), cast.person(cast.city, Role.CITY_LEADER)
    publish(cast, appraisal)
    sign(cast.person(cast.office, Role.OFFICE_CHIEF), appraisal)
    for actor in (county, city, cast.person(cast.elder, Role.DEPT_CHIEF), cast.person(cast.office, Role.AUDITOR)):
        assert not seeing.appraisals(actor).exists() and not seeing.scores(actor).exists()
    sign(leader, appraisal)
    appraisal.refresh_from_db()
    assert appraisal.published_on == DAY
    for actor in (county, city, cast.person(cast.elder, Role.DEPT_CHIEF)):
        assert seeing.scores(actor).filter(unit=cast.county).exists()
    assert not seeing.scores(cast.person(cast.other_city, Role.CITY_LEADER)).exists()


def test_without_a_leader_in_charge_the_chief_s_signature_is_the_last(office_cast: OfficeCast) -> None:
    assigned(office_cast)
    appraisal = reckoned(office_cast)
    publish(office_cast, appraisal)
    sign(office_cast.person(office_cast.office, Role.OFFICE_CHIEF), appraisal)
    appraisal.refresh_from_db()
    assert appraisal.published_on == DAY


def test_a_returned_appraisal_is_reckoned_anew(office_cast: OfficeCast) -> None:
    cast, assignment = office_cast, assigned(office_cast)
    appraisal = reckoned(cast)
    publish(cast, appraisal)
    chief = cast.person(cast.office, Role.OFFICE_CHIEF)
    back = {"record": appraisal.pk, "version": version(appraisal), "opinion": "农安县的报告漏算了。"}
    act.ReturnAppraisal.perform(chief, back)
    filed(cast, assignment, date(2023, 8, 1), date(2023, 9, 5), 60)
    before = AppraisalScore.objects.get(appraisal=appraisal, unit=cast.county).score
    clerk = cast.person(cast.office, Role.OFFICE_CLERK)
    act.ResendAppraisal.perform(clerk, {"record": appraisal.pk, "version": version(appraisal)})
    after = AppraisalScore.objects.get(appraisal=appraisal, unit=cast.county).score
    assert before == 0 and after is not None and after > before
    assert Work.objects.get(pk=appraisal.work_id).station == "sign"


def test_impossible_appraisals_are_refused(office_cast: OfficeCast) -> None:
    cast = office_cast
    clerk = cast.person(cast.office, Role.OFFICE_CLERK)
    with pytest.raises(Refused, match="晚于今天"):
        act.ReckonAppraisal.perform(clerk, {"plan": cast.plan.pk, "as_of": date(2023, 10, 11)})
    with pytest.raises(Refused, match="早于要点年度"):
        act.ReckonAppraisal.perform(clerk, {"plan": cast.plan.pk, "as_of": date(2022, 12, 31)})
    with pytest.raises(Refused, match="没有一个单位"):
        publish(cast, reckoned(cast))
    with pytest.raises(Forbidden):
        act.ReckonAppraisal.perform(cast.person(cast.elder, Role.DEPT_CHIEF), {"plan": cast.plan.pk, "as_of": DAY})


def test_only_one_reckoning_of_a_plan_is_signed_at_a_time(office_cast: OfficeCast) -> None:
    cast = office_cast
    assigned(cast)
    first, second = reckoned(cast), reckoned(cast)
    publish(cast, first)
    with pytest.raises(Refused, match="正在审签"):
        publish(cast, second)
    first.version = 1
    with pytest.raises(Stale):
        publish(cast, first)
    with pytest.raises(NotFound):
        act.SignAppraisal.perform(cast.person(cast.office, Role.OFFICE_CHIEF), {"record": second.pk, "version": 1})
