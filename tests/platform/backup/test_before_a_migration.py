"""A dump of the database is kept before each migration of one that holds something."""

import pytest

from jimin.core import health
from jimin.core.secrets import keys as keyring
from jimin.platform.backup import before, check, manifest, state
from jimin.platform.errors import Refusal
from tests.platform.backup.conftest import quiet


@pytest.fixture
def waiting(monkeypatch):
    monkeypatch.setattr(before, "waiting", lambda url: ["files.0099_next"])


def test_nothing_is_dumped_while_no_migration_waits(installation):
    assert before.waiting(installation.owner) == [] and not before.fresh(installation.owner)
    assert before.migration(installation.owner) is None and not before.folder().exists()


def test_the_last_three_dumps_are_kept_and_can_be_opened(installation, waiting):
    made = [before.migration(installation.owner) for _ in range(4)]
    kept = manifest.sets(before.folder())
    assert kept == made[1:]
    report = check.check(made[-1], keyring.ring(), quiet)
    assert report.faults == [] and report.opened and report.manifest.files is None
    assert "good" not in state.read()  # no backup in the sense of status: it lies beside the data


def test_without_the_dump_there_is_no_migration(installation, waiting, monkeypatch):
    monkeypatch.setattr(health, "free_bytes", lambda folder: 0)
    with pytest.raises(Refusal, match="没有迁移"):
        before.migration(installation.owner)
    monkeypatch.setenv("JIMIN_BACKUP_BEFORE_MIGRATION", "0")
    assert before.migration(installation.owner) is None
