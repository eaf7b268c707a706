"""refresh, sums up the tree, and the proof."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimin.engines.indicators import api
from jimin.engines.indicators.figures import to_date
from jimin.engines.indicators.models import IndicatorValue, Over, Shape
from jimin.engines.indicators.tests.conftest import M, measure

CODES = ("990122", "990183", "9901")
ROWS = st.dictionaries(st.tuples(st.sampled_from(CODES), st.sampled_from(M)), st.integers(0, 99), max_size=16)
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stands(ledger, code, month):
    unit = None if code is None else ledger.unit(code)
    months = api.series([ledger.indicator], unit).get(ledger.indicator.pk, {})
    part = to_date(months, month, ledger.indicator.over)
    return None if part is None else part.numerator


def kept():
    fields = ("unit", "period", "own", "numerator", "denominator", "rows", "id")
    return sorted(map(repr, IndicatorValue.objects.values_list(*fields)))


@pytest.mark.parametrize("over", [Over.STOCK, Over.FLOW])
@QUIET
@given(rows=ROWS)
def test_at_every_unit_and_month_whatever_was_reported(ledger, over, rows):
    with transaction.atomic():
        ledger.rows.clear()
        ledger.indicator = measure(over)
        for (code, month), n in rows.items():
            ledger.put(code, month, n)
        api.refresh([ledger.indicator])
        for month in M:
            assert api.check(month) == []
            for code in (None, *CODES):
                unit = None if code is None else ledger.unit(code)
                behind = sum(r.numerator for r in api.rows_behind(ledger.indicator, unit, month))
                assert (stands(ledger, code, month) or 0) == behind
        transaction.set_rollback(True)


def test_a_missing_month_of_one_county_does_not_lower_the_city(stock):
    stock.put("990122", M[2], 10)
    stock.put("990183", M[2], 5)
    stock.put("990122", M[3], 12)
    api.refresh([stock.indicator])
    assert stands(stock, "9901", M[3]) == stands(stock, None, M[3]) == 17


def test_the_citys_own_part_counts_once_in_its_sum(stock):
    stock.put("9901", M[2], 3)
    stock.put("990122", M[2], 10)
    api.refresh([stock.indicator])
    assert stands(stock, "9901", M[2]) == stands(stock, None, M[2]) == 13


def test_a_listed_denominator_counts_units_that_did_not_report(ledger):
    ledger.indicator = measure(Over.STOCK, shape=Shape.SHARE, denominator_list="test.towns")
    ledger.put("990122", M[2], 10, 10)
    api.refresh([ledger.indicator])
    part = api.series([ledger.indicator], None)[ledger.indicator.pk][M[2]]
    assert (part.numerator, part.denominator) == (10, 40)


def test_refreshing_twice_changes_nothing(flow):
    flow.put("990122", M[2], 10)
    api.refresh([flow.indicator])
    before = kept()
    api.refresh([flow.indicator])
    assert kept() == before


def test_a_row_that_is_gone_takes_its_figure_and_its_sums_along(stock):
    stock.put("990122", M[2], 10)
    api.refresh([stock.indicator])
    stock.rows.clear()
    api.refresh([stock.indicator], [stock.unit("990122")])
    assert not IndicatorValue.objects.exists()


def test_refreshing_one_unit_leaves_the_others_figures(stock):
    stock.put("990122", M[2], 10)
    stock.put("990183", M[2], 5)
    api.refresh([stock.indicator])
    stock.put("990122", M[2], 11)
    api.refresh([stock.indicator], [stock.unit("990122")])
    assert stands(stock, None, M[2]) == 16


def test_two_refreshes_at_the_same_moment_wait_for_each_other(transactional_db):
    from jimin.core.access.tests.people import People
    from jimin.engines.indicators.sources import SOURCES, Source, register_source
    from jimin.engines.indicators.tests.conftest import Ledger

    ledger = Ledger(People())
    register_source(Source("test.ledger", ledger.parts, ledger.behind))
    indicator, failures = measure(Over.STOCK), []
    ledger.put("990122", M[2], 10)
    start = threading.Barrier(4)

    def run():
        try:
            start.wait()
            with transaction.atomic():
                api.refresh([indicator])
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    del SOURCES["test.ledger"]
    assert failures == []
    assert sorted(IndicatorValue.objects.values_list("numerator", flat=True)) == [10, 10, 10]


def test_the_proof_finds_a_figure_that_was_tampered_with(stock):
    stock.put("990122", M[2], 10)
    api.refresh([stock.indicator])
    IndicatorValue.objects.filter(unit__code="9901").update(numerator=11)
    (wrong,) = api.check(M[2])
    assert (wrong.unit, wrong.stored, wrong.behind) == ("甲市", Decimal(11), Decimal(10))


def test_the_proof_finds_a_row_that_no_figure_counts(stock):
    stock.put("990122", M[2], 10)
    api.refresh([stock.indicator])
    stock.put("990183", M[2], 4)
    assert [(w.unit, w.stored, w.behind) for w in api.check(M[2])] == [("全省", 10, 14)]


def test_a_source_that_is_not_registered_is_named_with_those_that_are(stock):
    stock.indicator.computation = "test.nowhere"
    with pytest.raises(LookupError, match=r"test\.nowhere.*test\.ledger"):
        api.rows_behind(stock.indicator, None, date(2023, 1, 1))
