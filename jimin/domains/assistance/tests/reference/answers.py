"""Three answers in plain Python: a value, or Unknown with the names of what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: A fact of a member (name, number), of the household (name, None), or a parameter ("law.…", None).
Name = tuple[str, int | None]


@dataclass(frozen=True)
class Unknown:
    """Not known, because these are missing."""

    missing: frozenset[Name]

    def __bool__(self) -> bool:
        raise TypeError("不知道既不是“是”也不是“否”")


def _of(answers: tuple[Any, ...]) -> Unknown | None:
    unknown = [a.missing for a in answers if isinstance(a, Unknown)]
    return Unknown(frozenset().union(*unknown)) if unknown else None


def work_out(how: Callable[..., Any], *given: Any) -> Any:
    """A value that needs every one of these."""
    unknown = _of(given)
    return how(*given) if unknown is None else unknown


def every(*conditions: Any) -> Any:
    """One no is a no, whatever else is unknown."""
    return _decided(conditions, by=False)


def either(*conditions: Any) -> Any:
    """One yes is a yes, whatever else is unknown."""
    return _decided(conditions, by=True)


def _decided(conditions: tuple[Any, ...], by: bool) -> Any:
    if any(c is by for c in conditions):
        return by
    unknown = _of(conditions)
    return (not by) if unknown is None else unknown


def opposite(condition: Any) -> Any:
    """Not."""
    return condition if isinstance(condition, Unknown) else not condition


def pick(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    """One or the other; the one that is not asked for is not read."""
    if isinstance(condition, Unknown):
        return condition
    return then() if condition else otherwise()


def same(given: Any, *texts: Any) -> Any:
    """Is it one of these?"""
    return work_out(lambda x: x in texts, given)


def below(amount: Any, line: Any) -> Any:
    """低于: strictly."""
    return work_out(lambda a, b: a < b, amount, line)


def within(amount: Any, limit: Any) -> Any:
    """不超过: the limit itself is allowed. Nothing at all is within any limit."""
    return True if not isinstance(amount, Unknown) and amount == 0 else work_out(lambda a, b: a <= b, amount, limit)


def at_least(number: Any, line: Any) -> Any:
    """以上（含本数）."""
    return work_out(lambda a, b: a >= b, number, line)


def add(*amounts: Any) -> Any:
    """The sum, once all are known."""
    return work_out(lambda *known: sum(known), *amounts)


def capped(amount: Any, limit: Callable[[], Any]) -> Any:
    """扣减，不超过: nothing to deduct needs no limit."""
    if not isinstance(amount, Unknown) and amount == 0:
        return 0
    return work_out(min, amount, limit())
