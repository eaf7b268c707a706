"""The database away, a disk full, a record held: a page or an answer that says so, and nothing typed is lost."""

import errno
import json
import logging
import os
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from jimin.core.secrets.keys import KeyFault, ring
from jimin.platform.postgres import base
from jimin.sites import errors, outage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def away():
    """Nobody listens where the database was."""
    kept = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
    yield
    connection.close()
    connection.settings_dict.clear()
    connection.settings_dict.update(kept)


@pytest.fixture
def browser():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/", "/console/", "/console/signin/", "/console/plan/"])
def test_without_the_database_every_page_says_so_and_when_to_come_back(browser, away, path):
    began = time.monotonic()
    response = browser.get(path)
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "数据库暂时连不上" in response.content.decode()
    assert time.monotonic() - began < 8


def test_without_the_database_the_api_answers_json(browser, away):
    response = browser.get("/api/v1/units", headers={"Authorization": "Bearer x"})
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "数据库" in response.json()["message"] and response.json()["next_step"]


def test_a_form_that_met_an_outage_can_be_sent_again_as_it_was(browser, away):
    typed = {"name": "合隆镇<颐养>中心", "key": "k-1", "next": "/console/"}
    response = browser.post(
        "/console/items/register/?x=1", "name=合隆镇<颐养>中心&key=k-1", "application/x-www-form-urlencoded"
    )
    page = response.content.decode()
    assert response.status_code == 503
    assert 'action="/console/items/register/?x=1"' in page
    assert 'name="name" value="合隆镇&lt;颐养&gt;中心"' in page and 'name="key" value="k-1"' in page
    assert "no-store" in response["Cache-Control"]
    assert typed["name"] not in page


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/console/signin/", "username=a&password=geheim-123"),
        ("/console/password/", "old=geheim-123&new=geheim-1234&again=geheim-1234"),
    ],
)
def test_a_password_is_never_sent_back(browser, away, path, typed):
    response = browser.post(path, typed, "application/x-www-form-urlencoded")
    assert response.status_code == 503
    assert "geheim-123" not in response.content.decode()


def shown(error, path="/console/x/"):
    """The answer to a request that ended in `error`."""
    try:
        raise error
    except Exception:
        return errors.server_error(RequestFactory().get(path))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘满了"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "磁盘满了"),
        (psycopg.errors.DiskFull("could not extend file"), "磁盘满了"),
        (psycopg.errors.LockNotAvailable("lock timeout"), "正在改同一份"),
        (psycopg.errors.DeadlockDetected("deadlock"), "正在改同一份"),
        (psycopg.errors.QueryCanceled("statement timeout"), "算得太久"),
        (psycopg.errors.AdminShutdown("terminating"), "连不上"),
    ],
)
def test_each_kind_of_outage_has_its_own_words(error, said):
    wrapped = OperationalError("x")
    wrapped.__cause__ = error
    for found in (error if isinstance(error, OSError) else wrapped, wrapped):
        response = shown(found)
        assert response.status_code == 503
        assert said in response.content.decode()


@pytest.mark.parametrize("error", [ValueError("planted"), psycopg.errors.ProgramLimitExceeded("index row size")])
def test_a_fault_of_ours_is_not_called_an_outage(error):
    wrapped = OperationalError("x")
    wrapped.__cause__ = error
    response = shown(wrapped if isinstance(error, psycopg.Error) else error)
    assert response.status_code == 500
    assert "是我们的问题" in response.content.decode()
    assert json.loads(shown(ValueError("planted"), "/api/v1/x").content)["message"].startswith("这里出了差错")


def test_an_outage_is_one_line_in_the_log_and_a_fault_of_ours_its_whole_trace(browser, away, caplog):
    caplog.handler.addFilter(outage.Brief())
    browser.get("/console/signin/")
    assert "Traceback" not in caplog.text and "/console/signin/ (OperationalError)" in caplog.text
    logging.getLogger("django.request").error("x", exc_info=ValueError("planted"), extra={"status_code": 503})
    assert "ValueError: planted" in caplog.text


def test_a_server_that_hangs_is_given_up_and_the_next_request_connects_anew(settings, monkeypatch):
    settings.JIMIN_STATEMENT_SECONDS = 1
    monkeypatch.setattr(base, "GRACE", 0)
    began = time.monotonic()
    with pytest.raises(OperationalError, match="no answer"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    assert time.monotonic() - began < 5
    assert connection.connection.closed
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_statement_and_a_lock_have_a_limit_in_the_pages_and_none_in_a_command():
    ask = (
        "import {module}; from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    )
    quiet = {k: v for k, v in os.environ.items() if k != "JIMIN_STATEMENT_SECONDS"} | {"JIMIN_SECRET_KEY": "x"}
    pages, command = (
        subprocess.run([sys.executable, "-c", ask.format(module=m)], env=quiet, capture_output=True, text=True, check=True).stdout
        for m in ("jimin.sites.wsgi", "django")
    )  # fmt: skip
    assert "statement_timeout=20s" in pages and "lock_timeout=10000ms" in pages
    assert "statement_timeout" not in command and "idle_in_transaction_session_timeout=60s" in command


def test_a_missing_key_file_is_said_to_be_one_and_names_no_place(settings, tmp_path):
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    with pytest.raises(KeyFault) as fault:
        ring()
    found = outage.outage_of(fault.value)
    assert found is outage.KEYS
    assert "密钥文件" in str(found.what) and str(tmp_path) not in f"{found.title}{found.what}{found.next_step}"
