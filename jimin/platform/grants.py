"""What the application's role may do with each table.

The application connects as a role that owns nothing (DESIGN.md, "Access"). After every migration the
owner hands it exactly this much: read, add and change; delete only where rows are scratch (sessions,
queue, lock-outs) or a model says `deletable = True`; add and read only where a model says
`append_only = True`. Row-level security is a second wall, set up by the migrations themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from django.apps import apps
from psycopg import sql

APP_ROLE = "jimin_app"
OWNER_ROLE = "jimin_owner"

READ = ("SELECT",)
APPEND = ("SELECT", "INSERT")
CHANGE = ("SELECT", "INSERT", "UPDATE")
SCRATCH = ("SELECT", "INSERT", "UPDATE", "DELETE")

# Tables of libraries: their rows are working state, not records.
SCRATCH_APPS = {"sessions", "axes", "procrastinate"}
# Written by migrations alone.
READ_ONLY_TABLES = {"jimin_setup", "django_migrations", "django_content_type", "auth_permission"}


def declared() -> dict[str, tuple[str, ...]]:
    """Table name → privileges, for every table whose model (or library) asks for other than the usual ones."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(READ_ONLY_TABLES, READ)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or model._meta.db_table in READ_ONLY_TABLES:
            continue
        # A link table of a many-to-many field follows the model that declares the field.
        source = model._meta.auto_created or model
        if getattr(source, "append_only", False):
            found[model._meta.db_table] = APPEND
        elif getattr(source, "deletable", False) or model._meta.app_label in SCRATCH_APPS:
            found[model._meta.db_table] = SCRATCH
    return found


def apply(owner: psycopg.Connection[tuple[object, ...]], role: str = APP_ROLE) -> None:
    """Give `role` its privileges on schema public; `owner` is a connection of the tables' owner. Repeatable."""
    with owner.transaction():
        for statement in _statements(owner, role):
            owner.execute(statement)


def _statements(owner: psycopg.Connection[tuple[object, ...]], role: str) -> Iterator[sql.SQL | sql.Composed]:
    grantee = sql.Identifier(role)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(grantee)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(grantee)
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}").format(grantee)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(grantee)
    special = declared()
    tables = owner.execute(
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r','p','v','m')"
    ).fetchall()
    for name, kind in tables:
        privileges = READ if kind in ("v", "m") else special.get(str(name), CHANGE)
        yield sql.SQL("GRANT {} ON {} TO {}").format(
            sql.SQL(", ").join(map(sql.SQL, privileges)), sql.Identifier("public", str(name)), grantee
        )
