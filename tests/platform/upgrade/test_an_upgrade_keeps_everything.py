"""The last release's database, migrated by the present code: nothing is lost, and the result is as a fresh one.

The kept dump is always tried; the release's own code makes another one where its commit is in the history (slow).
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from jimin.platform import grants, testing
from jimin.platform.backup import before, manifest, snapshot, tools
from jimin.platform.places import ROOT
from tests.platform.backup.conftest import superuser
from tests.platform.upgrade import earlier

# Written by migrations and by the setup itself; libraries come and go.
GROWS = {"django_migrations", "django_content_type", "auth_permission", "jimin_setup"}


@dataclass
class Upgraded:
    """The migrated installation and what was in it before."""

    var: Path
    owner: str
    rows: dict[str, int]
    environment: dict[str, str]
    output: str

    def jimin(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "jimin", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )


@pytest.fixture(
    scope="module", params=["kept", pytest.param("history", marks=pytest.mark.slow)], ids=["kept dump", "own code"]
)
def upgraded(request, test_database, tmp_path_factory) -> Iterator[Upgraded]:
    """The release's database in this server, migrated with `jimin migrate`."""
    if request.param == "history" and not earlier.in_history():
        pytest.skip(f"{earlier.COMMIT[:7]} is not in this history")
    var = tmp_path_factory.mktemp("upgrade")
    name = f"jimin_test_{os.getpid()}_upgrade_{secrets.token_hex(3)}"
    names = [name]
    _create(test_database.server, name)
    owner, app = testing._url(grants.OWNER_ROLE, name), testing._url(grants.APP_ROLE, name)
    if request.param == "history":
        names.append(f"{name}_made")
        _create(test_database.server, names[1])
        dump = var / earlier.DUMP
        earlier.make(var, testing._url(grants.OWNER_ROLE, names[1]), testing._url(grants.APP_ROLE, names[1]), dump)
    else:
        dump = earlier.unpack(var)
    _load(owner, dump)
    with superuser(owner) as there:
        rows = snapshot.rows(there)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("JIMIN_") and k != "DATABASE_URL"},
        "JIMIN_VAR": str(var), "JIMIN_KEYS": str(var / "keys.json"), "JIMIN_FILES": str(var / "files"),
        "JIMIN_SECRET_KEY": "x" * 40, "JIMIN_DATABASE_URL": app, "JIMIN_DEMO": "1", "JIMIN_BUSINESS_DAY": "2023-10-10",
    }  # fmt: skip
    migrated = subprocess.run(
        [sys.executable, "-m", "jimin", "migrate"], cwd=ROOT, capture_output=True, text=True,
        env={**environment, "JIMIN_OWNER_DATABASE_URL": owner},
    )  # fmt: skip
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    yield Upgraded(var, owner, rows, environment, migrated.stdout)
    for made in names:
        test_database.server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(made)))
    shutil.rmtree(var)


def _create(server, name):
    server.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
            sql.Identifier(name), sql.Identifier(grants.OWNER_ROLE)
        )
    )


def _load(owner, dump):
    loader = tools.load(owner, 1)
    loader.stdin.write(dump.read_bytes())
    loader.stdin.close()
    said = tools.last_words(loader)
    assert loader.wait() == 0, said


def test_the_release_had_something_in_it(upgraded):
    for table in ("parties_person", "parties_household", "planning_task", "files_storedfile", "audit_block"):
        assert upgraded.rows[table] > 0, table


def test_no_row_is_lost(upgraded):
    with superuser(upgraded.owner) as there:
        now = snapshot.rows(there)
    lost = {t: (n, now.get(t, 0)) for t, n in upgraded.rows.items() if t not in GROWS and now.get(t, 0) < n}
    assert lost == {}


def test_no_migration_waits_and_none_is_missing(upgraded):
    assert before.waiting(upgraded.owner) == []
    made = subprocess.run(
        [sys.executable, "-m", "jimin", "django", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT, env=upgraded.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr


def test_a_dump_was_kept_before_the_migration_if_there_was_one_to_make(upgraded):
    sets = manifest.sets(upgraded.var / "backups")
    assert len(sets) == ("迁移之前先备份" in upgraded.output)
    for kept in sets:
        assert manifest.read(kept).rows["planning_task"] == upgraded.rows["planning_task"]


def test_the_trail_verifies_and_goes_on_being_sealed(upgraded):
    """Rows of the earlier release, in an epoch of another cluster; then a row of this one, in a block of its own."""
    first = upgraded.jimin("audit", "verify")
    assert first.returncode == 0, first.stdout + first.stderr
    assert upgraded.jimin("pack", "load").returncode == 0
    sealed = upgraded.jimin("audit", "seal")
    assert sealed.returncode == 0, sealed.stderr
    again = upgraded.jimin("audit", "verify")
    assert again.returncode in (0, 3) and "没有发现改动" in again.stdout, again.stdout + again.stderr


def test_figures_files_and_sealed_numbers_are_what_they_were(upgraded):
    for words in (("indicators", "check"), ("files", "verify")):
        done = upgraded.jimin(*words)
        assert done.returncode == 0, done.stdout + done.stderr
    read = upgraded.jimin("django", "shell", "--no-imports", "-c", OPEN)
    assert read.stdout.strip().endswith("220122195608149960"), read.stdout + read.stderr


OPEN = """
from django.db import transaction
from jimin.core.access.scope import Scope, set_scope
from jimin.core.parties.models import Person
with transaction.atomic():
    set_scope(Scope("province"))
    print(Person.objects.get(name="王桂兰").id_number.reveal())
"""


def test_schema_policies_and_rights_are_those_of_a_fresh_database(upgraded, test_database):
    with superuser(upgraded.owner) as there, test_database.superuser() as fresh:
        for question in (COLUMNS, INDEXES, CONSTRAINTS, TRIGGERS, POLICIES, RIGHTS):
            upgraded_has, fresh_has = (set(database.execute(question).fetchall()) for database in (there, fresh))
            assert upgraded_has - fresh_has == set()
            assert fresh_has - upgraded_has == set()


HERE = "n.nspname = 'public' AND c.relname <> 'jimin_setup'"
COLUMNS = f"""SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE {HERE} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v')"""
INDEXES = (
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'jimin_setup'"
)
CONSTRAINTS = f"""SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {HERE}"""
TRIGGERS = f"""SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {HERE} AND NOT t.tgisinternal"""
POLICIES = f"""SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname,
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE {HERE} AND c.relkind = 'r'"""
RIGHTS = f"""SELECT c.relname, a.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    aclexplode(c.relacl) a WHERE {HERE} AND a.grantee = 'jimin_app'::regrole"""


def test_a_second_migration_changes_nothing_and_makes_no_dump(upgraded):
    kept = manifest.sets(upgraded.var / "backups")
    with psycopg.connect(upgraded.owner) as owner:
        ran = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
    again = subprocess.run(
        [sys.executable, "-m", "jimin", "migrate"], cwd=ROOT, capture_output=True, text=True,
        env={**upgraded.environment, "JIMIN_OWNER_DATABASE_URL": upgraded.owner},
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
    with psycopg.connect(upgraded.owner) as owner:
        assert owner.execute("SELECT count(*) FROM django_migrations").fetchone() == ran
    assert manifest.sets(upgraded.var / "backups") == kept
