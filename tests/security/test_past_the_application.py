"""The database asked past the application: with its role and password, but without its code.

Everything is found from the catalogue, so a new table, view or function is asked too.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from jimin.core import clock
from jimin.core.access.middleware import ScopeMiddleware
from jimin.core.access.models import Account
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level
from jimin.core.parties.actions import RegisterHousehold
from jimin.core.parties.models import Person
from jimin.core.parties.tests.conftest import LI, STRANGER, WANG
from jimin.domains.planning.tests.cast import DAY, Cast
from jimin.platform import grants
from jimin.platform.testing import Connection, TestDatabase

HERE, THERE = "220122000000", "220182000000"
#: A column of one of these names is about a person.
PERSONAL = ("id_number", "phone", "bank_card", "birth", "died_on", "disability", "sex")
#: About people, and outside the wall for a reason that a decision record gives.
OUTSIDE = {"parties_personname": "0012"}


def household(village: str, head: str, number: str) -> dict[str, Any]:
    member = {"name": head, "relation": "户主", "id_number": number}
    return {"division": village, "address": "1社", "members": [member]}


@pytest.fixture
def homes(transactional_db: None, settings: Any) -> Iterator[Cast]:
    """A household of 农安县 and one of 榆树市, committed."""
    settings.JIMIN_BUSINESS_DAY = DAY
    with clock.on_day(DAY):
        world = Cast()
        Division.objects.create(
            code="220182101201", name="新庄村", level=Level.VILLAGE, kind=Kind.VILLAGE, parent_code="220182101000"
        )
        divisions.changed()
        RegisterHousehold.perform(world.actor("liu.min"), household("220122102201", "王桂兰", WANG))
        RegisterHousehold.perform(world.actor("sun.li"), household("220182101201", "李福田", LI))
        yield world


@pytest.fixture
def app(homes: Cast, test_database: TestDatabase) -> Iterator[Connection]:
    """A connection with the application's role, past the application."""
    with psycopg.connect(test_database.url(), autocommit=True) as opened:
        yield opened


def tables(owner: Connection, kinds: str = "r") -> list[str]:
    rows = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = ANY (%s) ORDER BY 1",
        [list(kinds)],
    )
    return [str(name) for (name,) in rows.fetchall()]


def walled(owner: Connection) -> list[str]:
    rows = owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY 1")
    return [str(name) for (name,) in rows.fetchall()]


def counted(app: Connection, table: str, settings: dict[str, str]) -> int:
    """How many rows the application's role sees under settings of one transaction."""
    with app.transaction():
        for name, value in settings.items():
            app.execute("SELECT set_config(%s, %s, true)", [f"jimin.{name}", value])
        row = app.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else -1


def scoped(level: str, codes: str) -> dict[str, str]:
    return {"scope_level": level, "scope_codes": codes}


# -- rows about people ---------------------------------------------------------------------------------
def test_every_table_with_a_column_about_a_person_is_behind_the_wall(as_owner: Connection) -> None:
    rows = as_owner.execute(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND (column_name = ANY (%s) OR column_name LIKE ANY (%s))",
        [list(PERSONAL), [f"{name}\\_%" for name in PERSONAL]],
    ).fetchall()
    about = {str(name) for (name,) in rows}
    pointing = as_owner.execute(
        "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid = ANY (ARRAY['parties_person', 'parties_household']::regclass[])"
    ).fetchall()
    about |= {str(name) for (name,) in pointing}
    assert {"parties_person", "parties_householdmember", "parties_kinship"} <= about
    assert sorted(about - set(walled(as_owner)) - set(OUTSIDE)) == []


def test_a_table_about_people_without_the_wall_would_be_noticed(as_owner: Connection) -> None:
    as_owner.execute("CREATE TABLE cases_helped (id int, phone text)")
    with pytest.raises(AssertionError, match="cases_helped"):
        test_every_table_with_a_column_about_a_person_is_behind_the_wall(as_owner)


