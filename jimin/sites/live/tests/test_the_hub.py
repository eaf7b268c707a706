"""A slow browser is told to fetch everything again instead of growing a queue; a foreign note harms nobody."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from jimin.core.access.scope import Scope
from jimin.platform.testing import in_a_loop_of_its_own
from jimin.sites.live import hub
from jimin.sites.live.hub import QUEUE, RESET, Hub


def note(n):
    return json.dumps({"topic": "t", "kind": "k", "id": str(n), "county": "1"})


def test_a_queue_that_is_full_becomes_one_reset():
    live = Hub("")
    with live.stream(Scope("county", ("1",))) as stream:
        for n in range(QUEUE + 1):
            live.hand_out(note(n))
        assert stream.queue.qsize() == 1
        assert stream.queue.get_nowait() == RESET
    assert live.streams == set()


@pytest.mark.parametrize("payload", ["", "x", "[]", "{}", '{"topic": 1}', "null", '"text"'])
def test_what_is_no_note_is_dropped(payload):
    live = Hub("")
    with live.stream(Scope("province", ("22",))) as stream:
        live.hand_out(payload)
        assert stream.queue.empty()


class Connection:
    """Stands for a database that gives one note, or an error, and is then silent."""

    def __init__(self, trouble=None):
        self.trouble, self.closed = trouble, False

    async def notifies(self, timeout):
        if self.trouble:
            raise self.trouble
        yield SimpleNamespace(payload=note(1))
        await asyncio.sleep(60)

    async def close(self):
        self.closed = True


def listened(monkeypatch, connects):
    """What a stream receives while the hub meets one connection after another; a callable hangs or raises."""
    monkeypatch.setattr(hub, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(hub, "CONNECT_WITHIN", 0.05)

    async def run():
        made = iter(connects)
        listening = Hub("")

        async def connect():
            found = next(made)
            return found if isinstance(found, Connection) else await found()

        monkeypatch.setattr(listening, "_connect", connect)
        with listening.stream(Scope("county", ("1",))) as stream:
            task = asyncio.create_task(listening.run())
            try:
                return [await asyncio.wait_for(stream.queue.get(), 5) for _ in range(2)]
            finally:
                task.cancel()

    return in_a_loop_of_its_own(run())


def test_a_connect_that_hangs_is_given_up_and_tried_again(monkeypatch):
    async def hangs():
        await asyncio.sleep(60)

    assert listened(monkeypatch, [hangs, Connection()])[0] == RESET


def test_an_error_nobody_thought_of_is_logged_and_the_listening_goes_on(monkeypatch, caplog):
    broken = Connection(RuntimeError("nobody thought of this"))
    first, second = listened(monkeypatch, [broken, Connection()])
    assert (first, json.loads(second)["id"]) == (RESET, "1")
    assert broken.closed
    assert "nobody thought of this" in caplog.text
