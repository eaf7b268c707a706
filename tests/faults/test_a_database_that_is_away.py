"""PostgreSQL gone or hanging under load: every page answers in bounded time, and all goes on by itself afterwards."""

import os
import secrets
import signal
import threading
import time

import psutil
import pytest

from tests.faults.judge import judge
from tests.faults.load import Api, Browser
from tests.faults.site import Site, waited
from tests.platform.harness import folder

pytestmark = pytest.mark.slow
AWAY = 60  # seconds
LONGEST = 45  # seconds an answer may take: 25 for the statement at hand, 5 for each connect that waits before it


@pytest.fixture(scope="module")
def site():
    with folder() as made:
        made_site = Site(made / "var")
        yield made_site
        made_site.run.stop()


@pytest.fixture
def clients(site):
    stop = threading.Event()
    name = secrets.token_hex(3)
    made = [
        kind(site.port, site.people[n], f"{name}-{kind.__name__}-{n}", stop) for n in (0, 1) for kind in (Api, Browser)
    ]
    for client in made:
        client.start()
    waited(lambda: all(len(c.ledger.done) > 1 for c in made), 120, "the first rows")
    yield made
    stop.set()
    for client in made:
        client.join(120)


@pytest.fixture
def hanging(site):
    """The server and all its processes stopped: connections stand and nobody answers, as with a disk that hangs."""
    stopped = []

    def hang():
        postmaster = psutil.Process(site.run.postgres())
        for process in (postmaster, *postmaster.children()):
            os.kill(process.pid, signal.SIGSTOP)
            stopped.append(process)

    def go_on():
        while stopped:
            stopped.pop().resume()

    yield hang, go_on
    go_on()


def look(site, seconds, path):
    """Statuses and the longest time of a person who looks at a page again and again."""
    statuses, longest, end = [], 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        statuses.append(site.run.get(path, within=LONGEST))
        longest = max(longest, time.monotonic() - began)
        time.sleep(0.5)
    return statuses, longest


def report(capsys, what, clients, longest):
    with capsys.disabled():
        print(
            f"\n  {what}: acknowledged {sum(len(c.ledger.done) for c in clients)}, answers {sum((c.ledger.statuses for c in clients), start=type(clients[0].ledger.statuses)())},"
            f" slowest page {longest:.1f} s, slowest action {max(c.ledger.slowest for c in clients):.1f} s"
        )


def all_as_before(site, clients, ledgers):
    for client in clients:
        assert client.ledger.wrong == []
    live = site.run.note["children"]["live"]
    assert psutil.pid_exists(live), "the live process is the one of before"
    waited(site.answers, 30, "pages with the database")
    before = {c: len(c.ledger.done) for c in clients}
    waited(lambda: all(len(c.ledger.done) > n for c, n in before.items()), 120, "work as before")
    clients[0].stop.set()
    for client in clients:
        client.join(120)
    ledgers += [c.ledger for c in clients]
    verdict = judge(site, ledgers)
    assert verdict.wrong == [] and verdict.lost == verdict.doubled == 0


@pytest.fixture(scope="module")
def ledgers():
    """Of all tests here, for they share the database."""
    return []


def test_a_database_that_hangs_for_a_minute_stops_no_page_for_longer_than_its_limit(
    site, clients, hanging, ledgers, capsys
):
    hang, go_on = hanging
    pages = site.run.note["children"]["pages"]
    hang()
    statuses, longest = look(site, AWAY, "/console/signin/?x")
    go_on()
    assert 503 in statuses and set(statuses) <= {200, 503}
    assert longest < LONGEST
    all_as_before(site, clients, ledgers)
    assert psutil.pid_exists(pages)
    report(capsys, f"hung for {AWAY} s", clients, longest)


def test_a_database_that_refuses_for_a_minute_is_said_at_once(site, clients, ledgers, capsys):
    # The start of a new server is kept from succeeding, so that the supervisor tries in vain for a while.
    data = site.ask("SHOW data_directory")[0][0]
    control = f"{data}/global/pg_control"
    os.kill(site.run.postgres(), signal.SIGKILL)
    os.rename(control, control + ".away")
    try:
        waited(lambda: site.run.get("/console/signin/?x") == 503, 30, "the first 503")
        statuses, longest = look(site, AWAY, "/console/signin/?x")
        said = site.jimin("status", code=2)
    finally:
        os.rename(control + ".away", control)
    assert set(statuses) == {503}
    assert longest < 10
    assert "没有应答" in said
    assert site.run.said("秒后再试")
    all_as_before(site, clients, ledgers)
    report(capsys, f"gone for {AWAY} s", clients, longest)
