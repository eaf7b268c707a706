"""Deliver the outbox: at least once, in order for each record, no committed event left out.

Only events below the snapshot's xmin are taken: every transaction that could still add an earlier one
has ended (findings/platform §1: a high-water mark over ids missed 385 of 5,084 rows). A failing
consumer holds back later events of the same record and nothing else.
"""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.models import Func, Value

from jimin.core import clock
from jimin.core.events import consumers
from jimin.core.events.limits import limits
from jimin.core.events.models import Consumed, OutboxEvent

LOCK = 0x6A696D_02  # advisory: one deliverer at a time
BATCH = 500
CHANNEL = "jimin_live"
POLL = 1.0  # seconds between two looks at an empty outbox
LONGEST_OUTAGE_PAUSE = 15.0

log = logging.getLogger("jimin.events")

WAITING = """
SELECT e.* FROM events_outboxevent e
WHERE e.delivered_at IS NULL AND e.dead_at IS NULL AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
  AND (e.retry_at IS NULL OR e.retry_at NOT BETWEEN clock_timestamp() AND clock_timestamp() + %(longest)s)
  AND NOT EXISTS (SELECT 1 FROM events_outboxevent b WHERE b.subject = e.subject AND b.id < e.id
                  AND b.delivered_at IS NULL AND b.dead_at IS NULL
                  AND b.retry_at BETWEEN clock_timestamp() AND clock_timestamp() + %(longest)s)
ORDER BY e.id LIMIT %(batch)s
"""


def deliver() -> int:
    """Deliver what waits, up to one batch. Returns how many events were taken up; 0: nothing to do just now."""
    with _alone() as mine:
        if not mine:
            return 0
        # Named columns: the raw xid of e.* is a text Django cannot read back.
        events = list(OutboxEvent.objects.raw(WAITING.replace("e.*", _columns()), _bounds()))
        held: set[str] = set()
        unheard: list[OutboxEvent] = []  # nobody consumes them: closed together
        for event in events:
            if event.subject in held:
                continue
            if not consumers.of(event.name):
                unheard.append(event)
            elif not _deliver_one(event):
                held.add(event.subject)
        _close(unheard)
        return len(events)


def _bounds() -> dict[str, object]:
    # A pause longer than any that is given was set by a clock that ran ahead: the event is due.
    return {"batch": BATCH, "longest": timedelta(seconds=limits()["longest_pause"])}


def _columns() -> str:
    return ", ".join(f"e.{f.column}" for f in OutboxEvent._meta.concrete_fields if f.column != "xid")


def _deliver_one(event: OutboxEvent) -> bool:
    """Give an event to each of its consumers; says whether all took it (or it was set aside)."""
    failures = [f"{c.name}: {fault}" for c in consumers.of(event.name) if (fault := _consume(c, event))]
    if failures:
        return _failed(event, "; ".join(failures))
    _close([event])
    return True


def _close(events: list[OutboxEvent]) -> None:
    """Mark events as delivered, and tell open pages when that commits: names, ids and division columns only."""
    if not events:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        OutboxEvent.objects.filter(pk__in=[e.pk for e in events]).update(delivered_at=clock.now(), retry_at=None)
        cursor.execute("SELECT pg_notify(%s, note) FROM unnest(%s::text[]) note", [CHANNEL, [_note(e) for e in events]])


def _consume(consumer: consumers.Consumer, event: OutboxEvent) -> str:
    """Run one consumer once for an event; the kind of fault, or an empty text."""
    try:
        with transaction.atomic():
            if Consumed.objects.filter(consumer=consumer.name, event=event).exists():
                return ""
            Consumed.objects.create(consumer=consumer.name, event=event)
            consumer.run(event)
    except Exception as fault:
        if connection.connection is None or connection.connection.closed:
            raise  # the database went away: not the consumer's failure
        # The place, not the message: a message may quote a person's data, and a log is read by others.
        log.error("consumer %s failed on event %s (%s): %s", consumer.name, event.pk, event.name, _place(fault))
        return type(fault).__name__
    return ""


def _place(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{type(fault).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(fault).__name__


def _failed(event: OutboxEvent, error: str) -> bool:
    attempts = event.attempts + 1
    dead = attempts >= limits()["attempts"]
    pause = min(limits()["first_pause"] * 2**event.attempts, limits()["longest_pause"])
    now: Any = Func(function="clock_timestamp")  # the clock that is asked when it is due
    OutboxEvent.objects.filter(pk=event.pk).update(
        attempts=attempts,
        error=error[:300],
        retry_at=None if dead else now + Value(timedelta(seconds=pause)),
        dead_at=now if dead else None,
    )
    if dead:
        log.error("event %s (%s) set aside after %s attempts: %s", event.pk, event.name, attempts, error)
    return dead


def retry(ids: list[int] | None = None) -> int:
    """Take set-aside events up again (all, or these). Returns how many."""
    dead = OutboxEvent.objects.exclude(dead_at=None)
    return (dead.filter(pk__in=ids) if ids else dead).update(dead_at=None, retry_at=None, attempts=0)


def _note(event: OutboxEvent) -> str:
    kind, _, pk = event.subject.partition(":")
    note = {"topic": event.name, "kind": kind, "id": pk}
    return json.dumps({**note, **{k: v for k in ("prefecture", "county", "town") if (v := getattr(event, k))}})


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the session's advisory lock; False when another worker delivers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


class Deliverer(threading.Thread):
    """The worker's delivery loop, with a database connection of its own. Survives the database's absence."""

    def __init__(self) -> None:
        super().__init__(name="deliverer", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        pause = POLL
        while not self.stopping.is_set():
            try:
                busy = deliver() > 0
                pause = POLL
            except (OperationalError, InterfaceError) as error:
                log.warning("outbox waits for the database: %s", type(error).__name__)
                busy, pause = False, min(pause * 2, LONGEST_OUTAGE_PAUSE)
                connection.close()
            except Exception:
                log.exception("the delivery loop goes on after a fault")
                busy, pause = False, min(pause * 2, LONGEST_OUTAGE_PAUSE)
            if not busy:
                close_old_connections()
                self.stopping.wait(pause)
        connection.close()

    def stop(self, timeout: float) -> bool:
        """Stop after the event at hand; says whether it ended in time."""
        self.stopping.set()
        self.join(timeout)
        return not self.is_alive()
