"""The daily run: open, raise, tell, end; and an office's answer."""

import threading
from datetime import date

import pytest
from django.db import connection

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, NotFound
from jimin.core.audit.models import AuditRow
from jimin.core.events.models import OutboxEvent
from jimin.engines.alerts.actions import AnswerAlert, RunAlerts
from jimin.engines.alerts.models import Alert, Grade
from jimin.engines.alerts.signals import Signal
from jimin.engines.alerts.tests.conftest import DUE, Watch


@pytest.mark.parametrize(
    ("day", "grade"),
    [
        (date(2023, 9, 22), Grade.REMINDER),
        (DUE, Grade.REMINDER),
        (date(2023, 9, 26), Grade.OVERDUE),
        (date(2023, 10, 8), Grade.OVERDUE),  # the fifth working day: the holiday does not count
        (date(2023, 10, 9), Grade.ESCALATED),
    ],
)
def test_it_grows_by_working_days_and_the_first_look_grades_it_at_once(watch, day, grade):
    watch.found = [watch.finding()]
    watch.run(day)
    assert watch.alert().grade == grade
    assert (watch.alert().told is not None) == (grade == Grade.ESCALATED)


def test_a_second_run_on_the_same_day_changes_nothing_at_any_grade(watch):
    for key, day in (("一", DUE), ("二", date(2023, 9, 1)), ("三", date(2023, 10, 9))):
        watch.found.append(watch.finding(key, due=day))
    watch.run(date(2023, 10, 9))
    before = list(Alert.objects.values()), AuditRow.objects.filter(object_type="alerts.alert").count()
    assert watch.run(date(2023, 10, 9)) == {"opened": 0, "changed": 0, "standing": 3}
    assert (list(Alert.objects.values()), AuditRow.objects.filter(object_type="alerts.alert").count()) == before


def test_the_same_finding_on_later_days_stays_one_alert_and_tells_the_superior_in_the_end(watch):
    watch.found = [watch.finding()]
    for day in (date(2023, 9, 22), date(2023, 9, 26), date(2023, 10, 9)):
        watch.run(day)
    alert = watch.alert()
    assert (alert.grade, alert.told.code) == (Grade.ESCALATED, "9901")
    assert (alert.opened_on, alert.graded_on) == (date(2023, 9, 22), date(2023, 10, 9))
    assert OutboxEvent.objects.filter(name="alerts.opened").count() == 1


def test_it_ends_when_its_cause_is_gone_and_a_new_cause_opens_a_new_one(watch):
    watch.found = [watch.finding()]
    watch.run(DUE)
    watch.found = []
    watch.run(date(2023, 9, 26))
    assert watch.alert().closed_on == date(2023, 9, 26)
    watch.found = [watch.finding(due=date(2023, 10, 20))]
    watch.run(date(2023, 9, 27))
    assert list(Alert.objects.order_by("opened_on").values_list("closed_on", flat=True)) == [date(2023, 9, 26), None]


def test_it_follows_a_work_that_went_on_to_another_office(watch):
    watch.found = [watch.finding()]
    watch.run(DUE)
    watch.found = [watch.finding(unit="990183")]
    watch.run(date(2023, 9, 26))
    assert (watch.alert().unit.code, watch.alert().county) == ("990183", "990183000000")


def test_a_later_limit_takes_it_back_to_a_reminder(watch):
    watch.found = [watch.finding()]
    watch.run(date(2023, 10, 9))
    watch.found = [watch.finding(due=date(2023, 10, 20))]
    watch.run(date(2023, 10, 10))
    assert (watch.alert().grade, watch.alert().told) == (Grade.REMINDER, None)


def test_an_answer_stays_while_the_finding_stands(watch):
    watch.found = [watch.finding()]
    watch.run(DUE)
    clerk = watch.people.actor("刘敏", "990122", Role.COUNTY_CLERK)
    AnswerAlert.perform(clerk, {"alert": watch.alert().pk, "answer": "名册周三补齐。"})
    watch.run(date(2023, 9, 26))
    assert (watch.alert().answer, watch.alert().closed_on) == ("名册周三补齐。", None)


def test_another_office_cannot_answer_it(watch):
    watch.found = [watch.finding()]
    watch.run(DUE)
    other = watch.people.actor("孙丽", "990183", Role.COUNTY_CLERK)
    with pytest.raises(NotFound):
        AnswerAlert.perform(other, {"alert": watch.alert().pk, "answer": "不是我们。"})


def test_a_county_clerk_cannot_start_the_run(watch):
    with pytest.raises(Forbidden):
        RunAlerts.perform(watch.people.actor("刘敏", "990122", Role.COUNTY_CLERK), {})


def test_two_runs_at_the_same_moment_open_each_alert_once(transactional_db, monkeypatch):
    watch, failures, start = Watch(), [], threading.Barrier(2)
    signal = Signal("test", "测试", lambda day, horizon: watch.found)
    monkeypatch.setattr("jimin.engines.alerts.actions.SIGNALS", {"test": signal})
    watch.found = [watch.finding(str(n)) for n in range(20)]

    def run():
        try:
            start.wait()
            watch.run(DUE)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Alert.objects.count() == 20
