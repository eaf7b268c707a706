"""A slow browser is told to fetch everything again instead of growing a queue; a foreign note harms nobody."""

import json

import pytest

from jimin.core.access.scope import Scope
from jimin.sites.live.hub import QUEUE, RESET, Hub


def note(n):
    return json.dumps({"topic": "t", "kind": "k", "id": str(n), "county": "1"})


def test_a_queue_that_is_full_becomes_one_reset():
    hub = Hub("")
    with hub.stream(Scope("county", ("1",))) as stream:
        for n in range(QUEUE + 1):
            hub.hand_out(note(n))
        assert stream.queue.qsize() == 1
        assert stream.queue.get_nowait() == RESET
    assert hub.streams == set()


@pytest.mark.parametrize("payload", ["", "x", "[]", "{}", '{"topic": 1}', "null", '"text"'])
def test_what_is_no_note_is_dropped(payload):
    hub = Hub("")
    with hub.stream(Scope("province", ("22",))) as stream:
        hub.hand_out(payload)
        assert stream.queue.empty()
