"""Pages that many people look at, reckoned once until something changes. Each process keeps its own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from django.utils.translation import get_language

from jimin.core import clock
from jimin.core.audit.stamp import stamp

T = TypeVar("T")
ROOM = 64  # how many are kept; the one that was not asked for longest goes first

_kept: OrderedDict[Hashable, object] = OrderedDict()
_making: dict[Hashable, Lock] = {}
_lock = Lock()


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` returns, kept under `key` as long as no action was carried out, in this language and on this day.

    `key` has to name everything else that `make` depends on. Whatever is kept is shared by all who ask for the same
    key, so it must not hold anything of one person.
    """
    now = stamp()
    if now is None:
        return make()
    whole = (key, now, get_language(), clock.business_day())
    with _lock:
        if whole in _kept:
            _kept.move_to_end(whole)
            return cast(T, _kept[whole])
        mine = _making.setdefault(whole, Lock())
    with mine:  # of those who ask at the same moment one reckons, the others wait for it
        with _lock:
            if whole in _kept:
                return cast(T, _kept[whole])
        try:
            made = make()
        finally:
            with _lock:
                _making.pop(whole, None)
        with _lock:
            _kept[whole] = made
            while len(_kept) > ROOM:
                _kept.popitem(last=False)
    return made


def forget() -> None:
    """Keep nothing: for tests and for what changes records without an action."""
    with _lock:
        _kept.clear()
