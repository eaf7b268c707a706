"""The one clock: which business day it is, and what time it really is.

Law counts *dates* in Asia/Shanghai. Sessions, audit and the queue use real time (`now`). The
demo has a business day of its own (setting JIMIN_BUSINESS_DAY); batch runs and the demo's own
history set one for a block with `on_day`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
_day: ContextVar[date | None] = ContextVar("business_day", default=None)


def now() -> datetime:
    """The real time, aware, in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def business_day() -> date:
    """The day the office stands on: the block's (`on_day`), else the setting, else today in Shanghai."""
    return _day.get() or settings.JIMIN_BUSINESS_DAY or now().date()


def is_demo() -> bool:
    """Whether every page has to say 演示."""
    return bool(settings.JIMIN_DEMO)


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """Let the block run on `day` (a month's own run day; the demo's history)."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)
