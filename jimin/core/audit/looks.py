"""What is no change and still stands in the trail: searches of people, opened records and files, exports,
attempts that were refused, signing in and out. The rows are written, sealed and anchored like all the others.

A page that looks for people, or opens one:

    FOUND = declare("parties.search", lazy("查找人员"), Sort.LOOK)          # once, at the top of the room's module
    …
    looked(actor, FOUND, sought={"name": "王桂兰", "id": "2201…"}, shown=people_on_the_page, found=12)
    looked(actor, OPENED, shown=[person], reason="核对低保申请")            # one record's page was opened

Call it in the request's transaction, after the question was asked and before the answer is shown; it needs no
more. Typed text never stands in the trail in clear: `sought` is masked here, by its name ("id", "phone", "bank",
"name"; anything else as a name), with a piece of its token, so that an auditor can tell that the same person was
looked for twice, and match it with the person's own rows. `conditions` (a county, a status) stand as they are:
give it nothing that names a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jimin.core.access.scope import Actor
from jimin.core.audit.trail import Change, Who, write
from jimin.core.secrets import cipher, numbers

Text = str | Promise


class Sort(models.TextChoices):
    """The sorts of rows by which an auditor picks."""

    CHANGE = "change", _("办理")
    LOOK = "look", _("查找与查看")
    REVEAL = "reveal", _("查看完整号码")
    EXPORT = "export", _("导出与下载")
    REFUSED = "refused", _("被拒绝的尝试")
    SESSION = "session", _("登录与退出")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row: the action's dotted name, its title, its sort."""

    name: str
    title: Text
    sort: str


KINDS: dict[str, Kind] = {}


def declare(name: str, title: Text, sort: str = Sort.CHANGE) -> Kind:
    """Name a kind of row for the auditor's page. Actions do so by themselves; the same name twice must be the same."""
    kind = Kind(name, title, sort)
    if KINDS.setdefault(name, kind).sort != sort:
        raise ValueError(f"{name!r} is declared twice with another sort")
    return kind


REFUSED = declare("access.refused", _("被拒绝的尝试"), Sort.REFUSED)
declare("pack.load", _("载入资料包"))  # the installer's, before there is anybody to act


def looked(
    actor: Actor,
    kind: Kind,
    *,
    shown: Iterable[models.Model] = (),
    also: Iterable[models.Model] = (),
    sought: Mapping[str, str] | None = None,
    conditions: Mapping[str, str] | None = None,
    found: int | None = None,
    reason: str = "",
) -> None:
    """Put on record that somebody looked for people, or at a record.

    Args: shown, the records the page shows (their keys are kept, so that one can ask who saw a person); sought, what was
    typed, by the name of its kind ("name", "id", "phone", "bank"), empty values are left out; conditions, further
    conditions that name nobody; found, how many there are in all (default: those shown); reason, why, if it was asked.
    One row a call: about the record when exactly one is shown. `also` are people whom a record's page names beside it.
    """
    records = list(shown)
    after: dict[str, Any] = {"found": len(records) if found is None else found}
    traces = {name: trace_of(name, text) for name, text in (sought or {}).items() if text.strip()}
    if traces:
        after["sought"] = traces
    if conditions:
        after["conditions"] = dict(conditions)
    if len(records) == 1:
        named = sorted({str(r.pk) for r in also})
        change = Change.to(records[0], {}, after | ({"shown": named} if named else {}), reason)
    else:
        kinds = {r._meta.label_lower for r in records}
        after |= {"shown": sorted(str(r.pk) for r in records)} if records else {}
        change = Change(kinds.pop() if len(kinds) == 1 else "", "", {}, after, reason)
    write(actor, kind.name, [change])


def trace_of(name: str, text: str) -> str:
    """What the trail may hold of a typed text: a mask, and a mark by which two different texts differ."""
    text = text.strip()
    kind = numbers.KINDS.get(name)
    if kind is not None:
        try:
            number = kind.normalise(text)
        except numbers.BadNumber:  # mistyped, and perhaps one digit from a real one
            return _marked("trace", numbers.plain(text), numbers.mask(numbers.plain(text), kind.head, 0))
        return _marked(kind.code, number, kind.mask(number))
    digits = sum(c.isdigit() for c in text)
    shown = numbers.mask(text, 3, 2) if digits >= 5 else numbers.mask_name(text[:20])
    return _marked("trace", text, shown)


def _marked(kind: str, value: str, shown: str) -> str:
    return f"{shown}#{cipher.token(kind, value).partition('.')[2][:8]}"


# -- refusals ------------------------------------------------------------------------------------
_kept: ContextVar[list[tuple[Who, Change]] | None] = ContextVar("refused", default=None)


def refused(actor: Actor, what: str, refusal: Any, about: Iterable[UUID] = ()) -> None:
    """Put on record that somebody tried what is not theirs: an action, a page or a register by its permission's name.

    `refusal` is the ActionError to be raised; it is on record once, however far it travels. What was typed is not kept,
    only the keys it named. Inside a request the row is written after the request's own transaction, which a refusal
    takes back (`keeping_refusals`).
    """
    if refusal.on_record:
        return
    refusal.on_record = True
    keys = sorted(str(key) for key in about)
    after: dict[str, Any] = {"refused": type(refusal).__name__.lower()}
    change = Change(what, keys[0] if len(keys) == 1 else "", {}, after | ({"shown": keys} if len(keys) > 1 else {}))
    held = _kept.get()
    if held is None:
        write(actor, REFUSED.name, [change])
    else:
        held.append((Who.of(actor), change))


@contextmanager
def keeping_refusals() -> Iterator[None]:
    """What is refused in the block is written at its end, outside the block's transaction. Enter it outside of one."""
    held: list[tuple[Who, Change]] = []
    token = _kept.set(held)
    try:
        yield
    finally:
        _kept.reset(token)
        for who, change in held:
            write(who, REFUSED.name, [change])
