"""A change of keys: every number moves, nobody waits, nothing is lost, and no number gets in twice."""

import io
import os
import signal
import subprocess
import sys
from argparse import Namespace
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
from django.conf import settings
from psycopg import sql

from jimin.core.access.roles import Role
from jimin.core.access.scope import working_as
from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import UnitKind
from jimin.core.parties import api
from jimin.core.parties.actions import CorrectPerson, RegisterHousehold
from jimin.core.parties.models import Person, PersonVersion
from jimin.core.parties.tests.conftest import (
    LI,
    OTHER_COUNTYS_VILLAGE,
    STRANGER,
    VILLAGE,
    WANG,
    WANGS,
    make_actor,
    make_actors,
    make_province,
)
from jimin.core.secrets import holders, keys, keys_cli
from jimin.core.secrets.actions import AddKey, DropKey, Reseal
from jimin.core.secrets.models import HeldNumber, KeyRotation
from jimin.core.secrets.numbers import id_check


@pytest.fixture(autouse=True)
def files_apart(settings, tmp_path):
    """Other tests' files lie under keys of theirs."""
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def operator(actors):
    return make_actor("installer", UnitKind.OFFICE, "990000000000", Role.OPERATOR)


def rotate(batch: int = 0) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = keys_cli.run_rotate(Namespace(batch=batch))
    return code, said.getvalue()


def under(operator) -> dict[str, dict[int, int]]:
    return {name: by for name, by in keys_cli.count(operator).items() if by}


def person(actor, number=WANG) -> Person:
    with working_as(actor):
        return api.by_id_number(actor, number)


def test_every_number_of_every_table_moves_and_says_the_same(county, operator, wangs):
    wang = person(county)
    CorrectPerson.perform(county, {"person": wang.pk, "version": 1, "reason": "换了号码", "phone": "13000000009"})
    old = {p.pk: p.id_number_token for p in everybody(county)}
    AddKey.perform(operator)
    assert under(operator)["parties_person.id_number"] == {1: 4}
    code, said = rotate()
    assert (code, "✓" in said) == (0, True)
    assert under(operator) == {
        "parties_person.id_number": {2: 4},
        "parties_person.phone": {2: 1},
        "parties_personversion.id_number": {2: 1},
        "parties_personversion.phone": {2: 1},
    }
    with working_as(county):
        wang = api.by_id_number(county, WANG)
        assert (wang.id_number.reveal(), wang.phone.reveal(), wang.version) == (WANG, "13000000009", 2)
        assert PersonVersion.objects.get().phone.reveal() == "13000000001"
    assert all(old[p.pk] != p.id_number_token and p.id_number_token.startswith("id2.") for p in everybody(county))


def everybody(actor) -> list[Person]:
    with working_as(actor):
        return list(Person.objects.order_by("pk"))


def test_somebody_is_found_by_number_before_half_way_and_after(county, operator, wangs):
    AddKey.perform(operator)
    for _step in range(5):
        assert [person(county, n).name for n in (WANG, LI)] == ["王桂兰", "李福田"]
        Reseal.perform(operator, {"holder": "parties_person", "size": 1})
    assert under(operator)["parties_person.id_number"] == {2: 4}


def test_a_run_that_stopped_goes_on_where_it_stopped(county, operator, wangs):
    AddKey.perform(operator)
    Reseal.perform(operator, {"holder": "parties_person", "size": 3})
    at = KeyRotation.objects.get(key=2, holder="parties_person")
    assert (at.done, at.cursor) == (3, str(everybody(county)[2].pk))
    assert rotate()[0] == 0
    at.refresh_from_db()
    assert (at.done, at.cursor) == (4, "")
    assert rotate() == (0, "✓ 全部号码和文件都在用密钥 2。\n")


@pytest.mark.parametrize("moved", [0, 4])
def test_the_same_id_number_does_not_get_in_twice_under_two_keys(actors, operator, wangs, moved):
    elsewhere = {
        "division": OTHER_COUNTYS_VILLAGE,
        "members": [{"name": "王桂兰", "relation": "户主", "id_number": WANG}],
    }
    AddKey.perform(operator)
    if moved:
        Reseal.perform(operator, {"holder": "parties_person", "size": moved})
    with pytest.raises(Refused, match="已经登记在另一个人名下"):
        RegisterHousehold.perform(actors["other_county"], elsewhere)
    newcomer = {"division": VILLAGE, "members": [{"name": "吴桂芝", "relation": "户主", "id_number": STRANGER}]}
    RegisterHousehold.perform(actors["county"], newcomer)
    with working_as(actors["county"]), pytest.raises(Refused, match="已经登记"):
        copy = {"person": person(actors["county"]).pk, "version": 1, "reason": "改成别人的", "id_number": STRANGER}
        CorrectPerson.perform(actors["county"], copy)


