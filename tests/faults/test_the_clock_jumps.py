"""A clock that runs ahead and is put right, or goes back: nothing is done twice, skipped, held for days or out of order.

What counts days of law (limits, appointments, tokens) stands on the business day, a setting in the demo; what needs an
order (sealing, events) stands on transaction numbers. What is left stands on real time, and is tried here.
"""

import asyncio
import signal
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection

from jimin.core import clock
from jimin.core.audit import anchor as anchoring
from jimin.core.audit.anchor import anchor, read
from jimin.core.audit.models import AuditRow, Block
from jimin.core.audit.tests.conftest import seal_all
from jimin.core.audit.tests.conftest import write as audit_rows
from jimin.core.audit.verify import verify
from jimin.core.events import cli, consumers, daily, delivery
from jimin.core.events.models import OutboxEvent
from jimin.core.registers.tests.conftest import NONGAN
from jimin.platform.testing import in_a_loop_of_its_own
from jimin.sites.live import tokens

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jump(monkeypatch):
    """Set the clock by a timedelta; zero puts it right."""
    real_now, real_time = clock.now, time.time

    def to(by):
        monkeypatch.setattr(clock, "now", lambda: real_now() + by)
        monkeypatch.setattr(time, "time", lambda: real_time() + by.total_seconds())

    return to


@pytest.fixture
def five_oclock(monkeypatch):
    monkeypatch.setattr(daily, "limits", lambda: {"daily_from_hour": 0})


@pytest.fixture
def ran(monkeypatch, five_oclock):
    days = []
    monkeypatch.setattr(daily, "DAILY", {"a": lambda: days.append(clock.now().date())})
    return days


def a_day():
    for name in daily.due():
        daily.run(name, clock.now().date())


def test_the_job_of_a_day_runs_although_the_clock_was_there_before(ran, jump):
    jump(DAY)
    a_day()
    jump(0 * DAY)
    a_day()
    a_day()
    jump(DAY)
    a_day()
    today = clock.now().date() - DAY
    assert ran == [today + DAY, today, today + DAY]


def test_the_job_of_a_day_runs_once_although_the_clock_is_corrected_by_minutes(ran, jump):
    a_day()
    for back in (timedelta(minutes=5), timedelta(0), -timedelta(minutes=5)):
        jump(-back)
        a_day()
    assert len(ran) == len(set(ran))


def test_an_event_that_a_clock_from_the_future_put_off_is_delivered_now(monkeypatch):
    heard = []
    monkeypatch.setattr(consumers, "CONSUMERS", {})
    consumers.consumer("t.happened", name="t")(lambda event: heard.append(event.pk))
    far, near, after = (
        OutboxEvent.objects.create(name="t.happened", subject=subject, day=clock.business_day(), retry_at=retry)
        for subject, retry in (("t:1", clock.now() + 30 * DAY), ("t:2", clock.now() + timedelta(seconds=300)), ("t:2", None))
    )  # fmt: skip
    end = time.monotonic() + 60
    while far.pk not in heard and time.monotonic() < end:
        delivery.deliver()
        time.sleep(0.1)
    delivery.deliver()
    assert heard == [far.pk], "the one from the future now; one that waits its turn, and what follows it, later"
    assert {near.pk, after.pk}.isdisjoint(heard)


def test_blocks_are_anchored_once_and_in_order_although_the_clock_goes_back_a_month(tmp_path, settings, jump):
    settings.VAR = tmp_path
    for n, by in enumerate((40 * DAY, -40 * DAY, timedelta(0))):
        jump(by)
        audit_rows(1, n)
        seal_all(1)
        assert anchor() == 1
        assert anchor() == 0, "what is anchored is not anchored again"
    assert [a.block.no for a in read(anchoring.folder())] == list(
        Block.objects.order_by("no").values_list("no", flat=True)
    )
    assert len(list(anchoring.folder().glob("*.jsonl"))) == 1, "never a file before the newest"
    assert verify().faults == []


def test_rows_are_sealed_in_the_order_of_their_transactions_whatever_the_database_server_thinks_the_time_is():
    audit_rows(1, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditrow (at, day, actor, unit, action, object_type, object_id, body)"
            " VALUES (now() - interval '1 day', '2023-10-10', '—', '', 't', 't', '2', '{}')"
        )
    audit_rows(1, 3)
    seal_all(3)
    assert verify().faults == []
    assert list(AuditRow.objects.order_by("xid", "id").values_list("object_id", flat=True)) == ["1", "2", "3"]


def test_a_token_for_the_stream_of_a_clock_that_ran_ahead_is_refused_once_it_is_old_and_never_crashes(jump, settings):
    settings.SECRET_KEY = "x" * 50
    jump(DAY)
    token = signing.dumps(["account", "http://a", "county", [NONGAN]], salt=tokens.SALT)
    jump(0 * DAY)
    assert tokens.read(token).scope.codes == (NONGAN,)
    jump(DAY + timedelta(seconds=61))
    with pytest.raises(tokens.BadToken):
        tokens.read(token)


@pytest.mark.parametrize("by", [3600, -3600, 365 * 24 * 3600])
def test_a_worker_whose_clock_is_set_ends_to_be_started_afresh(monkeypatch, by):
    sent = []
    monkeypatch.setattr("os.kill", lambda pid, number: sent.append(number))
    real = time.time

    async def run():
        watching = asyncio.create_task(cli.watch_the_clock(every=0.02))
        await asyncio.sleep(0.1)
        assert sent == [] and not watching.done()
        monkeypatch.setattr(time, "time", lambda: real() + by)
        await asyncio.wait_for(watching, 5)

    in_a_loop_of_its_own(run())
    assert sent == [signal.SIGTERM]


def test_a_clock_that_is_corrected_by_seconds_ends_nothing(monkeypatch):
    monkeypatch.setattr("os.kill", lambda pid, number: pytest.fail("ended"))
    real = time.time

    async def run():
        watching = asyncio.create_task(cli.watch_the_clock(every=0.02))
        await asyncio.sleep(0.05)
        monkeypatch.setattr(time, "time", lambda: real() - 30)
        await asyncio.sleep(0.1)
        watching.cancel()

    in_a_loop_of_its_own(run())
