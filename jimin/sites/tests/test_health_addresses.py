"""/healthz and /readyz: a proxy and a monitor learn yes or no, a stranger learns nothing more."""

import pytest
from django.db import connection
from django.test import Client

from jimin.core import health
from jimin.sites.health import HealthMiddleware


@pytest.fixture
def worker(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr("jimin.sites.health.KEPT", -1.0)  # look each time


def test_healthz_needs_no_database_no_host_and_no_session(client: Client):
    # without the db fixture any question to the database fails this test
    answer = client.get("/healthz", headers={"host": "somewhere.else"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert not answer.cookies and "no-store" in answer["Cache-Control"]


def test_readyz_says_ok_when_everything_is_there(client: Client, worker):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize("check", ["database", "migrations", "worker", "room"])
def test_readyz_says_no_and_not_why(client: Client, worker, monkeypatch, caplog, check):
    checks = tuple((lambda: "磁盘 X 坏了") if c.__name__ == check else c for c in health.CHECKS)
    monkeypatch.setattr(health, "CHECKS", checks)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")
    assert "磁盘 X 坏了" in caplog.text  # the log says why


def test_without_a_worker_it_is_not_ready(client: Client, db):
    assert health.first_problem() == "没有后台任务进程"
    assert client.get("/readyz").status_code == 503


def test_a_worker_that_went_silent_is_noticed(worker):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '10 minutes'")
    assert "没有心跳" in str(health.worker())


def test_a_migration_that_waits_is_noticed(db, monkeypatch):
    assert health.migrations() is None
    monkeypatch.setattr(health, "_on_disk", lambda: frozenset({("files", "0099_later")}))
    assert "files.0099_later" in str(health.migrations())


def test_a_full_disk_is_noticed(monkeypatch):
    assert health.room() is None
    monkeypatch.setattr(health, "free_bytes", lambda folder: 5 * health.MB)
    assert "只剩 5 MB" in str(health.room())


def test_many_questions_are_one_look(monkeypatch):
    looked = []
    monkeypatch.setattr("jimin.sites.health.KEPT", 60.0)
    monkeypatch.setattr(health, "first_problem", lambda: looked.append(1))
    gate = HealthMiddleware(lambda request: pytest.fail("passed on"))
    for _ in range(50):
        assert gate._problem() is None
    assert len(looked) == 1
