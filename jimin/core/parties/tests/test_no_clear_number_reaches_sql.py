"""No statement that the application sends holds a clear number, not even as a parameter."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from psycopg import sql

from jimin.core.access.scope import working_as
from jimin.core.actions.errors import Refused
from jimin.core.divisions import api as divisions
from jimin.core.parties import api
from jimin.core.parties.actions import AddMember, CorrectPerson, MergePersons, RegisterHousehold, RevealNumber
from jimin.core.parties.models import Person
from jimin.core.parties.tests.conftest import (
    LI,
    LI_MING,
    LI_XIAOJUN,
    OTHER_COUNTYS_VILLAGE,
    STRANGER,
    VILLAGE,
    WANG,
    WANGS,
    make_actors,
    make_province,
)

CARD, PHONE = "6222020000000000001", "13000000001"


@contextmanager
def listening():
    """Everything that goes to the database, statement and parameters, as text."""
    heard: list[str] = []

    def listen(execute, statement, params, many, context):
        heard.append(
            f"{statement} {params!r} {[bytes(p) for p in params or () if isinstance(p, (memoryview, bytes))]!r}"
        )
        return execute(statement, params, many, context)

    with connection.execute_wrapper(listen):
        yield heard


def leaks(heard: list[str]) -> list[str]:
    numbers = (WANG, LI, LI_XIAOJUN, LI_MING, STRANGER, CARD, PHONE)
    inner = [n[6:14] + n[14:17] for n in numbers[:5]]
    return [s for s in heard if any(n in s for n in [*numbers, *inner])]


def test_a_clear_number_would_be_heard(db):
    # Positive control: the listener hears both a literal and a parameter.
    with listening() as heard, connection.cursor() as cursor:
        cursor.execute(f"SELECT '{WANG}'")
        cursor.execute("SELECT %s", [WANG])
        cursor.execute("SELECT %s", [memoryview(WANG.encode())])
    assert len(leaks(heard)) == 3


def test_no_action_and_no_question_sends_a_clear_number(actors):
    county = actors["county"]
    data = {**WANGS, "members": [{**m, "bank_card": ""} for m in WANGS["members"]]}
    with listening() as heard:
        made = RegisterHousehold.perform(county, data, key="with a key")
        RegisterHousehold.perform(county, data, key="with a key")
        wang = made["people"][0]
        AddMember.perform(
            county,
            {"household": made["household"], "version": 1, "name": "吴桂芝", "relation": "其他", "id_number": STRANGER},
            key="add",
        )
        CorrectPerson.perform(
            county, {"person": wang, "version": 1, "reason": "补录卡号", "bank_card": card()}, key="c"
        )
        RevealNumber.perform(county, {"person": wang, "field": "id_number", "reason": "核对申请"}, key="r")
        with pytest.raises(Refused):
            RegisterHousehold.perform(county, {"division": VILLAGE, "members": WANGS["members"]})
        with pytest.raises(Refused):  # the unique constraint refuses
            elsewhere = {"division": OTHER_COUNTYS_VILLAGE, "members": WANGS["members"]}
            RegisterHousehold.perform(actors["other_county"], elsewhere)
        with working_as(county):
            assert api.by_id_number(county, WANG) is not None
            people = {str(p.id_number) for p in api.people(county)}
        MergePersons.perform(county, {"loser": made["relatives"][0], "winner": wang, "reason": "测试合并"})
    assert len(people) == 5
    assert len(heard) > 50
    assert leaks(heard) == []


def card() -> str:
    from jimin.core.secrets.numbers import luhn

    return next(CARD[:-1] + d for d in "0123456789" if luhn(CARD[:-1] + d))


def test_a_sealed_number_cannot_be_queried_in_clear(db):
    with pytest.raises(FieldError):
        Person.objects.filter(id_number=WANG).exists()


def test_a_bad_number_is_refused_before_the_database_is_asked(county):
    data = {"division": VILLAGE, "members": [{"name": "甲", "relation": "户主", "id_number": WANG[:-1] + "1"}]}
    with listening() as heard, pytest.raises(Refused):
        RegisterHousehold.perform(county, data)
    assert not any("parties_" in s for s in heard)


def test_no_table_holds_a_clear_number(as_owner):
    make_province()
    county = make_actors()["county"]
    made = RegisterHousehold.perform(county, WANGS, key="k")
    correction = {"person": made["people"][0], "version": 1, "reason": "换了电话", "phone": "13000000009"}
    CorrectPerson.perform(county, correction, key="c")
    RevealNumber.perform(county, {"person": made["people"][0], "field": "phone", "reason": "核对申请"})
    divisions.changed()
    assert tables_with(as_owner, "陈家店村3社") == ["parties_household"]  # positive control: the search finds text
    as_owner.execute("CREATE TABLE leak (id int, b bytea)")
    as_owner.execute("INSERT INTO leak VALUES (1, %s)", [WANG.encode()])
    for number in (WANG, LI, LI_XIAOJUN, LI_MING, PHONE, "13000000009"):
        assert tables_with(as_owner, number) == (["leak"] if number == WANG else []), number


def tables_with(owner, text: str) -> list[str]:
    """The tables with a row that holds `text`, as text or as bytes."""
    names = [n for (n,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    clear, raw = f"%{text}%", f"%{text.encode().hex()}%"
    asked = "SELECT EXISTS (SELECT FROM {} AS t WHERE t::text LIKE %s OR t::text LIKE %s)"
    return [n for n in names if owner.execute(sql.SQL(asked).format(sql.Identifier(n)), [clear, raw]).fetchone()[0]]
