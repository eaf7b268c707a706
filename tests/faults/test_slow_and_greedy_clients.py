"""Clients that send slowly, too much or nothing at all keep nobody else waiting."""

import contextlib
import http.client
import socket
import threading
import time

import psutil
import pytest

from tests.platform.harness import Run, folder, until

pytestmark = pytest.mark.slow
MANY = 60


@pytest.fixture(scope="module")
def site():
    with folder() as made:
        run = Run(made / "var").ready(180)
        yield run
        run.stop()


@contextlib.contextmanager
def slow(site, head, number=MANY):
    """Connections that have sent this much, and send another byte each second."""
    opened, stop = [], threading.Event()
    for _ in range(number):
        connection = socket.create_connection(("127.0.0.1", site.port), timeout=10)
        connection.sendall(head)
        opened.append(connection)

    def drip():
        while not stop.wait(1):
            for connection in opened:
                with contextlib.suppress(OSError):
                    connection.sendall(b"x")

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    try:
        yield opened
    finally:
        stop.set()
        dripping.join()
        for connection in opened:
            connection.close()


def longest(site, seconds=10):
    """The longest that somebody else waits for a page."""
    waited, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert site.get() == 200
        waited = max(waited, time.monotonic() - began)
        time.sleep(0.2)
    return waited


def test_many_who_never_finish_their_headers_keep_nobody_waiting_and_are_sent_away(site):
    with slow(site, b"GET /console/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ") as opened:
        assert longest(site) < 5

        def gone():
            opened[0].settimeout(0.1)
            with contextlib.suppress(TimeoutError):
                return opened[0].recv(1000) == b"" or b"408" in opened[0].recv(1000)
            return False

        assert until(gone, 40)


def test_many_who_never_finish_their_body_keep_nobody_waiting(site):
    head = b"POST /console/signin/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000000\r\n\r\n"
    with slow(site, head):
        assert longest(site) < 5


@pytest.mark.parametrize("path", ["/console/signin/", "/api/v1/actions/planning.item.register"])
def test_a_huge_body_is_refused_before_it_is_sent(site, path):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "application/octet-stream")
    connection.putheader("Content-Length", str(10 * 1024**3))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert "MB" in answer.read().decode()
    connection.close()


def test_the_pages_keep_their_memory_over_many_requests(site):
    def used():
        pages = psutil.Process(site.note["children"]["pages"])
        return sum(p.memory_info().rss for p in pages.children(recursive=True)) / 2**20

    for _ in range(100):
        site.get("/console/signin/")
    before = used()
    for _ in range(600):
        site.get("/console/signin/")
    assert used() < before + 40, "MB"