SHOWN = [
    (scoped("county", HERE), "county", [HERE]),
    (scoped("county", THERE), "county", [THERE]),
    (scoped("county", f"{HERE},{THERE}"), "county", [HERE, THERE]),
    (scoped("town", "220122102000"), "town", ["220122102000"]),
    (scoped("town", "220182101000"), "town", ["220182101000"]),
    (scoped("prefecture", "220200000000"), "prefecture", ["220200000000"]),
    (scoped("province", ""), "prefecture", ["220100000000"]),
]
SHOWS_NOBODY = [
    {}, scoped("", ""), scoped("none", ""), scoped("county", ""), scoped("county", "220199000000"),
    scoped("county", "%"), scoped("county", "{220122000000}"), scoped("county", f"'{HERE}'"),
    scoped("county", f" {HERE} "), scoped("COUNTY", HERE), scoped("county' OR true --", HERE), scoped("town", HERE),
    scoped("village", "220122102000"), {"scope_codes": HERE}, {"scope_level": "county"},
]  # fmt: skip


def test_a_scope_shows_its_own_rows_and_no_others(app: Connection, as_owner: Connection) -> None:
    for given, column, codes in SHOWN:
        for table in walled(as_owner):
            query = sql.SQL("SELECT count(*) FROM {} WHERE {} = ANY (%s)")
            row = as_owner.execute(query.format(sql.Identifier(table), sql.Identifier(column)), [codes]).fetchone()
            assert row is not None
            assert counted(app, table, given) == row[0], (table, given)


def test_no_setting_or_a_malformed_one_shows_nobody(app: Connection, as_owner: Connection) -> None:
    for given in SHOWS_NOBODY:
        assert [t for t in walled(as_owner) if counted(app, t, given)] == [], given
    assert counted(app, "parties_person", scoped("province", "")) == 2, "the people are there"


def test_rows_outside_the_scope_are_neither_written_moved_nor_changed(app: Connection, as_owner: Connection) -> None:
    copy = "INSERT INTO {t} SELECT (jsonb_populate_record(r, %s)).* FROM {t} r LIMIT 1"
    for table in ("parties_person", "parties_household", "parties_householdmember"):
        name = sql.Identifier(table)
        before = as_owner.execute(sql.SQL("SELECT to_jsonb(r) FROM {} r ORDER BY 1").format(name)).fetchall()
        with app.transaction():
            _here(app)
            for statement in (
                sql.SQL("UPDATE {} SET version = version + 1 WHERE county = {}").format(name, THERE),
                sql.SQL("SELECT * FROM {} WHERE county = {} FOR UPDATE").format(name, THERE),
            ):
                assert app.execute(statement).rowcount == 0, table
        with pytest.raises(InsufficientPrivilege), app.transaction():
            _here(app)
            app.execute(sql.SQL("UPDATE {} SET county = {}").format(name, THERE))
        with pytest.raises(InsufficientPrivilege), app.transaction():
            _here(app)
            app.execute(sql.SQL(copy).format(t=name), [json.dumps({"county": THERE})])
        with pytest.raises(InsufficientPrivilege), app.transaction():
            _here(app)
            app.execute(sql.SQL("DELETE FROM {}").format(name))
        assert as_owner.execute(sql.SQL("SELECT to_jsonb(r) FROM {} r ORDER BY 1").format(name)).fetchall() == before


def _here(app: Connection) -> None:
    for name, value in scoped("county", HERE).items():
        app.execute("SELECT set_config(%s, %s, true)", [f"jimin.{name}", value])


