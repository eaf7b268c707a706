"""The API under calls that nobody thought of: no 5xx, only what the contract says, nothing of the inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jimin.core import clock
from tests.security.fuzz import Run, fuzz
from tests.security.world import DAY, World

SHORT, LONG = 2, 56  # calls for each operation, caller and mode
SEED = 20231010


@pytest.fixture(autouse=True)
def day(settings: Any) -> Iterator[None]:
    settings.JIMIN_BUSINESS_DAY = DAY
    with clock.on_day(DAY):
        yield


def told(run: Run, capsys: Any) -> None:
    with capsys.disabled():
        print(f"\n调用 {run.calls} 次：{dict(sorted(run.statuses.items()))}，发现 {len(run.findings)} 处")
    assert not run.findings, "\n\n".join(f"{what}\n    {call}" for what, call in run.findings.items())


def test_a_short_run_finds_nothing(transactional_db: None, capsys: Any) -> None:
    run = fuzz(World(), SHORT, SEED)
    told(run, capsys)
    assert run.calls >= 300
    assert run.statuses[200] >= 10, "nothing was carried out: the calls do not get past the first check"


@pytest.mark.slow
def test_ten_thousand_calls_find_nothing(transactional_db: None, capsys: Any) -> None:
    run = fuzz(World(), LONG, SEED)
    told(run, capsys)
    assert run.calls >= 10_000
