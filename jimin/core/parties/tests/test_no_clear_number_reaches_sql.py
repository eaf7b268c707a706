"""No statement that the application sends holds a clear number, not even as a parameter."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from jimin.core.access.scope import working_as
from jimin.core.actions.errors import Refused
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
)

CARD, PHONE = "6222020000000000001", "13000000001"


@contextmanager
def listening():
    """Everything that goes to the database, statement and parameters, as text."""
    heard: list[str] = []

    def listen(execute, sql, params, many, context):
        heard.append(f"{sql} {params!r} {[bytes(p) for p in params or () if isinstance(p, (memoryview, bytes))]!r}")
        return execute(sql, params, many, context)

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
