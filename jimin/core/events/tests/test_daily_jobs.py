"""A job of the day runs once a day, is made up when the worker was off, and one that fails stops no other."""

from datetime import date, datetime

import pytest

from jimin.core import clock
from jimin.core.events import daily, tasks
from jimin.core.events.models import DailyRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs(monkeypatch):
    done = []

    def fails():
        raise ZeroDivisionError

    monkeypatch.setattr(daily, "DAILY", {"a.fails": fails, "b.works": lambda: done.append("b")})
    return done


def at(monkeypatch, hour):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, hour, 30, tzinfo=clock.SHANGHAI))


def test_before_the_hour_nothing_is_due_and_after_it_everything_once(jobs, monkeypatch):
    at(monkeypatch, 4)
    assert daily.due() == []
    at(monkeypatch, 21)
    assert daily.due() == ["a.fails", "b.works"]
    tasks.start_daily(timestamp=0)
    tasks.start_daily(timestamp=0)
    assert jobs == ["b"]
    assert daily.due() == ["a.fails"]  # tried again at the next time
    assert list(DailyRun.objects.values_list("name", "day")) == [("b.works", date(2026, 11, 24))]


def test_a_job_that_is_done_does_not_run_again(jobs):
    assert daily.run("b.works", date(2026, 11, 24))
    assert not daily.run("b.works", date(2026, 11, 24))
    assert daily.run("b.works", date(2026, 11, 25))
    assert jobs == ["b", "b"]


def test_a_name_is_registered_once(jobs):
    with pytest.raises(ValueError, match="twice"):
        daily.daily("b.works")(lambda: None)


def test_the_files_room_sweeps_each_day():
    assert "files.sweep" in daily.DAILY
