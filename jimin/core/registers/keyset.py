"""Pages by position instead of number: rows after (or before) the last one seen, in a stable order.

An order is a list of fields, each up or down, that ends in the key. Empty values come last in either
direction. A nullable field that is listed downwards needs an index made so (`F("x").desc(nulls_last=True)`).
A position is the order's values of one row, signed, so that only positions we gave out are taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import GreaterThan, LessThan

M = TypeVar("M", bound=models.Model)
SALT = "jimin.registers.position"


class BadPosition(Exception):
    """The position is not one we gave out for this order."""


@dataclass(frozen=True, slots=True)
class Key:
    """One field of an order."""

    path: str  # "unit__rank"
    field: models.Field[Any, Any]
    down: bool
    nullable: bool

    def ordering(self, backwards: bool) -> Any:
        """For order_by; NULL stands last going forwards, first going backwards."""
        down = self.down != backwards
        if not self.nullable:
            return F(self.path).desc() if down else F(self.path).asc()
        if backwards:
            return F(self.path).desc(nulls_first=True) if down else F(self.path).asc(nulls_first=True)
        return F(self.path).desc(nulls_last=True) if down else F(self.path).asc(nulls_last=True)

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def beyond(self, value: Any, backwards: bool) -> Q | None:
        """Strictly further on than a value; None: nothing is."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else None
        further = Q(**{f"{self.path}__{'lt' if self.down != backwards else 'gt'}": value})
        return further | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backwards else further


@dataclass(frozen=True, slots=True)
class Order:
    """The whole order of a list."""

    keys: tuple[Key, ...]

    @classmethod
    def of(cls, rows: models.QuerySet[M], names: Iterable[str]) -> Order:
        """The order of ("-due_on", "id") over a queryset; the key is added when the names do not end in it."""
        keys: list[Key] = []
        for name in (*names, "pk"):
            path = name.lstrip("-")
            field, nullable = _field(rows, path)
            if all(k.field is not field or k.path != path for k in keys):
                keys.append(Key(path, field, name.startswith("-"), nullable))
            if field.primary_key and "__" not in path:
                return cls(tuple(keys))
        raise AssertionError("an order ends in the key")

    def sorted(self, rows: models.QuerySet[M], backwards: bool = False) -> models.QuerySet[M]:
        """The rows in this order."""
        return rows.order_by(*(k.ordering(backwards) for k in self.keys))

    def beyond(self, rows: models.QuerySet[M], values: Sequence[Any], backwards: bool) -> models.QuerySet[M]:
        """The rows strictly after a position (before it when backwards)."""
        if len({k.down for k in self.keys}) == 1 and not any(k.nullable for k in self.keys):
            return rows.filter(self._as_row(values, backwards))
        found = Q(pk__in=[])
        equal = Q()
        for key, value in zip(self.keys, values, strict=True):
            further = key.beyond(value, backwards)
            if further is not None:
                found |= equal & further
            equal &= key.same(value)
        # The first field's own bound lets an index start at the position.
        bound = self._bound(values[0], backwards)
        return rows.filter(bound & found) if bound else rows.filter(found)

    def _as_row(self, values: Sequence[Any], backwards: bool) -> Any:
        compare = LessThan if self.keys[0].down != backwards else GreaterThan
        fields = [F(k.path) for k in self.keys]
        literals = [Value(v, output_field=k.field) for k, v in zip(self.keys, values, strict=True)]
        kind = models.BooleanField()  # a row has no field type of its own; none is used
        return compare(
            Func(*fields, function="ROW", output_field=kind), Func(*literals, function="ROW", output_field=kind)
        )

    def _bound(self, value: Any, backwards: bool) -> Q | None:
        first = self.keys[0]
        if value is None or (first.nullable and not backwards):
            return None
        return Q(**{f"{first.path}__{'lte' if first.down != backwards else 'gte'}": value})

    # -- positions ---------------------------------------------------------------------------
    @property
    def mark(self) -> str:
        return ",".join(f"{'-' if k.down else ''}{k.path}" for k in self.keys)

    def position(self, name: str, record: models.Model) -> str:
        """Where a record stands, as an opaque text good for this list and order alone."""
        values = [_value(record, k) for k in self.keys]
        return signing.dumps([self.mark, *values], salt=f"{SALT}.{name}", compress=True)

    def read(self, name: str, position: str) -> list[Any]:
        """The values of a position. Raises BadPosition."""
        try:
            mark, *texts = signing.loads(position, salt=f"{SALT}.{name}")
            if mark != self.mark:
                raise BadPosition
            return [None if t is None else k.field.to_python(t) for k, t in zip(self.keys, texts, strict=True)]
        except (signing.BadSignature, ValidationError, ValueError, TypeError):
            raise BadPosition from None


def _value(record: Any, key: Key) -> Any:
    for step in key.path.split("__"):
        record = None if record is None else getattr(record, step)
    return record if record is None or isinstance(record, (bool, int)) else str(record)


def _field(rows: models.QuerySet[M], path: str) -> tuple[models.Field[Any, Any], bool]:
    """The field at a path, and whether it can be empty on the way. A programming error raises at once."""
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field, True
    model: Any = rows.model
    nullable = False
    for step in path.split("__"):
        if model is None:
            raise FieldDoesNotExist(f"{rows.model.__name__} has no field at {path!r}")
        field = model._meta.pk if step == "pk" else model._meta.get_field(step)
        nullable = nullable or field.null
        model = field.related_model if field.is_relation else None
    return field, nullable