def test_nor_when_one_of_the_two_has_not_heard_of_the_new_key(actors, operator, monkeypatch):
    before = keys.ring()
    AddKey.perform(operator)
    one = {
        "division": OTHER_COUNTYS_VILLAGE,
        "members": [{"name": "吴桂芝", "relation": "户主", "id_number": STRANGER}],
    }
    RegisterHousehold.perform(actors["other_county"], one)
    monkeypatch.setattr("jimin.core.secrets.cipher.ring", lambda: before)  # a request that began before
    with pytest.raises(Refused, match="已经登记"):
        RegisterHousehold.perform(actors["county"], {**one, "division": VILLAGE})


def test_a_corrected_number_is_free_for_the_one_it_belongs_to(actors, operator, wangs):
    county = actors["county"]
    AddKey.perform(operator)
    CorrectPerson.perform(
        county, {"person": person(county).pk, "version": 1, "reason": "抄错一位", "id_number": STRANGER}
    )
    other = {"division": OTHER_COUNTYS_VILLAGE, "members": [{"name": "王桂兰", "relation": "户主", "id_number": WANG}]}
    assert RegisterHousehold.perform(actors["other_county"], other)["people"]


def test_a_key_in_use_is_not_dropped_and_the_refusal_counts_what_is_left(operator, wangs):
    with pytest.raises(Refused, match="现行密钥"):
        DropKey.perform(operator, {"key": 1})
    AddKey.perform(operator)
    with pytest.raises(Refused, match="密钥 1 还在用：parties_person.id_number 4、parties_person.phone 1"):
        DropKey.perform(operator, {"key": 1})
    assert sorted(keys.ring().keys) == [1, 2]


def test_a_dropped_key_leaves_no_marks_and_everybody_is_still_found(county, operator, wangs):
    AddKey.perform(operator)
    RegisterHousehold.perform(
        county, {"division": VILLAGE, "members": [{"name": "吴桂芝", "relation": "户主", "id_number": STRANGER}]}
    )
    rotate()
    DropKey.perform(operator, {"key": 1})
    assert sorted(keys.ring().keys) == [2]
    assert {mark.token[:4] for mark in HeldNumber.objects.all()} == {"id2."}
    assert HeldNumber.objects.count() == 5
    assert person(county).id_number.reveal() == WANG


def test_only_an_operator_of_the_department_changes_keys(actors, wangs):
    for action in (AddKey, Reseal, DropKey):
        with pytest.raises(Forbidden):
            action.perform(actors["department"], {"key": 1})
    with pytest.raises(Refused, match="厅机关"):
        AddKey.perform(make_actor("县里的运维", UnitKind.COUNTY, "990122000000", Role.OPERATOR))
    assert sorted(keys.ring().keys) == [1]


def test_each_step_is_on_record_without_a_number(operator, wangs):
    AddKey.perform(operator)
    rotate(batch=2)
    DropKey.perform(operator, {"key": 1})
    rows = AuditRow.objects.filter(action__startswith="secrets.").order_by("id")
    assert [r.action for r in rows] == ["secrets.add_key", *["secrets.reseal"] * 2, "secrets.drop_key"]
    assert WANG not in "".join(r.body for r in rows)


def test_the_list_says_what_each_key_still_holds(operator, wangs, capsys):
    AddKey.perform(operator)
    Reseal.perform(operator, {"holder": "parties_person", "size": 3})
    assert keys_cli.run_list(Namespace()) == 0
    said = capsys.readouterr().out
    assert "密钥 2" in said and "现行" in said
    assert "1  parties_person.id_number" in said and "3  parties_person.id_number" in said


def test_one_value_that_does_not_open_stops_neither_the_others_nor_the_refusal_to_drop(county, operator, wangs):
    wang = person(county)
    with working_as(county):
        spoiled = bytearray(wang.phone.value)
        spoiled[-1] ^= 1
        Person.objects.filter(pk=wang.pk).update(phone_sealed=bytes(spoiled))
    AddKey.perform(operator)
    code, said = rotate()
    assert code == 1
    assert f"{wang.pk} 的栏目 phone 的密文被改动过" in said and "parties_person.phone 1" in said
    assert under(operator)["parties_person.id_number"] == {2: 4}
    with pytest.raises(Refused, match="parties_person.phone 1"):
        DropKey.perform(operator, {"key": 1})


