"""jimin indicators check: exit codes and what it prints."""

import argparse

import pytest

from jimin.engines.indicators import api, cli
from jimin.engines.indicators.models import IndicatorValue
from jimin.engines.indicators.tests.conftest import M


def run(*words):
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())
    arguments = parser.parse_args(["indicators", "check", *words])
    return arguments.run(arguments)


def test_it_is_content_when_all_agree(stock, capsys):
    stock.put("990122", M[2], 10)
    api.refresh([stock.indicator])
    assert run("--period", "2023-01") == 0
    assert "全部相符" in capsys.readouterr().out


def test_it_names_each_figure_that_does_not_agree_and_fails(stock, capsys):
    stock.put("990122", M[2], 10)
    api.refresh([stock.indicator])
    IndicatorValue.objects.filter(unit=None).update(numerator=99)
    assert run("--period", "2023-01") == 1
    assert "test.stock · 全省 · 2023-01：存数 99，背后的记录合计 10。" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["2023-13", "2023年1月", "二月"])
def test_a_month_it_cannot_read_is_refused_with_an_example(text, capsys):
    assert run("--period", text) == 2
    assert "2023-09" in capsys.readouterr().err
