"""The second wall: what the database itself refuses, asked in raw SQL past the application."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError

from jimin.core.access.scope import NOWHERE, Scope, set_scope, working_as
from jimin.core.divisions import api as divisions
from jimin.core.parties.actions import CorrectPerson, RegisterHousehold
from jimin.core.parties.models import WALLED, Party, Person
from jimin.core.parties.tests.conftest import VILLAGE, WANGS, make_actors, make_province

TABLES = [m._meta.db_table for m in WALLED]


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.fixture
def seen(actors, wangs):
    """Everything exists at least once in 农安县, where a table can be filled by an action of one clerk."""
    CorrectPerson.perform(
        actors["county"], {"person": wangs["people"][0], "version": 1, "reason": "测试更正", "address": "新"}
    )
    return [
        "parties_person",
        "parties_personversion",
        "parties_household",
        "parties_householdmember",
        "parties_kinship",
    ]


def test_every_table_about_people_is_behind_the_wall_for_its_owner_too(as_owner: psycopg.Connection):
    rows = as_owner.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
    ).fetchall()
    assert {name for (name,) in rows} >= set(TABLES)
    foreign = as_owner.execute(
        """SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c
           WHERE c.contype = 'f' AND c.confrelid = ANY (%s::regclass[])""",
        [TABLES],
    ).fetchall()
    # Whatever points at a person holds data about that person; only the index of names stands outside.
    assert {name for (name,) in foreign} - set(TABLES) == {"parties_personname"}


def test_who_may_sees_it_and_who_may_not_sees_nothing(actors, seen):
    for who, sees in {
        "department": True,
        "city": True,
        "county": True,
        "town": True,
        "other_town": False,
        "other_county": False,
    }.items():
        with working_as(actors[who]):
            for table in seen:
                assert (count(table) > 0) == sees, (who, table)


@pytest.mark.parametrize(
    ("level", "codes"),
    [
        ("none", ""),
        ("", ""),
        ("province ", ""),
        ("county", ""),
        ("county", "''"),
        ("county", "990183000000"),
        ("county", "%"),
        ("village", "990122110000"),
        ("everything", "990122000000"),
    ],
)
def test_any_other_setting_sees_nothing(seen, level, codes):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('jimin.scope_level', %s, true), set_config('jimin.scope_codes', %s, true)",
            [level, codes],
        )
        assert [count(table) for table in seen] == [0] * len(seen)


def test_several_codes_see_each_of_them(seen):
    with transaction.atomic():
        set_scope(Scope("county", ("990183000000", "990122000000")))
        assert count("parties_person") == 4


def test_a_row_outside_the_scope_cannot_be_written(actors, wangs):
    party = Party.objects.create(kind="person")
    with pytest.raises(ProgrammingError, match="row-level security"), working_as(actors["other_county"]):
        Person.objects.create(party=party, name="甲", county="990122000000")
    with pytest.raises(ProgrammingError, match="row-level security"), working_as(None):
        Person.objects.create(party=party, name="甲", county="990122000000")


def test_a_row_cannot_be_moved_out_of_the_scope(actors, wangs):
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        working_as(actors["county"]),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE parties_person SET county = '990183000000', town = '', village = ''")


def test_an_update_from_outside_touches_nothing(actors, wangs):
    with working_as(actors["other_county"]), connection.cursor() as cursor:
        cursor.execute("UPDATE parties_person SET name = '改'")
        assert cursor.rowcount == 0


def test_the_application_role_cannot_switch_the_wall_off(seen):
    for statement in (
        "ALTER TABLE parties_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON parties_person",
        "SET ROLE jimin_owner",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    switched_off = pytest.raises(ProgrammingError, match="row-level security")
    with switched_off, transaction.atomic(), connection.cursor() as cursor:
        set_scope(NOWHERE)
        cursor.execute("SET LOCAL row_security = off")
        count("parties_person")


@pytest.fixture
def committed(transactional_db):
    """The household, really committed."""
    make_province()
    actors = make_actors()
    RegisterHousehold.perform(actors["county"], WANGS)
    yield actors
    divisions.changed()


def test_outside_a_scope_nothing_is_seen(committed):
    assert count("parties_person") == 0
    with transaction.atomic():
        assert count("parties_person") == 0


def test_a_scope_ends_with_its_transaction(committed):
    with working_as(committed["county"]):
        assert count("parties_person") == 4
    assert count("parties_person") == 0
    with transaction.atomic():
        assert count("parties_person") == 0
    with pytest.raises(ZeroDivisionError), working_as(committed["county"]):
        raise ZeroDivisionError
    assert count("parties_person") == 0


def test_a_block_inside_a_transaction_gives_the_scope_back(committed):
    with working_as(committed["other_county"]):
        with working_as(committed["county"]):
            assert count("parties_person") == 4
        assert count("parties_person") == 0
        RegisterHousehold.perform(
            committed["county"], {**WANGS, "members": [{"name": "甲", "relation": "户主"}], "relatives": []}
        )
        assert count("parties_person") == 0
        with pytest.raises(ZeroDivisionError), working_as(committed["county"]):
            raise ZeroDivisionError
        assert count("parties_person") == 0


def test_a_scope_is_never_set_for_a_session(committed):
    with pytest.raises(transaction.TransactionManagementError):
        set_scope(committed["county"].scope)


def test_another_connection_is_not_let_in_by_this_ones_scope(committed, test_database):
    with working_as(committed["county"]), psycopg.connect(test_database.url()) as other:
        assert count("parties_person") == 4
        assert other.execute("SELECT count(*) FROM parties_person").fetchone() == (0,)


def test_the_village_scope_sees_its_own_village(committed):
    with transaction.atomic():
        set_scope(Scope("village", (VILLAGE,)))
        assert count("parties_person") == 4