# -- beside others: committed for real, on a database of the test's own ---------------------------
@pytest.fixture
def installed(as_owner):
    make_province()
    actors = make_actors()
    operator = make_actor("installer", UnitKind.OFFICE, "990000000000", Role.OPERATOR)
    RegisterHousehold.perform(actors["county"], WANGS)
    return actors["county"], operator, as_owner


def test_a_row_somebody_is_changing_is_left_alone_until_they_are_done(installed):
    county, operator, owner = installed
    AddKey.perform(operator)
    wang = person(county)
    changed = person(county)
    changed.phone = "13000000009"
    with owner.transaction():
        owner.execute(
            "UPDATE parties_person SET phone_sealed = %s, phone_token = %s, version = 2 WHERE party_id = %s",
            [changed.phone_sealed, changed.phone_token, wang.pk],
        )
        done = Reseal.perform(operator, {"holder": "parties_person", "size": 0})
        assert done["done"] == 3
        with pytest.raises(Refused, match="有人正在写入"):
            DropKey.perform(operator, {"key": 1})
    assert rotate()[0] == 0
    now = person(county)
    assert (now.phone.reveal(), now.version, now.id_number.reveal()) == ("13000000009", 2, WANG)
    DropKey.perform(operator, {"key": 1})


def test_a_key_stays_while_something_that_began_before_it_was_replaced_goes_on(installed, test_database):
    import psycopg

    _county, operator, _owner = installed
    with psycopg.connect(test_database.url()) as slow:
        slow.execute("SELECT 1")
        AddKey.perform(operator)
        assert rotate()[0] == 0
        with pytest.raises(Refused, match="有 1 个办理"):
            DropKey.perform(operator, {"key": 1})
        slow.rollback()
        DropKey.perform(operator, {"key": 1})


def test_a_transaction_of_another_role_counts_although_its_beginning_is_hidden(installed):
    _county, operator, owner = installed
    AddKey.perform(operator)
    assert rotate()[0] == 0
    with owner.transaction():
        owner.execute("SELECT 1")
        with pytest.raises(Refused, match="有 1 个办理"):
            DropKey.perform(operator, {"key": 1})
    DropKey.perform(operator, {"key": 1})


def make_people(owner, county, n: int) -> None:
    """n more people, each with a number of its own, as the action would have stored them."""
    from jimin.core.parties.models import Party

    pattern = person(county)
    place = {c: getattr(pattern, c) for c in ("prefecture", "county", "town", "village")}
    parties = Party.objects.bulk_create(Party(kind="person") for _ in range(n))
    people = []
    for i, party in enumerate(parties):
        first = f"22012219{50 + i % 50}0101{i % 1000:03d}"
        people.append(Person(party=party, name=f"某{i}", **place))
        people[-1].id_number = first + id_check(first)
    with working_as(county):
        Person.objects.bulk_create(people)


@contextmanager
def rotating(url: str):
    environment = {
        **os.environ,
        "JIMIN_DATABASE_URL": url,
        "JIMIN_KEYS": str(settings.JIMIN_KEYS),
        "JIMIN_FILES": str(settings.FILES_ROOT),
        "JIMIN_SECRET_KEY": "x",
        "JIMIN_BUSINESS_DAY": "2023-10-10",
        "JIMIN_DEMO": "1",
    }
    command = [sys.executable, "-m", "jimin", "keys", "rotate", "--batch", "10"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as it:
        yield it


def test_a_rotation_that_is_killed_is_finished_by_two_at_once(installed, test_database):
    county, operator, owner = installed
    make_people(owner, county, 300)
    AddKey.perform(operator)
    with rotating(test_database.url()) as first:
        assert "已换 10" in first.stdout.readline()
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL
    left = under(operator)["parties_person.id_number"]
    assert left[1] > 0 and left[1] + left[2] == 304
    with rotating(test_database.url()) as one, rotating(test_database.url()) as two:
        said = [each.communicate(timeout=120)[0] for each in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], said
    assert under(operator)["parties_person.id_number"] == {2: 304}
    assert KeyRotation.objects.get(holder="parties_person").done == 304  # each row once, by whoever
    numbers = [p.id_number.reveal() for p in everybody(county)]
    assert len(set(numbers)) == 304
    distinct = sql.SQL("SELECT count(DISTINCT id_number_token) FROM parties_person")
    assert owner.execute(distinct).fetchone() == (304,)
    assert all(
        by == {2: sum(by.values())} for h in holders.all_holders() for by in counts_of(h, operator).values() if by
    )


def counts_of(holder, operator) -> dict:
    with working_as(operator):
        return holder.counts()
