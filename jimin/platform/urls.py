"""Connection URLs: putting them together and changing parts of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from jimin.platform.errors import Refusal


def socket_url(folder: Path, role: str, password: str, database: str) -> str:
    """A URL for a server that listens on a socket in `folder`."""
    return to_url({"host": str(folder), "user": role, "password": password, "dbname": database})


def parts(url: str, name: str = "DATABASE_URL") -> dict[str, Any]:
    """The parts of a connection URL under libpq's names; a Refusal that names the variable when it is none."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise Refusal(f"{name} 不是 PostgreSQL 地址；应写成 postgresql://用户:密码@主机:端口/库名。")
    try:
        found = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError as error:
        raise Refusal(
            f"{name} 写错了（{str(error).strip()}）；应写成 postgresql://用户:密码@主机:端口/库名。"
        ) from error
    if not found.get("dbname"):
        raise Refusal(f"{name} 没有库名；应写成 postgresql://用户:密码@主机:端口/库名。")
    return found


def to_url(found: dict[str, Any]) -> str:
    """A URL from libpq's parts; the host goes into the query, so that a socket's folder is as good as a name."""
    user = quote(str(found.get("user") or ""), safe="")
    password = quote(str(found.get("password") or ""), safe="")
    rest = {k: v for k, v in found.items() if k not in ("user", "password", "dbname") and v not in (None, "")}
    login = f"{user}:{password}@" if password else f"{user}@"
    return f"postgresql://{login}/{quote(str(found['dbname']), safe='')}?{urlencode(rest)}"


def login(url: str, role: str, password: str) -> str:
    """The same server and database, as another role."""
    return to_url({**parts(url), "user": role, "password": password})
