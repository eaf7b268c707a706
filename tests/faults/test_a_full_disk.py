"""Each of the three disks full, under load: it is said, nothing acknowledged is lost, and room alone brings it back."""

import threading
import time

import pytest

from tests.faults.disks import disk, filled, may_mount
from tests.faults.judge import judge
from tests.faults.load import Api, Browser
from tests.faults.site import Site, waited
from tests.platform.harness import folder, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not may_mount(), reason="only root can mount a small disk to fill")]


@pytest.fixture(scope="module")
def site():
    with folder() as made, disk(made / "var", 500), disk(made / "var" / "log", 4), disk(made / "files", 4):
        made_site = Site(made / "var", JIMIN_FILES=str(made / "files"))
        yield made_site
        made_site.run.stop()


@pytest.fixture(scope="module")
def clients(site):
    """Two of each kind, over all tests here, so that each is judged with the acknowledged of the ones before."""
    stop = threading.Event()
    made = [
        kind(site.port, site.people[n], f"disk-{kind.__name__}-{n}", stop) for n in (0, 1) for kind in (Api, Browser)
    ]
    for client in made:
        client.start()
    waited(lambda: all(len(c.ledger.done) > 1 for c in made), 120, "the first rows")
    yield made
    stop.set()


def done(clients, kind):
    return sum(len(c.ledger.done) for c in clients if isinstance(c, kind))


def away(clients):
    return sum(c.ledger.statuses["503"] for c in clients)


def said_where(site):
    """What `jimin status` says of disks; it ends with 2."""
    said = site.jimin("status", code=2)
    assert "✗" in said
    return [line for line in said.splitlines() if "所在的磁盘" in line]


def goes_on(clients):
    before = {c: len(c.ledger.done) for c in clients}
    waited(lambda: all(len(c.ledger.done) > n + 1 for c, n in before.items()), 120, "rows after there was room")


def test_a_full_log_disk_stops_nothing(site, clients):
    with filled(site.var / "log"):
        before = done(clients, Api), done(clients, Browser)
        waited(
            lambda: done(clients, Api) > before[0] + 3 and done(clients, Browser) > before[1] + 1,
            120,
            "work without logs",
        )
        assert any("日志" in line and "已满" in line for line in said_where(site))
        assert until(lambda: site.run.said("日志所在的磁盘"), 20)


def test_a_full_disk_of_files_refuses_files_alone_and_says_so(site, clients):
    with filled(site.files):
        before, refused = done(clients, Api), away(clients)
        waited(
            lambda: away(clients) > refused and done(clients, Api) > before + 3, 120, "refused files and work without"
        )
        assert any("上传的文件" in line and "已满" in line for line in said_where(site))
    goes_on(clients)


def test_a_full_database_disk_is_an_outage_that_says_so_and_ends_when_there_is_room(site, clients):
    with filled(site.var):
        refused = away(clients)
        waited(lambda: away(clients) > refused + 3, 180, "the first 503")
        assert any("数据库" in line and "已满" in line for line in said_where(site))
        began = time.monotonic()
        status = site.run.get("/console/signin/")
        assert status in (200, 503) and time.monotonic() - began < 10
    began = time.monotonic()
    waited(site.answers, 90, "the database after there was room")
    assert site.run.process.poll() is None, "the same start all along"
    goes_on(clients)


def test_nothing_acknowledged_under_full_disks_is_lost_or_done_twice(site, clients, capsys):
    clients[0].stop.set()
    for client in clients:
        client.join(120)
    verdict = judge(site, [c.ledger for c in clients])
    with capsys.disabled():
        slowest = max(c.ledger.slowest for c in clients)
        print(
            f"\n  full disks: acknowledged {verdict.acknowledged} ({verdict.retried} after another try), lost {verdict.lost},"
            f" doubled {verdict.doubled}; refused with 503: {away(clients)}; slowest answer {slowest:.1f} s"
        )
    assert verdict.wrong == []
    assert verdict.lost == verdict.doubled == 0
