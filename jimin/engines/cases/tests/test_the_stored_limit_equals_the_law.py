"""The clock: working days, pauses over holidays, and the cache that always equals the law."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimin.core import clock
from jimin.core.actions.errors import Refused
from jimin.core.calendar import api as calendar
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.engines.cases.tests.conftest import DAY


def test_a_limit_over_the_national_holiday_counts_working_days_only(desk):
    work = desk.work(working_days=5)
    # 26, 27, 28 September; 29 September to 6 October is the holiday; 7 and 8 October are worked.
    assert work.due_on == date(2023, 10, 8)


def test_a_paused_clock_has_no_limit_and_gives_back_the_days_it_stood(desk):
    work = desk.work(working_days=5)
    with clock.on_day(date(2023, 9, 27)):
        kernel.pause(work, desk.clerk, "等申请人补材料")
        assert (work.due_on, kernel.due_by_law(work)) == (None, None)
    with clock.on_day(date(2023, 10, 8)):
        kernel.resume(work, desk.clerk)
    # 28 September, 7 and 8 October were worked days that did not count.
    assert work.due_on == kernel.due_by_law(work) == calendar.add_working_days(date(2023, 10, 8), 3).date


def test_a_running_clock_cannot_be_resumed_nor_a_standing_one_paused_again(desk):
    work = desk.work(working_days=5)
    with pytest.raises(Refused, match="没有中止"):
        kernel.resume(work, desk.clerk)
    kernel.pause(work, desk.clerk, "等材料")
    with pytest.raises(Refused, match="已经中止"):
        kernel.pause(work, desk.clerk, "等材料")


def test_a_fixed_date_does_not_stand_still(desk):
    with pytest.raises(Refused, match="固定日期"):
        kernel.pause(desk.work(due_on=date(2023, 10, 20)), desk.clerk, "等材料")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.integers(0, 60), gaps=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=4))
def test_the_cache_equals_the_law_after_any_pauses(desk, days, gaps):
    work, day = desk.work(working_days=days), DAY
    stood = 0
    for before, length in gaps:
        day += timedelta(days=before)
        with clock.on_day(day):
            kernel.pause(work, desk.clerk, "等材料")
        start, day = day, day + timedelta(days=length)
        with clock.on_day(day):
            kernel.resume(work, desk.clerk)
        stood += sum(calendar.is_working_day(start + timedelta(days=i)) for i in range(1, length + 1))
    stored = Work.objects.get(pk=work.pk)
    assert stored.due_on == kernel.due_by_law(stored) == calendar.add_working_days(DAY, days + stood).date
