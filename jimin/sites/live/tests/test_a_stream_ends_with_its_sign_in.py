"""A stream outlives a sign-in by minutes at most: it ends by itself, and the next one needs a token."""

import asyncio
import time

from jimin.core.access.scope import Scope
from jimin.core.registers.tests.conftest import cast  # noqa: F401
from jimin.platform.testing import in_a_loop_of_its_own
from jimin.sites.live import asgi
from jimin.sites.live.hub import Stream


def test_a_stream_is_closed_when_it_is_as_old_as_it_may_get(monkeypatch):
    monkeypatch.setattr(asgi, "LONGEST", 0.3)
    sent = []

    async def never():
        await asyncio.Event().wait()

    async def keep(message):
        sent.append(message)

    async def serve():
        application = asgi.Application()
        await asyncio.wait_for(application._serve(Stream(Scope("province")), never, keep), timeout=5)

    began = time.monotonic()
    in_a_loop_of_its_own(serve())
    assert 0.25 < time.monotonic() - began < 4
    assert sent[-1]["more_body"] is False


def test_who_has_signed_out_gets_no_token_for_the_next_stream(client, cast):  # noqa: F811
    client.force_login(cast.county.account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/console/live-token/").status_code == 200
    client.post("/console/signout/")
    assert client.get("/console/live-token/").status_code == 403
