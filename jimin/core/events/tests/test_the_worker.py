"""`jimin worker` delivers what commits, and ends in a second when it is told to."""

import os
import signal
import subprocess
import sys
import time

import pytest

from jimin.core.events.tests.conftest import happen

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_worker_delivers_and_stops_soon_when_told(test_database, tmp_path):
    environment = {
        **os.environ,
        "JIMIN_DATABASE_URL": test_database.url(),
        "JIMIN_SECRET_KEY": "x" * 40,
        "JIMIN_VAR": str(tmp_path),
        "JIMIN_LOG": "INFO",
    }
    worker = subprocess.Popen([sys.executable, "-m", "jimin", "worker"], env=environment, stderr=subprocess.PIPE)
    try:
        event = happen("t.nobody")
        end = time.monotonic() + 240
        while not event.delivered_at:
            assert time.monotonic() < end
            assert worker.poll() is None, worker.stderr.read().decode()
            time.sleep(0.1)
            event.refresh_from_db()
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(timeout=10)
        took = time.monotonic() - began
    finally:
        worker.kill()
    assert code == 0, worker.stderr.read().decode()
    assert took < 8
