"""One LISTEN for the process, fanned out to the streams whose scope covers a note."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterator

import psycopg

from jimin.core.access.scope import Scope
from jimin.sites.live.tokens import covers

CHANNEL = "jimin_live"
QUEUE = 64  # notes a slow browser may be behind; then it is told to fetch everything again
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds between two tries to reach the database
CONNECT_WITHIN = 10.0  # seconds; a server that hangs accepts a connection and says nothing
PROBE, ANSWER_WITHIN = 30.0, 10.0  # seconds after which a silent connection is tested, and for its answer
RESET = "reset"

Connection = psycopg.AsyncConnection[tuple[object, ...]]
log = logging.getLogger("jimin.live")


class Stream:
    """One browser's queue."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.queue: asyncio.Queue[str] = asyncio.Queue(QUEUE)

    def put(self, event: str) -> None:
        """Add an event; a full queue is emptied and becomes one reset."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = RESET
        self.queue.put_nowait(event)


class Hub:
    """Listens and hands out. `ready` says whether the database is reached just now."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.streams: set[Stream] = set()
        self.ready = False
        self.listens = 0  # how often a LISTEN was opened, for tests and the log
        self._lost = False

    @contextlib.contextmanager
    def stream(self, scope: Scope) -> Iterator[Stream]:
        """A stream that receives while the block lasts."""
        stream = Stream(scope)
        self.streams.add(stream)
        try:
            yield stream
        finally:
            self.streams.discard(stream)

    async def run(self) -> None:
        """Listen for ever; after each loss connect again and tell every stream to fetch again."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    connection = await self._connect()
                try:
                    self.listens += 1
                    self.ready, pause = True, FIRST_PAUSE
                    if self._lost:
                        self._tell_all(RESET)
                    await self._listen(connection)
                finally:
                    await connection.close()
            except (psycopg.Error, OSError) as error:  # TimeoutError is an OSError
                if self.ready or not self._lost:
                    log.warning("live events wait for the database: %s", type(error).__name__)
            except Exception:  # whatever it is, an open page must not wait for ever for a task that is gone
                log.exception("live events failed, and go on")
            finally:
                self.ready, self._lost = False, True
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self.conninfo, autocommit=True, connect_timeout=5, application_name="jimin live"
        )
        try:
            await connection.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _listen(self, connection: Connection) -> None:
        while True:
            async for note in connection.notifies(timeout=PROBE):
                self.hand_out(note.payload)
            async with asyncio.timeout(ANSWER_WITHIN):  # a connection that died without a word is found here
                await connection.execute("SELECT 1")

    def hand_out(self, payload: str) -> None:
        """Give a note to every stream whose scope covers it; what is no note is dropped with a word in the log."""
        try:
            note = json.loads(payload)
            text = json.dumps({k: note[k] for k in ("topic", "kind", "id")}, ensure_ascii=False)
        except (ValueError, KeyError, TypeError):
            log.warning("a note on %s is not one of ours", CHANNEL)
            return
        for stream in list(self.streams):
            if covers(stream.scope, note):
                stream.put(text)

    def _tell_all(self, event: str) -> None:
        for stream in list(self.streams):
            stream.put(event)
