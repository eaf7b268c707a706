"""Everything that holds sealed values, so that a change of keys forgets none of it.

Every model with a SealedField is found by itself. When its app is ready, a room registers what it keeps sealed
elsewhere: a column it seals with `cipher` itself (`register_column`), or something else (files on disk: `register`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, F, Func, Q, Value
from psycopg import sql

from jimin.core.secrets import cipher, once
from jimin.core.secrets.cipher import Unreadable
from jimin.core.secrets.fields import SealedField
from jimin.core.secrets.keys import KeyFault, ring
from jimin.core.secrets.limits import limits
from jimin.core.sets import update_rows

Counts = dict[str, dict[int, int]]  # what → key id → how many values


@dataclass(slots=True)
class Batch:
    """One step of a re-sealing: how many were moved, where it stopped ("" at the end), and what does not open."""

    done: int
    cursor: str
    bad: list[str] = field(default_factory=list)


class Holder(Protocol):
    """A kind of place that holds sealed values. `name` stays the same for ever: the progress is kept under it."""

    name: str

    @property
    def batch(self) -> int:
        """How many in one transaction, unless somebody says otherwise."""

    def counts(self) -> Counts:
        """How many values are under each key."""

    def reseal(self, cursor: str, size: int) -> Batch:
        """Move up to `size` values after `cursor` to the current key, in the caller's transaction."""

    def quiet(self) -> Any:
        """A context manager: nobody seals anything here until it ends or the transaction does."""

    def forget(self, key: int) -> None:
        """The key is being dropped: remove what only helped to find its values."""


_OTHERS: dict[str, Holder] = {}
_COLUMNS: dict[str, list[SealedColumn]] = {}  # model label → columns


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column whose room seals it with `cipher`; `place` says of a record what the value is bound to."""

    name: str
    place: Callable[[Any], dict[str, Any]]
    once: ClassVar[bool] = False

    @property
    def sealed(self) -> str:
        """The name of the column."""
        return self.name

    def columns(self) -> list[str]:
        """What a re-sealing writes."""
        return [self.name]

    def reseal(self, record: Any) -> None:
        """Seal the value as it is under the current key. Raises Unreadable, KeyFault."""
        place = self.place(record)
        setattr(record, self.name, cipher.seal(cipher.unseal(bytes(getattr(record, self.name)), **place), **place))


Part = SealedField | SealedColumn


def register_column(model: type[models.Model], column: str, place: Callable[[Any], dict[str, Any]]) -> None:
    """Tell of a BinaryField that a room seals with `cipher.seal(…, **place(record))`."""
    known = _COLUMNS.setdefault(model._meta.label, [])
    if any(c.name == column for c in known):
        raise ValueError(f"column {column!r} of {model._meta.label} is registered twice")
    known.append(SealedColumn(column, place))


def register(holder: Holder) -> None:
    """Add a place that is no SealedField. Two of one name are a programming error."""
    if _OTHERS.setdefault(holder.name, holder) is not holder:
        raise ValueError(f"holder {holder.name!r} is registered twice")


def all_holders() -> list[Holder]:
    """Every place that holds sealed values, the tables first."""
    tables = [ModelHolder(m, found) for m in apps.get_models() if (found := parts_of(m)) and not m._meta.proxy]
    return [*tables, *_OTHERS.values()]


def holder(name: str) -> Holder:
    """The holder of a name. Raises KeyError."""
    return {h.name: h for h in all_holders()}[name]


def parts_of(model: type[models.Model]) -> list[Part]:
    """What is sealed in a model: its SealedFields, inherited ones too, and its registered columns."""
    return [*sealed_fields(model), *_COLUMNS.get(model._meta.label, [])]


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    """The SealedFields of a model, its own and inherited."""
    found: dict[str, SealedField] = {}
    for cls in model.__mro__:
        for name, value in vars(cls).items():
            if isinstance(value, SealedField):
                found.setdefault(name, value)
    return list(found.values())


class ModelHolder:
    """All sealed fields of one table. Must be asked under a scope that sees the whole of it."""

    def __init__(self, model: type[models.Model], fields: Iterable[Part]) -> None:
        self.model, self.fields = model, list(fields)
        self.table = model._meta.db_table
        self.name = self.table
        self.batch = limits()["rows_per_batch"]

    def counts(self) -> Counts:
        """How many values of each field are under each key."""
        found: Counts = {}
        for each in self.fields:
            rows = self.model._base_manager.filter(**{f"{each.sealed}__isnull": False})
            keyed = rows.annotate(key_no=_key_of(each)).values_list("key_no").annotate(n=Count("pk")).order_by("key_no")
            found[f"{self.table}.{each.name}"] = dict(keyed)
        return found

    def reseal(self, cursor: str, size: int) -> Batch:
        """Look at the next `size` rows. One that somebody is changing is left for the next pass: nobody waits for nobody."""
        rows = self.model._base_manager.order_by("pk")
        ahead = rows.filter(pk__gt=cursor) if cursor else rows
        # The range first, so that each batch reads its own part of the key's index and no more.
        keys = list(ahead.values_list("pk", flat=True)[:size])
        if not keys:
            return Batch(0, "")
        behind = self._behind(rows.filter(pk__gte=keys[0], pk__lte=keys[-1]))
        found = list(behind.select_for_update(of=("self",), no_key=True, skip_locked=True))
        done, bad = 0, []
        for record in found:
            wrong = self._move(record)
            bad += wrong
            done += not wrong
        update_rows(found, self._columns())
        for each in self.fields:
            if each.once:
                once.hold_also(found, each)
        return Batch(done, "" if len(keys) < size else str(keys[-1]), bad)

    def _columns(self) -> list[str]:
        return [column for each in self.fields for column in each.columns()]

    def _behind(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        now, old = ring().current.id, Q()
        for each in self.fields:
            rows = rows.annotate(**{f"{each.name}_key": _key_of(each)})
            old |= Q(**{f"{each.name}_key__lt": now}) | Q(**{f"{each.name}_key__gt": now})  # NULL is neither
        return rows.filter(old)

    def _move(self, record: models.Model) -> list[str]:
        """Seal what is not under the current key again; returns the places that do not open."""
        bad, now = [], ring().current.id
        for each in self.fields:
            value = getattr(record, each.sealed)
            if value is None or cipher.key_id(bytes(value)) == now:
                continue
            try:
                each.reseal(record)
            except (Unreadable, KeyFault) as fault:
                bad.append(str(fault))
        return bad

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Waits for those who write the table now; new ones wait for the end of this transaction."""
        with connection.cursor() as database:
            database.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(self.table)))
        yield

    def forget(self, key: int) -> None:
        """Away with the marks under the key by which a number is found to be taken."""
        for each in self.fields:
            if each.once:
                once.let_go(each, self.table, key)


def _key_of(each: Part) -> Func:
    """The key id of a sealed column: its second byte."""
    return Func(F(each.sealed), Value(1), function="get_byte", output_field=models.IntegerField())
