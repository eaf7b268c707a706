"""The signal of missing reports: it ends with its cause and not with the month."""

from datetime import date

from jimin.domains.planning.signals import reports_missing
from jimin.domains.planning.tests.cast import SEPTEMBER


def missing(cast, day):
    found = reports_missing.find(day, day)
    return {f.key.split(":")[1] for f in found if f.unit == cast.units["220122"].pk}


def test_every_month_since_the_task_was_given_is_looked_at(given):
    months = {f"2023-{n:02}" for n in range(2, 10)} | {"2023-01"}
    assert missing(given, date(2023, 10, 31)) <= months
    assert {"2023-03", "2023-09"} <= missing(given, date(2023, 10, 31))


def test_last_months_stays_when_the_next_month_begins(given):
    assert "2023-09" in missing(given, date(2023, 11, 1))
    given.filed(period=SEPTEMBER)
    assert "2023-09" not in missing(given, date(2023, 11, 1))


def test_after_the_plans_year_it_asks_for_nothing_new(given):
    assert not any(m.startswith("2024") for m in missing(given, date(2024, 3, 31)))
