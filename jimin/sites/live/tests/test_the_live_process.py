"""The real process under granian: many streams on one LISTEN, a killed listener, a stop under open streams."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from django.core import signing

from jimin.core.registers.tests.conftest import CHANGCHUN, DEHUI, NONGAN
from jimin.sites.live import tokens

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "a-key-for-the-live-tests-" + "x" * 30
ORIGIN = "http://127.0.0.1:8000"


def token(level="county", codes=(NONGAN,), origin=ORIGIN):
    return signing.dumps(["account", origin, level, list(codes)], key=SECRET, salt=tokens.SALT)


def get(process, path, headers=None):
    """Status, headers and an open answer."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer


class Browser(threading.Thread):
    """Reads one stream until it ends. `status` says whether it ever was one, `end` why it stopped."""

    def __init__(self, process, **scope):
        super().__init__(daemon=True)
        self.process, self.token, self.lines, self.opened = process, token(**scope), [], threading.Event()
        self.status, self.end = None, "still open"
        self.start()

    def run(self):
        try:
            self.status, self.headers, answer = get(self.process, f"/live/?token={self.token}", {"Origin": ORIGIN})
            for line in answer:
                self.lines.append(line.decode().rstrip("\n"))
                if self.status == 200:
                    self.opened.set()
            self.end = "ended by the server"
        except (OSError, http.client.HTTPException) as error:
            self.end = repr(error)

    def __repr__(self):
        return f"<Browser status={self.status} {self.end} lines={self.lines}>"

    def notes(self):
        return [json.loads(line[6:]) for line in list(self.lines) if line.startswith("data: ")]


def until(condition, within=30, seen=""):
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"did not happen in time; seen: {seen}"
        time.sleep(0.05)


@pytest.fixture
def live(test_database):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "JIMIN_DATABASE_URL": test_database.url(), "JIMIN_SECRET_KEY": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--workers-kill-timeout", "2", "--log-level", "warning", "--no-ws", "jimin.sites.live.asgi:application"],
        env=environment, start_new_session=True,
    )  # fmt: skip
    process.port = port

    def streams():
        # Not its start page: that answers before the database is reached, and a stream then would be a 503.
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, _headers, answer = get(process, f"/live/?token={token()}")
            answer.close()
            return status == 200
        return False

    try:
        until(streams)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def notify(test_database):
    with psycopg.connect(test_database.url(), autocommit=True) as connection:
        yield lambda **note: connection.execute("SELECT pg_notify('jimin_live', %s)", [json.dumps(note)])


def listeners(test_database):
    with test_database.superuser() as server:
        return [pid for (pid,) in server.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'jimin live'", [test_database.name]
        ).fetchall()]  # fmt: skip


def test_many_streams_share_one_listen_and_each_gets_what_its_scope_covers(live, notify, test_database):
    here = [Browser(live) for _ in range(20)]
    there = [Browser(live, codes=[DEHUI]) for _ in range(4)]
    above = Browser(live, level="province", codes=["220000000000"])
    for browser in (*here, *there, above):
        assert browser.opened.wait(30), browser
    assert here[0].headers["access-control-allow-origin"] == ORIGIN
    assert here[0].lines[0].startswith("retry: ")
    assert len(listeners(test_database)) == 1
    notify(
        topic="planning.report.filed", kind="planning.report", id="7", prefecture=CHANGCHUN, county=NONGAN, secret="王"
    )
    until(lambda: all(b.notes() for b in (*here, above)))
    assert here[0].notes() == [{"topic": "planning.report.filed", "kind": "planning.report", "id": "7"}]
    time.sleep(0.5)
    assert not any(b.notes() for b in there)


def test_after_a_killed_listener_everybody_is_told_to_fetch_again_and_notes_arrive_again(live, notify, test_database):
    browsers = [Browser(live) for _ in range(20)]
    for browser in browsers:
        assert browser.opened.wait(30), browser
    (pid,) = listeners(test_database)
    with test_database.superuser() as server:
        server.execute("SELECT pg_terminate_backend(%s)", [pid])
    until(lambda: all({"topic": ""} in b.notes() for b in browsers))
    notify(topic="t", kind="k", id="1", county=NONGAN)
    until(lambda: all(b.notes()[-1]["topic"] == "t" for b in browsers))
    assert len(listeners(test_database)) == 1


def test_it_stops_within_the_kill_time_out_under_open_streams_and_leaves_nothing(live, test_database):
    browsers = [Browser(live) for _ in range(24)]
    for browser in browsers:
        assert browser.opened.wait(30), browser
    began = time.monotonic()
    live.terminate()
    live.wait(timeout=10)
    assert time.monotonic() - began < 5
    for browser in browsers:
        browser.join(5)
        assert not browser.is_alive()
    until(lambda: listeners(test_database) == [], within=5)
    with pytest.raises(ProcessLookupError):
        os.killpg(live.pid, 0)


@pytest.mark.parametrize(
    ("path", "headers", "status", "said"),
    [
        ("/live/", {}, 403, "凭证无效"),
        ("/live/?token={token}", {"Origin": "http://evil.example"}, 403, "网页来源"),
        ("/live/?token={token}", {"Origin": "http://127.0.0.1:8000.evil.example"}, 403, "网页来源"),
        ("/live/?token={pageless}", {"Origin": "http://127.0.0.1:8000"}, 403, "网页来源"),
        ("/other", {}, 404, "/live/"),
    ],
    ids=["no token", "another page", "a longer host", "no page named", "another path"],
)
def test_without_our_token_or_from_another_page_there_is_no_stream(live, path, headers, status, said):
    # Tokens last a minute, so they are made now and not when the tests are collected.
    found, answered, answer = get(live, path.format(token=token(), pageless=token(origin="")), headers)
    assert found == status
    assert said in answer.read().decode()
    assert "access-control-allow-origin" not in answered


def test_while_the_database_is_away_it_says_so_and_comes_back_by_itself(live, test_database):
    browser = Browser(live)
    assert browser.opened.wait(30), browser
    with psycopg.connect(os.environ["JIMIN_TEST_SERVER"], autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{test_database.name}" ALLOW_CONNECTIONS false')
        try:
            for pid in [r[0] for r in server.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'jimin live'", [test_database.name]
            ).fetchall()]:  # fmt: skip
                server.execute("SELECT pg_terminate_backend(%s)", [pid])

            def refused():
                status, headers, answer = get(live, f"/live/?token={token()}")
                if status == 503:
                    assert "数据库" in answer.read().decode()
                    assert headers["retry-after"]
                return status == 503

            until(refused)
        finally:
            server.execute(f'ALTER DATABASE "{test_database.name}" ALLOW_CONNECTIONS true')
    until(lambda: {"topic": ""} in browser.notes(), seen=browser)
