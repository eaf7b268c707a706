"""The tests that an official can read: tests/rules/*.yaml, each its own case."""

from __future__ import annotations

from pathlib import Path

import pytest

from jimin.domains.assistance.rules import rules
from jimin.engines.policy import parameters, ruletests

HERE = Path(__file__).parent
TEXTS = ("DB57", "DL22", "TK43", "SA649", "LS23", "GF52", "CIVIL", "PLAN", "JIMIN")
NATIONAL = parameters.load([HERE.parent / "parameters"], TEXTS)
SUPPOSED = parameters.extend(NATIONAL, HERE / "rules" / "_parameters.yaml", TEXTS)
OUTCOMES = list(ruletests.run(HERE / "rules", rules, SUPPOSED))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=[f"{o.where} {o.title}" for o in OUTCOMES])
def test_each_rule_test_comes_out_as_written(outcome: ruletests.Outcome) -> None:
    assert outcome.passed, "\n".join(outcome.faults)
