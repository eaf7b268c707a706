from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar


@dataclass(frozen=True)
class Due:
    date: date
    certain: bool = True


def is_working_day(d):
    try:
        return chinese_calendar.is_workday(d)
    except NotImplementedError:
        return d.weekday() < 5


def add_working_days(start, n):
    d = start
    while n > 0:
        d += timedelta(1)
        n -= is_working_day(d)
    return Due(d)


def working_days_between(a, b):
    return sum(is_working_day(a + timedelta(i)) for i in range(1, (b - a).days + 1))


def nth_working_day_of(y, m, n):
    return add_working_days(date(y, m, 1) - timedelta(1), n)
