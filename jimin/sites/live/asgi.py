"""The live process: `GET /live/?token=…` is a stream of server-sent events. Pure ASGI, no page, no session.

Served by granian with `--workers-kill-timeout` (findings/platform: without it open streams hang the stop).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from psycopg.conninfo import make_conninfo  # noqa: E402

from jimin.core.access import limits  # noqa: E402
from jimin.sites.live import tokens  # noqa: E402
from jimin.sites.live.hub import RESET, Hub, Stream  # noqa: E402

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

RETRY_MS = 3000
HEARTBEAT = 15.0
LONGEST = float(limits.seconds("stream"))  # seconds that one stream may last
ALWAYS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
PLAIN = [(b"content-type", b"text/plain; charset=utf-8"), *ALWAYS]
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    *ALWAYS,
    (b"x-accel-buffering", b"no"),  # a proxy must not collect what it should pass on
]


def conninfo() -> str:
    """Django's own database, for psycopg."""
    given = connection.get_connection_params()
    kept = {k: v for k, v in given.items() if k not in ("cursor_factory", "context", "prepare_threshold", "autocommit")}
    return make_conninfo(**kept)


class Application:
    """The ASGI application, with one hub a process."""

    def __init__(self) -> None:
        self.hub: Hub | None = None
        self.listener: asyncio.Task[None] | None = None
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._listen()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _listen(self) -> Hub:
        """The hub, listening; started here too when a server runs no lifespan."""
        if self.hub is None:
            self.hub = Hub(conninfo())
            self.listener = asyncio.create_task(self.hub.run())
        return self.hub

    async def close(self) -> None:
        """End every stream and the LISTEN."""
        self.stopping.set()
        if self.listener is not None:
            self.listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.listener

    async def _http(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/")
        if path in ("/healthz", "/readyz"):
            ready = path == "/healthz" or self._listen().ready
            await _say(send, 200 if ready else 503, "ok\n" if ready else "not ready\n")
        elif path != "/live":
            await _say(send, 200 if path == "" else 404, "实时消息。" if path == "" else "这里只有 /live/。")
        elif scope["method"] != "GET":
            await _say(send, 405, "只支持 GET。", [(b"allow", b"GET")])
        else:
            await self._open(scope, receive, send)

    async def _open(self, scope: Message, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            holder = tokens.read(query.get("token", [""])[0])
        except tokens.BadToken:
            await _say(send, 403, "凭证无效或已过期，请刷新网页。")
            return
        origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
        if origin and origin != holder.origin:
            await _say(send, 403, "这个网页来源不能接收实时消息。")
            return
        cors = [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")] if origin else []
        hub = self._listen()
        if not hub.ready:
            text = "数据库暂时连不上，实时消息稍后恢复；网页可以照常刷新。"
            await _say(send, 503, text, [(b"retry-after", b"3"), *cors])
            return
        with hub.stream(holder.scope) as stream:
            await send({"type": "http.response.start", "status": 200, "headers": [*STREAM, *cors]})
            await self._serve(stream, receive, send)

    async def _serve(self, stream: Stream, receive: Receive, send: Send) -> None:
        """Pass events on until the browser goes, the server stops, or the stream is as old as it may get.

        A stream knows nothing of the session it came from. So it ends after a while, and the next one needs a token,
        which a sign-in that has ended does not get.
        """
        await _write(send, f"retry: {RETRY_MS}\n\n")
        until = asyncio.get_running_loop().time() + LONGEST
        gone = asyncio.create_task(_gone(receive))
        stopping = asyncio.create_task(self.stopping.wait())
        try:
            while True:
                event = asyncio.create_task(stream.queue.get())
                left = until - asyncio.get_running_loop().time()
                done, _ = await asyncio.wait(
                    {gone, stopping, event}, timeout=max(0.0, min(HEARTBEAT, left)), return_when=asyncio.FIRST_COMPLETED
                )
                if gone in done or stopping in done or left <= 0:
                    event.cancel()
                    break
                if event in done:
                    await _write(send, _event(event.result()))
                else:
                    event.cancel()
                    await _write(send, ": 在线\n\n")
        finally:
            gone.cancel()
            stopping.cancel()
        with contextlib.suppress(Exception):  # the browser may be gone already: nobody is left to be told
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _event(text: str) -> str:
    # No topic means every topic: something may have been missed.
    return 'data: {"topic": ""}\n\n' if text == RESET else f"data: {text}\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _say(send: Send, status: int, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*PLAIN, *headers]})
    await send({"type": "http.response.body", "body": text.encode()})


application = Application()
