"""A number that only one record may hold, also while two keys are in use (see models.HeldNumber).

Whoever takes a number writes its token under every key of the ring; whoever took it before wrote at least the
one under the key of that time, which is still in the ring as long as any value is under it. So the two always
meet in one unique index, whichever keys they knew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from jimin.core.secrets import cipher
from jimin.core.secrets.models import HeldNumber


def hold(record: models.Model, *fields: Any) -> None:
    """Take the numbers in these SealedFields for a saved record, and let go of what it held before.

    Raises IntegrityError (TAKEN in its text) when another record holds one.
    """
    for field in fields:
        value = getattr(record, field.name)
        wanted = set(cipher.tokens(field.kind.code, value.reveal())) if value else set()
        mine = HeldNumber.objects.filter(place=place_of(record, field), record=str(record.pk))
        held = set(mine.values_list("token", flat=True))
        if gone := held - wanted:
            mine.filter(token__in=gone).delete()
        # In one order for everybody, so that two who want the same numbers do not wait for each other.
        fresh = sorted(wanted - held)
        HeldNumber.objects.bulk_create(_mark(token, record, field) for token in fresh)


def hold_also(records: Iterable[models.Model], field: Any) -> None:
    """Add the present tokens of re-sealed records; those under older keys stay until their key is dropped."""
    marks = [_mark(value.token, record, field) for record in records if (value := getattr(record, field.name))]
    HeldNumber.objects.bulk_create(marks, ignore_conflicts=True)


def let_go(field: Any, table: str, key: int) -> None:
    """Forget the marks under a key that is being dropped."""
    place = f"{table}.{field.name}"
    HeldNumber.objects.filter(place=place, token__startswith=f"{field.kind.code}{key}.").delete()


TAKEN = "secrets_heldnumber_pkey"


def place_of(record: models.Model, field: Any) -> str:
    """Where a number is unique: the table and the field."""
    return f"{record._meta.db_table}.{field.name}"


def _mark(token: str, record: models.Model, field: Any) -> HeldNumber:
    return HeldNumber(token=token, place=place_of(record, field), record=str(record.pk))