# -- what the role may do at all ---------------------------------------------------------------------------
FORBIDDEN = [
    "SET ROLE jimin_owner",
    "SET SESSION AUTHORIZATION jimin_owner",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_read_binary_file('global/pg_control')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(lo_creat(-1), 'x')",
    "COPY divisions_division TO PROGRAM 'cat'",
    "COPY divisions_division FROM PROGRAM 'id'",
    "COPY divisions_division TO '/dev/null'",
    "COPY divisions_division FROM '/etc/passwd'",
    "CREATE TABLE mine (id int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'select 1'",
    "CREATE SCHEMA mine",
    "CREATE DATABASE mine",
    "CREATE ROLE mine SUPERUSER",
    "ALTER ROLE jimin_app BYPASSRLS",
    "ALTER ROLE jimin_owner PASSWORD 'mine'",
    "CREATE EXTENSION IF NOT EXISTS dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE SERVER mine FOREIGN DATA WRAPPER postgres_fdw",
    "CREATE LANGUAGE plpython3u",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET log_statement = 'all'",
    "SET session_replication_role = replica",
    "SET lc_messages = 'C'",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_create_restore_point('mine')",
    "SELECT pg_promote()",
    "SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
    "CREATE PUBLICATION mine FOR ALL TABLES",
    "ALTER TABLE parties_person DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE parties_person NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY scope ON parties_person",
    "CREATE POLICY mine ON parties_person USING (true)",
    "ALTER TABLE parties_person OWNER TO jimin_app",
    "ALTER TABLE parties_person DROP COLUMN address",
    "ALTER TABLE audit_auditrow DISABLE TRIGGER ALL",
    "CREATE INDEX ON parties_person (name)",
    "CREATE TRIGGER mine BEFORE UPDATE ON parties_person EXECUTE FUNCTION jimin_append_only()",
    "DROP TABLE parties_person",
    "BEGIN; LOCK TABLE audit_auditrow IN ACCESS EXCLUSIVE MODE",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "UPDATE django_migrations SET name = name",
    "GRANT ALL ON parties_person TO PUBLIC",
    "VACUUM FULL parties_person",
    "SET row_security = off; SELECT * FROM parties_person",
]


def test_the_application_role_is_refused_whatever_is_not_its_work(app: Connection, as_owner: Connection) -> None:
    notices: list[str] = []
    app.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
    before = as_owner.execute("SELECT count(*) FROM pg_class").fetchone()
    carried_out = []
    for statement in FORBIDDEN:
        notices.clear()
        try:
            app.execute(statement)  # type: ignore[call-overload]  # a literal of this module
        except InsufficientPrivilege:
            continue
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedObject, psycopg.errors.UndefinedFile):
            continue  # the language, wrapper or extension is not even installed
        finally:
            app.rollback()
        if not any("permission denied" in n or "no privileges were granted" in n for n in notices):
            carried_out.append(statement)
    assert carried_out == []
    assert as_owner.execute("SELECT count(*) FROM pg_class").fetchone() == before


def test_each_table_gives_the_role_no_more_than_its_model_declares(app: Connection, as_owner: Connection) -> None:
    special, wrong = grants.declared(), []
    for table in tables(as_owner):
        may = set(special.get(table, grants.CHANGE))
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            row = app.execute("SELECT has_table_privilege(%s, %s)", [f'public."{table}"', privilege]).fetchone()
            if row is not None and row[0] and privilege not in may:
                wrong.append(f"{privilege} on {table}")
    assert wrong == []


def test_rows_that_are_only_added_are_neither_changed_nor_removed(app: Connection, as_owner: Connection) -> None:
    only_added = [t for t, may in grants.declared().items() if may == grants.APPEND]
    assert {"audit_auditrow", "cases_step", "documents_issueddocument"} <= set(only_added)
    for table in only_added:
        row = as_owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [f'public."{table}"']
        ).fetchone()
        assert row is not None
        names = {"t": sql.Identifier(table), "c": sql.Identifier(row[0])}
        for verb in ("UPDATE {t} SET {c} = {c}", "DELETE FROM {t}", "TRUNCATE {t}"):
            with pytest.raises(InsufficientPrivilege):
                app.execute(sql.SQL(verb).format(**names))


def test_a_number_series_cannot_be_set_back(app: Connection, as_owner: Connection) -> None:
    found = tables(as_owner, "S")
    assert found
    for sequence in found:
        with pytest.raises(InsufficientPrivilege):
            app.execute("SELECT setval(%s::regclass, 1)", [f'public."{sequence}"'])


