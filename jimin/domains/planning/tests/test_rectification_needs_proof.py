"""巡视整改: reported with proof, a lasting one with its mechanism, verified by the inspection group alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.core.files import api as files
from jimin.domains.planning import seeing, signals_office
from jimin.domains.planning.actions import rectification as act
from jimin.domains.planning.models import Rectification
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast, version
from jimin.engines.cases.models import Work


def opened(cast: OfficeCast, **more: Any) -> Rectification:
    data = {
        "inspection": "十一届省委第三轮巡视", "finding": "养老机构检查流于形式。", "unit": cast.elder.code,
        "horizon": "当下改", "measure": "逐家复查并建立台账。", "due_on": date(2023, 10, 12), **more,
    }  # fmt: skip
    done = act.OpenRectification.perform(cast.person(cast.office, Role.OFFICE_CLERK), data)
    return Rectification.objects.get(pk=done["rectification"])


def report(cast: OfficeCast, record: Rectification, **more: Any) -> dict[str, Any]:
    clerk = cast.person(cast.elder, Role.DEPT_CLERK)
    data = {"record": record.pk, "version": version(record), "result": "已复查 42 家。", **more}
    return act.ReportRectification.perform(clerk, data)


def sign(cast: OfficeCast, record: Rectification) -> None:
    chief = cast.person(cast.elder, Role.DEPT_CHIEF)
    act.SignRectification.perform(chief, {"record": record.pk, "version": version(record)})


def test_a_rectification_is_reported_signed_verified_and_closed(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    report(office_cast, record, evidence=office_cast.file(office_cast.person(office_cast.elder, Role.DEPT_CLERK)).pk)
    sign(office_cast, record)
    inspector = office_cast.person(office_cast.inspection, Role.INSPECTOR)
    with pytest.raises(Refused):
        act.VerifyRectification.perform(inspector, {"record": record.pk, "version": version(record), "opinion": ""})
    act.VerifyRectification.perform(
        inspector, {"record": record.pk, "version": version(record), "opinion": "实地核验属实。"}
    )
    record.refresh_from_db()
    assert record.closed_on == DAY


def test_without_evidence_it_is_not_reported(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    with pytest.raises(Refused, match="没有附佐证") as refusal:
        report(office_cast, record)
    assert refusal.value.problems[0].field == "evidence"
    assert Work.objects.get(pk=record.work_id).station == "rectify"


def test_a_lasting_one_names_its_mechanism(office_cast: OfficeCast) -> None:
    record, proof = (
        opened(office_cast, horizon="长久立"),
        office_cast.file(office_cast.person(office_cast.elder, Role.DEPT_CLERK)).pk,
    )
    with pytest.raises(Refused, match="长效机制"):
        report(office_cast, record, evidence=proof)
    report(office_cast, record, evidence=proof, mechanism="《养老机构检查办法》")
    record.refresh_from_db()
    assert record.mechanism == "《养老机构检查办法》"


def test_after_a_return_the_evidence_that_is_there_stands(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    report(office_cast, record, evidence=office_cast.file(office_cast.person(office_cast.elder, Role.DEPT_CLERK)).pk)
    sign(office_cast, record)
    inspector = office_cast.person(office_cast.inspection, Role.INSPECTOR)
    data = {"record": record.pk, "version": version(record), "opinion": "还差 3 家。"}
    act.ReturnRectification.perform(inspector, data)
    report(office_cast, record, result="已复查 45 家。")
    assert Work.objects.get(pk=record.work_id).station == "sign"


def test_the_unit_cannot_close_its_own_rectification(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    report(office_cast, record, evidence=office_cast.file(office_cast.person(office_cast.elder, Role.DEPT_CLERK)).pk)
    sign(office_cast, record)
    data = {"record": record.pk, "version": version(record), "opinion": "我们改好了。"}
    for actor in (
        office_cast.person(office_cast.elder, Role.DEPT_CHIEF),
        office_cast.person(office_cast.office, Role.OFFICE_CHIEF),
    ):
        with pytest.raises(Forbidden):
            act.VerifyRectification.perform(actor, data)


def test_other_units_do_not_see_it(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    stranger = office_cast.person(office_cast.relief, Role.DEPT_CLERK)
    assert not seeing.rectifications(stranger).exists()
    with pytest.raises(NotFound):
        act.ReportRectification.perform(stranger, {"record": record.pk, "version": 1, "result": "不是我的。"})
    assert seeing.rectifications(office_cast.person(office_cast.inspection, Role.INSPECTOR)).exists()


def test_a_date_before_today_is_refused(office_cast: OfficeCast) -> None:
    with pytest.raises(Refused) as refusal:
        opened(office_cast, due_on=date(2023, 10, 9))
    assert refusal.value.problems[0].field == "due_on"


def test_two_reports_at_once_the_second_is_stale(office_cast: OfficeCast) -> None:
    record, proof = opened(office_cast), office_cast.file(office_cast.person(office_cast.elder, Role.DEPT_CLERK)).pk
    seen = version(record)
    report(office_cast, record, evidence=proof)
    with pytest.raises(Stale):
        report(office_cast, record, evidence=proof, version=seen)


def test_an_open_one_near_its_day_is_found_and_a_closed_one_is_not(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    (found,) = signals_office.rectifications_due.find(DAY, date(2023, 10, 13))
    assert (found.unit, found.due_on) == (office_cast.elder.pk, date(2023, 10, 12))
    assert found.link == f"planning.rectification:{record.pk}"
    assert not list(signals_office.rectifications_due.find(DAY, DAY))


def test_another_person_s_file_is_no_proof(office_cast: OfficeCast) -> None:
    record = opened(office_cast)
    foreign = office_cast.file(office_cast.person(office_cast.relief, Role.DEPT_CLERK))
    with pytest.raises(NotFound):
        report(office_cast, record, evidence=foreign.pk)


def test_the_proof_opens_for_who_sees_the_rectification(office_cast: OfficeCast) -> None:
    cast, record = office_cast, opened(office_cast)
    proof = cast.file(cast.person(cast.elder, Role.DEPT_CLERK))
    report(cast, record, evidence=proof.pk)
    proof.refresh_from_db()
    assert files.may_open(proof, cast.person(cast.inspection, Role.INSPECTOR))
    assert not files.may_open(proof, cast.person(cast.relief, Role.DEPT_CLERK))
