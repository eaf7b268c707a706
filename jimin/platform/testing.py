"""The test database and the fixtures every room's tests share (loaded by the root conftest.py).

The owner migrates a template database once; its name is a hash of all migrations, third-party ones too,
so worktrees share a server without clashing. Each pytest process gets a clone and connects to it as
jimin_app, the role that owns nothing. A test that commits (transactional_db) gets a fresh clone behind it.

JIMIN_TEST_SERVER is a superuser's URL, e.g. postgresql://postgres@127.0.0.1:5432/postgres.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import inspect
import os
import secrets
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from jimin.core.secrets import keys
from jimin.platform import grants, roles

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]
KEYS = tempfile.TemporaryDirectory(prefix="jimin-test-keys-")  # away with the process


def pytest_configure() -> None:
    """Test settings, before Django is set up."""
    settings.SECRET_KEY = "tests-" + secrets.token_hex(16)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # cheap; only here
    settings.STATIC_ROOT = None  # nothing is collected; the finders serve
    settings.JIMIN_KEYS = str(Path(KEYS.name) / "keys.json")
    # Sealed under this run's keys, so of no use to the next one, and none of an installation's business.
    settings.FILES_ROOT = Path(KEYS.name) / "files"
    settings.JIMIN_LAKE, settings.JIMIN_LAKE_KEY = str(Path(KEYS.name) / "lake"), str(Path(KEYS.name) / "lake-key")
    keys.ensure_keys()


def server_url() -> str:
    """The superuser's URL of the test server, or a clear end of the run."""
    url = os.environ.get("JIMIN_TEST_SERVER", "")
    if not url:
        pytest.exit(
            "没有测试数据库：请用 make test，或设 JIMIN_TEST_SERVER=postgresql://超级用户@主机:端口/postgres", 2
        )
    return url


def _password(role: str) -> str:
    # The same in every worker and worktree of one server, so that none locks another out.
    return hashlib.sha256(f"{server_url()} {role}".encode()).hexdigest()[:32]


def _url(role: str, database: str) -> str:
    info = psycopg.conninfo.conninfo_to_dict(server_url())
    host = str(info.get("host") or "")
    port = info.get("port") or 5432
    return f"postgresql://{role}:{_password(role)}@:{port}/{database}?host={host.replace('/', '%2F')}"


def migrations_hash() -> str:
    """Names the template: every migration file, what our own migrations import, and the grants."""
    from django.db.migrations.loader import MigrationLoader

    digest = hashlib.sha256()
    files: set[str] = {grants.__file__, __file__}
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        module = sys.modules[type(migration).__module__]
        files.add(str(module.__file__))
        digest.update(f"{app}.{name}".encode())
        for value in vars(module).values():
            source = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", "")
            if isinstance(source, str) and source.startswith("jimin."):
                files.add(str(importlib.import_module(source).__file__))
    for file in sorted(files):
        digest.update(Path(file).read_bytes())
    digest.update(repr(sorted(grants.declared().items())).encode())
    return digest.hexdigest()[:12]


class TestDatabase:
    """A clone of the template for this process."""

    __test__ = False

    def __init__(self) -> None:
        self.template = f"jimin_tpl_{migrations_hash()}"
        worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
        self.name = f"jimin_test_{os.getpid()}_{worker}_{secrets.token_hex(3)}"
        self.server: Connection = psycopg.connect(server_url(), autocommit=True)

    def prepare(self) -> None:
        """Roles and template (once per server and set of migrations), then this process's clone."""
        self.server.execute("SELECT pg_advisory_lock(%s)", [roles.SETUP_LOCK])
        try:
            roles.ensure_roles(self.server, _password(grants.OWNER_ROLE), _password(grants.APP_ROLE))
            self._drop_abandoned()
            if not self._exists(self.template):
                self._build_template()
        finally:
            self.server.execute("SELECT pg_advisory_unlock(%s)", [roles.SETUP_LOCK])
        self.clone()
        self._point_django_at(grants.APP_ROLE, self.name)

    def clone(self) -> None:
        """A fresh copy of the template under this process's name."""
        from django.db import connections

        connections.close_all()
        self.drop()
        self.server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(self.name), sql.Identifier(grants.OWNER_ROLE), sql.Identifier(self.template)
            )
        )

    def drop(self) -> None:
        """Away with the clone, whoever still looks at it."""
        self.server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def superuser(self) -> Connection:
        """An autocommit connection to the clone that no policy holds back."""
        return psycopg.connect(make_conninfo(server_url(), dbname=self.name), autocommit=True)

    def url(self, role: str = grants.APP_ROLE) -> str:
        """The clone's URL for a child process."""
        return _url(role, self.name)

    def _exists(self, name: str) -> bool:
        return self.server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _build_template(self) -> None:
        from django.core.management import call_command

        building = f"{self.template}_building"
        self.server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building)))
        self.server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(building), sql.Identifier(grants.OWNER_ROLE)
            )
        )
        self._point_django_at(grants.OWNER_ROLE, building)
        call_command("migrate", verbosity=0, interactive=False)
        with psycopg.connect(_url(grants.OWNER_ROLE, building)) as owner:
            grants.apply(owner)
        self._point_django_at(grants.APP_ROLE, self.name)
        self.server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(self.template))
        )

    def _point_django_at(self, role: str, name: str) -> None:
        from django.db import connections

        from jimin.platform.settings import database

        connections.close_all()
        changed = database(_url(role, name))
        for known in (settings.DATABASES["default"], connections["default"].settings_dict):
            known.update({key: changed[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})

    def _drop_abandoned(self) -> None:
        """Clones of processes that are gone (this machine's: a test server is never shared between machines)."""
        rows = self.server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'jimin\\_test\\_%'").fetchall()
        for (name,) in rows:
            pid = str(name).split("_")[2]
            if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                self.server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def test_database(django_test_environment: None, django_db_blocker: Any) -> Iterator[TestDatabase]:
    """The clone of this process; dropped at the end."""
    with django_db_blocker.unblock():
        database = TestDatabase()
        database.prepare()
    yield database
    with django_db_blocker.unblock():
        from django.db import connections

        connections.close_all()
        database.drop()
        database.server.close()


@pytest.fixture(scope="session")
def django_db_setup(test_database: TestDatabase) -> Iterator[None]:
    """pytest-django's hook: our clone instead of its test_… database, and clean up by cloning again.

    Django would empty the tables with TRUNCATE, which jimin_app may not, and what migrations wrote would be lost.
    """
    from django.test import TransactionTestCase

    case: Any = TransactionTestCase  # the method is private, and the only place where Django empties tables
    original = case._fixture_teardown

    def clone_again(test: Any) -> None:
        test_database.clone()

    case._fixture_teardown = clone_again
    yield
    case._fixture_teardown = original


@pytest.fixture
def as_owner(transactional_db: None, test_database: TestDatabase) -> Iterator[Connection]:
    """A superuser's autocommit connection to the test database: to prepare, tamper with and look behind policies.

    It sees only what is committed, so the test runs on transactional_db and gets a fresh database after it.
    """
    with test_database.superuser() as connection:
        yield connection


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    """Every test begins in the product's first language and with no divisions in mind, whatever the one before left."""
    from django.utils import translation

    from jimin.core.divisions import api as divisions

    divisions.changed()
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


def in_a_loop_of_its_own(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. In another thread: a browser fixture leaves its own loop running in this one."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, coroutine).result()
