"""At least once, in order for each record, no committed event left out; a fault holds back its record alone."""

import json
import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from jimin.core import clock
from jimin.core.events import delivery, status
from jimin.core.events.consumers import consumer
from jimin.core.events.limits import limits
from jimin.core.events.models import Consumed, OutboxEvent
from jimin.core.events.tests.conftest import happen, reach, settle

pytestmark = pytest.mark.django_db(transaction=True)


class Fault(Exception):
    pass


@pytest.fixture
def seen():
    found = []
    consumer("t.happened", name="t.seen")(lambda event: found.append(event.pk))
    return found


def hurry(*events):
    """As if the pause were over."""
    OutboxEvent.objects.filter(pk__in=[e.pk for e in events]).update(retry_at=clock.now() - timedelta(seconds=1))
    for event in events:
        event.refresh_from_db()
        event.retry_at = None


def test_each_event_reaches_its_consumers_once_and_in_order(seen):
    events = [happen(subject=f"t:{i % 3}") for i in range(9)]
    other = happen("t.other")
    settle(*events, other)
    assert seen == [e.pk for e in events]
    delivery.deliver()
    assert seen == [e.pk for e in events]
    assert Consumed.objects.count() == 9


def test_an_event_that_was_consumed_before_a_crash_is_not_consumed_again(seen):
    event = happen()
    Consumed.objects.create(consumer="t.seen", event=event)
    settle(event)
    assert seen == []
    assert event.delivered_at


def test_what_a_failing_consumer_wrote_is_undone_and_the_other_consumers_still_get_the_event(seen):
    @consumer("t.happened", name="t.bad")
    def bad(event):
        happen("t.written")
        raise Fault

    event = happen()
    settle(event)
    assert seen == [event.pk]
    assert not OutboxEvent.objects.filter(name="t.written").exists()
    assert (event.attempts, event.error) == (1, "t.bad: Fault")
    assert event.delivered_at is None
    assert list(Consumed.objects.values_list("consumer", flat=True)) == ["t.seen"]


def test_a_fault_holds_back_later_events_of_its_record_and_no_other(seen):
    broken = {"now": True}

    @consumer("t.happened", name="t.bad")
    def bad(event):
        if broken["now"] and event.subject == "t:ill":
            raise Fault

    ill, later, well = happen(subject="t:ill"), happen(subject="t:ill"), happen(subject="t:well")
    settle(ill, well)
    reach(later)
    assert well.delivered_at
    assert later.delivered_at is None
    assert later.pk not in seen
    broken["now"] = False
    hurry(ill)
    settle(ill, later)
    assert ill.delivered_at
    assert later.delivered_at
    assert seen == [ill.pk, well.pk, later.pk]


def test_pauses_grow_and_after_the_last_attempt_the_event_is_set_aside_and_said():
    @consumer("t.happened", name="t.bad")
    def bad(event):
        raise Fault("王桂兰 must not stand in the log of faults")

    event, later = happen(), happen()
    pauses = []
    for _ in range(limits()["attempts"] - 1):
        before = clock.now()
        settle(event)
        pauses.append(round((event.retry_at - before).total_seconds()))
        hurry(event)
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]
    settle(event)
    assert event.dead_at
    said = "\n".join(status.lines())
    assert "有 1 件事件多次送达失败" in said
    assert str(event.pk) in said
    assert "jimin events retry" in said
    assert "王桂兰" not in said + event.error
    settle(later)  # the record goes on
    assert later.attempts == 1


def test_a_set_aside_event_is_taken_up_again_when_asked(seen):
    event = happen(dead_at=clock.now(), attempts=8)
    assert delivery.retry([event.pk + 1]) == 0
    assert delivery.retry([event.pk]) == 1
    event.refresh_from_db()
    settle(event)
    assert seen == [event.pk]
    assert status.lines() == ["事件：等待送达 0 件。"]


def test_an_event_of_a_transaction_that_commits_late_is_not_left_out(seen, test_database):
    """The later id commits first; nothing is delivered past the open transaction, then both are, in order."""
    with psycopg.connect(test_database.url()) as early:
        pk = early.execute(
            "INSERT INTO events_outboxevent (day, name, subject, payload, prefecture, county, town, attempts, error)"
            " VALUES ('2023-10-10', 't.happened', 't:1', '{}', '', '', '', 0, '') RETURNING id"
        ).fetchone()[0]
        late = happen()
        assert late.pk > pk
        for _ in range(5):
            delivery.deliver()
        assert seen == []
        early.commit()
    settle(late)
    assert seen == [pk, late.pk]


def test_only_one_worker_delivers_at_a_time(seen, test_database):
    event = happen()
    with psycopg.connect(test_database.url(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [delivery.LOCK])
        assert delivery.deliver() == 0
    settle(event)
    assert seen == [event.pk]


def test_a_delivered_event_is_announced_with_names_ids_and_places_only(seen, test_database):
    with psycopg.connect(test_database.url(), autocommit=True) as listener:
        listener.execute("LISTEN jimin_live")
        event = happen(subject="planning.report:0190", county="220122000000", payload={"reason": "秘密"})
        settle(event)
        (note,) = listener.notifies(timeout=5, stop_after=1)
    assert json.loads(note.payload) == {
        "topic": "t.happened", "kind": "planning.report", "id": "0190", "county": "220122000000",
    }  # fmt: skip


def test_an_event_without_a_consumer_is_delivered_too():
    event = happen("t.nobody")
    settle(event)
    assert event.delivered_at


def test_a_rolled_back_event_never_reaches_anybody(seen):
    with pytest.raises(Fault), transaction.atomic():
        happen()
        raise Fault
    probe = happen()
    settle(probe)
    assert seen == [probe.pk]


def test_the_loop_delivers_survives_a_lost_connection_and_stops_at_once(seen, as_owner, test_database):
    loop = delivery.Deliverer()
    loop.start()
    try:
        first = happen()
        wait_for(lambda: first.pk in seen)
        as_owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = 'jimin_app'", [test_database.name]
        )  # fmt: skip
        connection.close()
        second = happen()
        wait_for(lambda: second.pk in seen)
    finally:
        began = time.monotonic()
        assert loop.stop(5)
    assert time.monotonic() - began < 1.5
    assert threading.active_count() < 20


def wait_for(condition, within=240):
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)
