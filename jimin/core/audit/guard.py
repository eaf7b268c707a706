"""Make a table append-only for everyone, its owner included: a trigger beside the missing grants."""

from __future__ import annotations

from django.db.migrations import RunSQL

FUNCTION = RunSQL(
    """
    CREATE FUNCTION jimin_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    "DROP FUNCTION jimin_append_only()",
)


def append_only_sql(table: str) -> RunSQL:
    """The migration step that refuses UPDATE, DELETE and TRUNCATE of `table` (after `FUNCTION`)."""
    return RunSQL(
        f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION jimin_append_only()",
        f'DROP TRIGGER append_only ON "{table}"',
    )
