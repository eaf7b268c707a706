"""The database behind an installation: the embedded server's, or the one DATABASE_URL names.

Either way there are two logins: an owner that migrates, and jimin_app that owns nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from jimin.platform import roles
from jimin.platform.embedded import Embedded
from jimin.platform.errors import Refusal
from jimin.platform.grants import APP_ROLE, OWNER_ROLE
from jimin.platform.secretfile import SecretFile
from jimin.platform.urls import login, parts

OLDEST = 15  # the first version whose schema public is closed to everyone by default
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Logins:
    """Two URLs of one database."""

    owner: str
    app: str


DEMO, REAL = "jimin_demo", "jimin"


def drop_demo(server: Embedded) -> None:
    """Away with the demo's database, so that it is made anew. Real work lies in another one and is not touched."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DEMO)))


def embedded(server: Embedded, secrets: SecretFile, demo: bool) -> Logins:
    """Roles and database on the embedded server; demo and real work never share a database."""
    name = DEMO if demo else REAL
    owner_password, app_password = secrets.get_or_create(OWNER_ROLE), secrets.get_or_create(APP_ROLE)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        roles.ensure_roles(connection, owner_password, app_password)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                )
            )
        # Each time: a start that was killed right after it made the database left it open to every role.
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(APP_ROLE)
            )
        )
        for other in ("postgres", "template1"):  # open to everybody by default; only the launcher needs them
            connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(other)))
    return Logins(server.url(OWNER_ROLE, owner_password, name), server.url(APP_ROLE, app_password, name))


def given(url: str, secrets: SecretFile) -> Logins:
    """The database of DATABASE_URL, checked; jimin_app is created there unless JIMIN_APP_DATABASE_URL names a login."""
    with connect(url, "DATABASE_URL") as owner:
        _check_server(owner)
        chosen = os.environ.get("JIMIN_APP_DATABASE_URL")
        if chosen:
            with connect(chosen, "JIMIN_APP_DATABASE_URL") as app:
                _check_app(app, owner)
            return Logins(url, chosen)
        password = secrets.get_or_create(f"{APP_ROLE}@{parts(url).get('host', '')}/{parts(url)['dbname']}")
        app_url = login(url, APP_ROLE, password)
        _create_app(owner, app_url, password)
        database = sql.Identifier(str(parts(url)["dbname"]))
        owner.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(APP_ROLE))
        )
    with connect(app_url, "jimin_app") as app:
        _check_app(app, None)
    return Logins(url, app_url)


def connect(url: str, name: str) -> Connection:
    """Connect, or say in one line which part of the URL is wrong."""
    where = parts(url, name)
    place = f"{where.get('host') or '本机'}:{where.get('port') or 5432}"
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
    if "does not exist" in said and "database" in said:
        raise Refusal(
            f"{name}：{place} 上没有库 {where['dbname']}。请先建库：createdb -h … {where['dbname']}（编码 UTF8）。"
        )
    if "authentication failed" in said or "no password supplied" in said or "role" in said and "does not exist" in said:
        raise Refusal(
            f"{name}：{place} 不接受用户 {where.get('user')} 的口令。请核对用户名和口令（特殊字符要写成 %XX）。"
        )
    if "pg_hba.conf" in said:
        raise Refusal(
            f"{name}：{place} 不许用户 {where.get('user')} 从这里连接库 {where['dbname']}，请管理员改 pg_hba.conf。"
        )
    raise Refusal(f"{name}：连不上 {place}（{said[-160:]}）。请确认服务器已启动、地址和端口正确。")


def _check_server(owner: Connection) -> None:
    version = owner.info.server_version // 10000
    if version < OLDEST:
        raise Refusal(f"DATABASE_URL：服务器是 PostgreSQL {version}，需要 {OLDEST} 或更新。")
    row = owner.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
    encoding = (row.fetchone() or ("?",))[0]
    if encoding != "UTF8":
        raise Refusal(f"DATABASE_URL：库的编码是 {encoding}，需要 UTF8。请重新建库：createdb -E UTF8 -T template0 …")
    row = owner.execute("SELECT has_schema_privilege('public', 'CREATE')")
    if row.fetchone() != (True,):
        raise Refusal(
            "DATABASE_URL：这个用户不能在 schema public 建表。请用库的属主登录，或让管理员 GRANT CREATE ON SCHEMA public。"
        )


def _create_app(owner: Connection, app_url: str, password: str) -> None:
    exists = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone()
    if exists:
        try:
            psycopg.connect(app_url, connect_timeout=10).close()
        except psycopg.OperationalError as error:
            raise Refusal(
                f"服务器上已有角色 {APP_ROLE}，但口令不是本目录生成的那个（别的安装在用？）。"
                f"请设 JIMIN_APP_DATABASE_URL=postgresql://角色:口令@主机/库名；该角色不要拥有任何表。"
            ) from error
        return
    row = owner.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row != (True,):
        raise Refusal(
            f"DATABASE_URL 的用户没有 CREATEROLE，建不了应用角色 {APP_ROLE}。请让管理员 ALTER ROLE … CREATEROLE，"
            f"或自己建一个普通角色并设 JIMIN_APP_DATABASE_URL。"
        )
    roles.ensure_role(owner, APP_ROLE, password)


def _check_app(app: Connection, owner: Connection | None) -> None:
    user = app.info.user
    weak = roles.weakness(app, user)
    if weak is None and owner is not None and owner.info.user == user:
        weak = f"角色 {user} 就是库的属主"
    if weak:
        raise Refusal(f"应用不能用这个登录：{weak}。请用一个不拥有任何表的普通角色。")
