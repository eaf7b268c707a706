"""Whatever is killed, and whenever: what was acknowledged is there, once; nothing is stuck; everything comes back."""

import os
import secrets
import threading
import time
from random import Random

import pytest

from tests.faults import chaos
from tests.faults.judge import judge
from tests.faults.load import Api, Browser
from tests.faults.site import Site
from tests.platform.harness import folder

pytestmark = pytest.mark.slow
CLIENTS = 6


def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice_under_random_kills(capsys):
    seed = os.environ.get("JIMIN_FAULTS_SEED") or secrets.token_hex(4)

    def say(text):
        with capsys.disabled():
            print(text, flush=True)

    say(f"\nseed {seed} (JIMIN_FAULTS_SEED={seed} repeats order and moments)")
    with folder() as made:
        site = Site(made / "var")
        stop = threading.Event()
        kinds = [Api, Browser]
        clients = [
            kinds[n % 2](site.port, site.people[n % len(site.people)], f"{seed}-{n}", stop) for n in range(CLIENTS)
        ]
        try:
            for client in clients:
                client.start()
            began = time.monotonic()
            kills = chaos.storm(site, Random(seed), say)
            stop.set()
            for client in clients:
                client.join(240)
            took = time.monotonic() - began
            assert not any(c.is_alive() for c in clients), "a client never got its answer"
            verdict = judge(site, [c.ledger for c in clients])
        finally:
            stop.set()
            site.run.stop()
        for line in kills.lines():
            say("  " + line)
        slowest = max(a.seconds for c in clients for a in c.ledger.done)
        say(
            f"  {took:.0f} s, kills of processes {kills.count(chaos.PROCESSES)}, of PostgreSQL {kills.count(chaos.DATABASE)};"
            f" acknowledged {verdict.acknowledged} ({verdict.retried} after another try, slowest {slowest:.0f} s),"
            f" lost {verdict.lost}, doubled {verdict.doubled}; events {verdict.events}, files {verdict.files}"
        )
        assert verdict.wrong == []
        assert verdict.lost == verdict.doubled == 0
        assert kills.count(chaos.PROCESSES) >= 20 and kills.count(chaos.DATABASE) >= 5
        assert verdict.acknowledged > 50, "too little load to say anything"
        site.run.nothing_left(20)
