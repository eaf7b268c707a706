"""The backup by the clock: when it is due, what it keeps, and what `jimin status` says of it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from jimin.core import health
from jimin.core.secrets import keys as keyring
from jimin.platform import status
from jimin.platform.backup import daily, manifest, state
from jimin.platform.errors import Refusal
from jimin.platform.places import ROOT
from tests.platform.backup.conftest import quiet

SHANGHAI = timezone(timedelta(hours=8))


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def known(good=None, failed=None):
    found = {"good": good, "failed": failed}
    return {k: {"at": v.astimezone(UTC).isoformat()} for k, v in found.items() if v}


@pytest.fixture
def plan(installation, monkeypatch):
    monkeypatch.setenv("JIMIN_BACKUP_DIR", str(installation.shelf))
    monkeypatch.setenv("JIMIN_BACKUP_KEYS", str(installation.keys))
    monkeypatch.setenv("JIMIN_BACKUP_KEEP", "2")
    return daily.plan()


def test_it_is_due_once_a_day_from_its_hour_on(plan):
    assert not daily.due(plan, {}, at(24, 1, 59))
    assert daily.due(plan, {}, at(24, 2))
    assert not daily.due(plan, known(good=at(24, 2, 1)), at(24, 23))
    assert daily.due(plan, known(good=at(24, 2, 1)), at(25, 2))
    # one made by hand in the small hours, before the hour has come, is yesterday's
    assert daily.due(plan, known(good=at(24, 1)), at(24, 2))


def test_a_machine_that_was_off_makes_it_up(plan):
    assert daily.due(plan, known(good=at(20, 2)), at(24, 15))


def test_after_a_failure_it_waits_an_hour(plan):
    assert not daily.due(plan, known(failed=at(24, 2, 5)), at(24, 3))
    assert daily.due(plan, known(failed=at(24, 2, 5)), at(24, 3, 6))


def test_only_its_own_old_sets_are_removed(installation, plan):
    by_hand, _ = installation.back_up()
    for _ in range(4):
        assert daily.once(plan, quiet)
    names = [p.name for p in manifest.sets(installation.shelf)]
    assert by_hand.name in names and len([n for n in names if "daily" in n]) == 2


def test_a_failure_is_kept_for_status_and_the_next_night_comes(installation, plan, monkeypatch):
    said = []
    monkeypatch.setattr(health, "free_bytes", lambda folder: 0)
    assert not daily.once(plan, said.append)
    assert "估计要" in state.read()["failed"]["why"] and said[-1].startswith("✗")
    line = status._backup()
    assert line.state == status.BAD and "从没有成功过" in line.said
    monkeypatch.undo()


def test_the_keys_have_to_be_thought_of(monkeypatch):
    monkeypatch.setenv("JIMIN_BACKUP_DIR", "/somewhere")
    monkeypatch.delenv("JIMIN_BACKUP_KEYS", raising=False)
    with pytest.raises(Refusal, match="JIMIN_BACKUP_KEYS"):
        daily.plan()
    monkeypatch.setenv("JIMIN_BACKUP_KEYS", "kept")
    monkeypatch.setenv("JIMIN_BACKUP_KEEP", "0")
    with pytest.raises(Refusal, match="JIMIN_BACKUP_KEEP=0"):
        daily.plan()


@pytest.mark.parametrize(("hours", "expected"), [(1, "ok"), (27, "warn"), (80, "bad")])
def test_status_warns_when_the_last_backup_is_old(installation, hours, expected):
    installation.back_up()
    content = state.read()
    content["good"]["at"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    state._write(content)
    assert status._backup().state == expected


def test_status_for_a_monitor_names_every_part(installation, test_database):
    installation.back_up()
    done = subprocess.run(
        [sys.executable, "-m", "jimin", "status", "--json"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "JIMIN_DATABASE_URL": test_database.url(), "JIMIN_SECRET_KEY": "x", "JIMIN_DEMO": "0",
             "JIMIN_KEYS": keyring.settings.JIMIN_KEYS, "JIMIN_VAR": str(installation.var)},
    )  # fmt: skip
    found = json.loads(done.stdout)
    parts = {"processes", "database", "migrations", "worker", "outbox", "audit", "backup", "disk", "keys"}
    assert parts <= set(found["checks"])
    # nobody works in a test: that alone is wrong
    assert [n for n, c in found["checks"].items() if c["state"] == "bad"] == ["worker"]
    assert done.returncode == found["exit_code"] == 2
    assert found["checks"]["audit"]["values"]["waiting"] == 1
