"""`jimin worker` and `jimin events status | retry`."""

from __future__ import annotations

import argparse
from typing import Any

CLOCK_JUMP = 60.0  # seconds; less is what time servers correct
STOP_WITHIN = 5.0  # seconds for the event at hand when the worker is told to stop


def register(subparsers: Any) -> None:
    """Add the commands."""
    worker = subparsers.add_parser("worker", help="后台任务：送达事件、定时任务、每日任务（由 run 启动）")
    worker.add_argument("--concurrency", type=int, default=2, metavar="N", help="同时执行几个任务（默认 2）")
    worker.set_defaults(run=run_worker)
    parser = subparsers.add_parser("events", help="事件送达的情况；重新送达死信")
    verbs = parser.add_subparsers(required=True, metavar="status|retry")
    verbs.add_parser("status", help="等待的与停下的；有死信时退出码 1").set_defaults(run=run_status)
    again = verbs.add_parser("retry", help="重新送达死信")
    again.add_argument("ids", type=int, nargs="*", metavar="编号", help="事件编号；不写就是全部死信")
    again.set_defaults(run=run_retry)


def run_worker(arguments: argparse.Namespace) -> int:
    """Deliver events and run jobs until SIGTERM or Ctrl-C."""
    import asyncio
    import signal

    from procrastinate.contrib.django import app

    from jimin.core.events.delivery import Deliverer

    # Until the job runner listens to signals itself, a stop is an orderly end all the same.
    signal.signal(signal.SIGTERM, _end)
    deliverer = Deliverer()
    deliverer.start()
    jobs = app.replace_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    try:
        with jobs as working:
            asyncio.run(_jobs(working, arguments.concurrency))
    finally:
        deliverer.stop(STOP_WITHIN)
    return 0


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)


async def _jobs(app: Any, concurrency: int) -> None:
    import asyncio

    async with app.open_async():
        watch = asyncio.create_task(watch_the_clock())
        await app.run_worker_async(concurrency=concurrency, shutdown_graceful_timeout=STOP_WITHIN)
        watch.cancel()


async def watch_the_clock(every: float = 5.0) -> None:
    """End the worker when the clock is set by more than CLOCK_JUMP; whoever runs it starts it afresh.

    The job runner remembers until when it has started its periodic jobs. A clock that ran ahead and was put right would
    leave it waiting for that hour, and nothing would be sealed until then.
    """
    import asyncio
    import logging
    import os
    import signal
    import time

    ahead = time.time() - time.monotonic()
    while True:
        await asyncio.sleep(every)
        jump = time.time() - time.monotonic() - ahead
        if abs(jump) > CLOCK_JUMP:
            logging.getLogger("jimin.events").warning("the clock jumped by %.0f s: the worker starts afresh", jump)
            os.kill(os.getpid(), signal.SIGTERM)
            return


def run_status(arguments: argparse.Namespace) -> int:
    """Say how delivery stands."""
    from jimin.core.events.status import lines

    said = lines()
    print("\n".join(said))
    return 1 if len(said) > 1 else 0


def run_retry(arguments: argparse.Namespace) -> int:
    """Take set-aside events up again."""
    from jimin.core.events.delivery import retry

    print(f"重新送达 {retry(arguments.ids)} 件。")
    return 0