def test_no_function_or_view_lends_its_owners_rights(as_owner: Connection) -> None:
    ours = "pronamespace = 'public'::regnamespace AND prosecdef"
    lent = as_owner.execute(
        f"SELECT proname FROM pg_proc WHERE {ours}"
        " AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%%search_path=%%', false)"
    ).fetchall()
    assert lent == [], "SECURITY DEFINER without a fixed search_path"
    views = as_owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
        " AND NOT coalesce(array_to_string(reloptions, ',') LIKE '%%security_invoker=true%%', false)"
    ).fetchall()
    assert views == [], "a view without security_invoker shows what its owner sees"


def test_a_lent_right_would_be_noticed(as_owner: Connection) -> None:
    as_owner.execute("CREATE VIEW everybody AS SELECT name FROM parties_person")
    with pytest.raises(AssertionError, match="security_invoker"):
        test_no_function_or_view_lends_its_owners_rights(as_owner)


def test_the_role_owns_nothing_and_belongs_to_nobody(as_owner: Connection) -> None:
    owned = as_owner.execute(
        "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = 'jimin_app'"
    ).fetchone()
    member = as_owner.execute(
        "SELECT count(*) FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member WHERE rolname = 'jimin_app'"
    ).fetchone()
    role = as_owner.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
        " WHERE rolname = 'jimin_app'"
    ).fetchone()
    assert (owned, member, role) == ((0,), (0,), (False,) * 5)


# -- one connection, many requests ---------------------------------------------------------------------------
class Broken(Exception):
    """A view fails."""


def asked(username: str, behave: str = "") -> int:
    """How many people a request of somebody sees; the view may fail, or break its transaction, after it looked."""
    seen: list[int] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(Person.objects.count())
        if behave == "fail":
            raise Broken
        if behave == "database":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        return HttpResponse(status=500 if behave == "500" else 200)

    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    request.user = Account.objects.get(username=username) if username else _Nobody()  # type: ignore[assignment]
    try:
        ScopeMiddleware(view)(request)
    except (Broken, DatabaseError):
        assert behave
    return seen[0]


class _Nobody:
    is_authenticated = False


WHO = {"liu.min": 1, "sun.li": 1, "ma.li": 2, "chen.yu": 2, "zhang.xiaodong": 1, "": 0}


def test_a_scope_never_outlives_its_request_on_the_same_connection(homes: Cast) -> None:
    backend = _backend()
    for behave in ("", "fail", "database", "500"):
        for username, sees in [*WHO.items(), *reversed(WHO.items())]:
            assert asked(username, behave) == sees, (username, behave)
            assert Person.objects.count() == 0, f"after {username} ({behave}) the scope is still set"
    assert _backend() == backend, "another connection was used: this test shows nothing"


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_requests_at_the_same_time_do_not_see_with_each_others_eyes(homes: Cast) -> None:
    wrong: list[str] = []
    start = threading.Barrier(4)

    def work(n: int) -> None:
        try:
            start.wait()
            for turn in range(12):
                username, sees = list(WHO.items())[(n + turn * (n + 1)) % len(WHO)]
                found = asked(username, ("", "fail", "database", "500")[(n + turn) % 4])
                if found != sees or Person.objects.count():
                    wrong.append(f"{username}: {found}, not {sees}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_stranger_by_another_number_is_not_there(homes: Cast) -> None:
    """The positive control: who is looked for by number is found in the own county only."""
    from jimin.core.access.scope import working_as
    from jimin.core.parties import api

    found = {}
    for username, number in (("liu.min", WANG), ("liu.min", LI), ("sun.li", LI), ("sun.li", STRANGER)):
        actor = homes.actor(username)
        with working_as(actor):
            found[username, number] = api.by_id_number(actor, number) is not None
    assert list(found.values()) == [True, False, True, False]
