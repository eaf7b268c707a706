"""Write many rows by one set statement.

Django's bulk_update builds a CASE for each field and row and takes seconds for a few hundred rows; the same
change as UPDATE … FROM unnest(…) takes milliseconds (findings/platform §4: bulk steps are plain set statements).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.models.fields.related import ForeignKey
from psycopg import sql


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Store the named fields of already saved rows of one model, found by their keys."""
    if not rows:
        return
    model = type(rows[0])
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    key: Any = model._meta.pk
    arrays = [[_plain(key, row) for row in rows], *([_plain(c, row) for row in rows] for c in columns)]
    casts = [key.db_type(connection), *(c.db_type(connection) for c in columns)]
    statement = sql.SQL("UPDATE {table} t SET {sets} FROM unnest({arrays}) AS v({names}) WHERE t.{key} = v.k").format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(
            sql.SQL("{} = v.{}").format(sql.Identifier(c.column), sql.Identifier(f"f{i}"))
            for i, c in enumerate(columns)
        ),
        arrays=sql.SQL(", ").join(sql.SQL("%s::{}[]").format(sql.SQL(str(cast))) for cast in casts),
        names=sql.SQL(", ").join(map(sql.Identifier, ["k", *(f"f{i}" for i in range(len(columns)))])),
        key=sql.Identifier(key.column),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays)


def _plain(field: Any, row: models.Model) -> object:
    """The value as the driver takes it in an array."""
    value = getattr(row, field.attname)
    target = field.target_field if isinstance(field, ForeignKey) else field
    return target.get_db_prep_value(value, connection, prepared=False)
