"""What a sheet may say, for which month, and with which proof."""

from datetime import date
from decimal import Decimal

import pytest

from jimin.core import clock
from jimin.core.actions.errors import NotFound, Refused
from jimin.domains.planning.actions import reports, tasks
from jimin.domains.planning.models import Report
from jimin.domains.planning.tests.cast import DAY, SEPTEMBER


def row(cast, code="elder.nursing_beds", username="liu.min", **more):
    unit = cast.actor(username).unit
    return {"assignment": cast.task(code).assignments.get(unit=unit).pk, **more}


def refused(cast, *rows, period=SEPTEMBER, username="liu.min"):
    with pytest.raises(Refused) as error:
        reports.FileReports.perform(cast.actor(username), {"period": period, "rows": list(rows)})
    assert not Report.objects.exists()
    return {p.field: p.message for p in error.value.problems}


def full(cast, **more):
    return row(cast, **{"numerator": 239, "denominator": 456, "evidence": [cast.proof()], **more})


def test_a_part_greater_than_the_whole_is_refused_with_both_names(given):
    found = refused(given, full(given, numerator=457))
    assert "护理型床位 457 不能大于床位 456" in found["rows.0.numerator"]


def test_a_part_equal_to_the_whole_is_taken(given):
    given.filed(n=456, d=456)
    assert Report.objects.get().numerator == 456


def test_a_figure_needs_its_parts_and_its_evidence(given):
    found = refused(given, row(given, numerator=1))
    assert set(found) == {"rows.0.denominator", "rows.0.evidence"}


def test_what_the_ledger_counts_is_not_typed(given):
    found = refused(given, row(given, "elder.canteens", numerator=3))
    assert "自动计算" in found["rows.0.numerator"]


def test_one_task_twice_in_a_sheet_is_refused_at_the_second_row(given):
    found = refused(given, full(given), full(given, numerator=240))
    assert "填了两行" in found["rows.1"]


def test_a_month_to_come_is_refused_and_the_running_one_is_taken(given):
    assert "还没有到" in refused(given, full(given), period=date(2023, 11, 1))["period"]
    given.filed(period=date(2023, 10, 10))
    assert Report.objects.get().period == date(2023, 10, 1)


def test_a_month_before_the_plans_year_is_refused(given):
    assert "2023 年要点" in refused(given, full(given), period=date(2022, 12, 1))["rows.0"]


def test_a_late_month_is_taken_and_keeps_its_limit(given):
    report = given.filed(period=date(2023, 3, 1))
    assert report.work.due_on == reports.due_on(date(2023, 3, 1)) < DAY


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity", "1e30", "0.00001"])
def test_a_number_that_cannot_be_stored_is_refused_at_its_field(given, number):
    assert "rows.0.numerator" in refused(given, full(given, numerator=number))


def test_another_accounts_file_proves_nothing(given):
    found = refused(given, full(given, evidence=[given.proof("sun.li")]))
    assert "佐证" in found["rows.0.evidence"]


def test_another_countys_task_is_not_found(given):
    with pytest.raises(NotFound):
        data = {"period": SEPTEMBER, "rows": [{**full(given), **row(given, username="sun.li")}]}
        reports.FileReports.perform(given.actor("liu.min"), data)


def test_a_withdrawn_task_is_not_asked_for_and_not_taken(given):
    task = given.task("elder.nursing_beds").assignments.get(unit__code="220122")
    data = {"assignment": task.pk, "version": task.version, "reason": "改由市局统一填报"}
    tasks.WithdrawAssignment.perform(given.actor("chen.yu"), data)
    assert "已撤回" in refused(given, full(given))["rows.0"]


def test_it_is_filed_again_only_after_a_return_and_keeps_its_proof(given):
    report = given.filed()
    proof = report.evidence.get().file_id
    with pytest.raises(Refused):
        reports.FileReports.perform(given.actor("liu.min"), {"period": SEPTEMBER, "rows": [full(given)]})
    back = {"reports": [report.pk], "opinion": "数与名册不符"}
    reports.ReturnReports.perform(given.actor("wang.lihua"), back)
    again = full(given, numerator=200, evidence=[proof])
    reports.FileReports.perform(given.actor("liu.min"), {"period": SEPTEMBER, "rows": [again]})
    report.refresh_from_db()
    assert (report.numerator, report.work.station) == (Decimal(200), "sign")
    assert [e.file_id for e in report.evidence.filter(removed_on=None)] == [proof]


def test_titles_of_works_are_chinese_when_the_page_is_english(given):
    from django.utils import translation

    with translation.override("en"), clock.on_day(DAY):
        report = given.filed()
    assert report.work.title == "护理型床位占比 · 农安县 · 2023年9月"
    assert report.work.steps.last().actor == "刘敏（农安县·县局经办）"
