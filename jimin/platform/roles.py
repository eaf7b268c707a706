"""The two database roles: the owner that migrates, and the application's role that owns nothing."""

from __future__ import annotations

import psycopg
from psycopg import sql

from jimin.platform.grants import APP_ROLE, OWNER_ROLE

# One number for every process that sets up roles or templates on a server (any constant will do).
SETUP_LOCK = 0x6A696D696E


def ensure_role(server: psycopg.Connection[tuple[object, ...]], name: str, password: str) -> None:
    """Create role `name` (or bring it back to this shape) with LOGIN, the password and no special power."""
    exists = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
        sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(name), sql.Literal(password)
    )
    if not exists:
        statement += sql.SQL(" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT")
    server.execute(statement)


def ensure_roles(server: psycopg.Connection[tuple[object, ...]], owner_password: str, app_password: str) -> None:
    """Both roles, on a server where `server` is a superuser's connection."""
    ensure_role(server, OWNER_ROLE, owner_password)
    ensure_role(server, APP_ROLE, app_password)


def weakness(server: psycopg.Connection[tuple[object, ...]], role: str = APP_ROLE) -> str | None:
    """Why `role` would not be held by row-level security (Chinese), or None when it is a plain role."""
    row = server.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if row is None:
        return f"角色 {role} 不存在"
    if row[0] or row[1]:
        return f"角色 {role} 是超级用户或有 BYPASSRLS，行级权限对它不起作用"
    return None
