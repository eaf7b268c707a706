"""The way of a report: who may move it, when it counts, and two people at the same moment."""

import threading

import pytest
from django.db import connection

from jimin.core import clock
from jimin.core.actions.errors import ActionError, Forbidden, NotFound, Refused
from jimin.core.audit import api as audit
from jimin.domains.planning.actions import reports
from jimin.domains.planning.models import Report
from jimin.domains.planning.tests.cast import DAY, SEPTEMBER, Cast
from jimin.engines.indicators import api as indicators

WAY = (
    ("wang.lihua", reports.SignReports),
    ("yu.haitao", reports.SignReports),
    ("ma.li", reports.ReviewReports),
    ("chen.yu", reports.AcceptReports),
)


def move(cast, report, steps):
    for username, action in steps:
        action.perform(cast.actor(username), {"reports": [report.pk]})


def figure(cast, unit=None):
    measure = cast.task("elder.nursing_beds").indicator
    return indicators.series([measure], unit and cast.units[unit].pk).get(measure.pk, {}).get(SEPTEMBER)


def test_it_counts_from_the_acceptance_on_and_in_the_same_transaction(given):
    report = given.filed()
    move(given, report, WAY[:3])
    assert figure(given) is None
    move(given, report, WAY[3:])
    for unit in ("220122", "2201", None):
        assert (figure(given, unit).numerator, figure(given, unit).denominator) == (239, 456)
    assert indicators.check(SEPTEMBER) == []


def test_an_acceptance_that_fails_leaves_no_figure(given, monkeypatch):
    report = given.filed()
    move(given, report, WAY[:3])

    def fail(*args):
        raise RuntimeError("no")

    monkeypatch.setattr(indicators, "refresh", fail)
    with pytest.raises(RuntimeError):
        move(given, report, WAY[3:])
    report.refresh_from_db()
    assert (report.accepted_on, report.work.closed_on, figure(given)) == (None, None, None)


@pytest.mark.parametrize(
    ("username", "action", "error"),
    [
        ("chen.yu", reports.AcceptReports, Refused),  # not there yet
        ("liu.min", reports.SignReports, Forbidden),  # a clerk signs nothing
        ("yu.haitao", reports.SignReports, Forbidden),  # the section chief comes first
        ("ma.li", reports.ReviewReports, Refused),
        ("song.jie", reports.AcceptReports, Refused),
    ],
)
def test_the_wrong_person_or_the_wrong_moment_is_refused(given, username, action, error):
    report = given.filed()
    with pytest.raises(error):
        action.perform(given.actor(username), {"reports": [report.pk]})


def test_another_department_cannot_accept_it(given):
    report = given.filed()
    move(given, report, WAY[:3])
    with pytest.raises(Forbidden):
        reports.AcceptReports.perform(given.actor("song.jie"), {"reports": [report.pk]})


def test_a_report_of_another_county_is_not_even_said_to_exist(given):
    report = given.filed("sun.li")
    for action in (reports.SignReports, reports.ReturnReports):
        with pytest.raises(NotFound):
            action.perform(given.actor("wang.lihua"), {"reports": [report.pk], "opinion": "退回重报"})


def test_after_the_acceptance_nothing_returns_it(given):
    report = given.filed()
    move(given, report, WAY)
    for username in ("chen.yu", "ma.li", "yu.haitao"):
        with pytest.raises(Refused, match="已经办结"):
            back = {"reports": [report.pk], "opinion": "再核一核"}
            reports.ReturnReports.perform(given.actor(username), back)


def test_the_audit_says_who_moved_it_from_where_to_where(given):
    report = given.filed()
    move(given, report, WAY[:1])
    row = audit.history(report.work).last()
    assert "王丽华" in row.actor


def test_a_batch_costs_no_more_statements_for_each_report(given, django_assert_max_num_queries):
    first, second = given.filed(period=SEPTEMBER), given.filed(period=SEPTEMBER.replace(month=8))
    with django_assert_max_num_queries(20):
        data = {"reports": [first.pk, second.pk]}
        reports.SignReports.perform(given.actor("wang.lihua"), data)


def test_two_people_who_sign_at_the_same_moment_one_wins_and_the_other_is_told(transactional_db):
    with clock.on_day(DAY):
        cast = Cast()
        cast.found()
        report = cast.filed()
        actors = [cast.actor("wang.lihua"), cast.actor("wang.lihua")]
    start, results = threading.Barrier(2), []

    def sign(actor):
        try:
            start.wait()
            with clock.on_day(DAY):
                results.append(reports.SignReports.perform(actor, {"reports": [report.pk]}))
        except ActionError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=[a]) for a in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = [r for r in results if isinstance(r, ActionError)]
    assert len(results) == 2 and len(lost) == 1 and lost[0].message
    assert Report.objects.get().work.position == 2
