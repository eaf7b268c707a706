"""Who looked for whom is on record as a change is, sealed with the rest, and never in clear."""

import json

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import RequestFactory

from jimin.core.access import sessions
from jimin.core.access.models import Account
from jimin.core.access.scope import working_as
from jimin.core.actions.errors import Forbidden, NotFound, Refused
from jimin.core.audit.api import KINDS, Sort, declare, keeping_refusals, looked, trace_of
from jimin.core.audit.models import AuditRow
from jimin.core.audit.registers import shown
from jimin.core.parties import api, looking
from jimin.core.parties.actions import RevealNumber
from jimin.core.parties.models import Person
from jimin.core.parties.tests.conftest import LI, WANG

SEARCH = declare("test.people.search", "查找人员", Sort.LOOK)


def newest(action: str) -> AuditRow:
    return AuditRow.objects.filter(action=action).order_by("-id")[0]


def said(row: AuditRow) -> dict:
    return json.loads(row.body)["after"]


@pytest.fixture
def wang(county, wangs) -> Person:
    with working_as(county):
        return api.by_id_number(county, WANG)


def test_a_search_says_who_looked_for_whom_with_masks_alone(county, wang):
    looked(county, SEARCH, sought={"id": WANG, "name": "王桂兰", "phone": ""}, shown=[wang], reason="核对低保")
    row = newest(SEARCH.name)
    assert (row.actor, row.account, row.object_id) == (county.label, county.account.id, str(wang.pk))
    assert said(row)["found"] == 1
    assert said(row)["sought"]["id"].startswith("220122********9960#")
    assert WANG not in row.body and "王桂兰" not in row.body and "核对低保" in row.body


def test_what_was_looked_for_matches_the_persons_own_rows(county, wang):
    registered = json.loads(AuditRow.objects.get(object_id=str(wang.pk), action="parties.register_household").body)
    assert trace_of("id", f" {WANG} ") == registered["after"]["id_number"] == wang.id_number.trace()
    assert trace_of("name", "王桂兰") == registered["after"]["name"]
    assert trace_of("id", LI) != trace_of("id", WANG)


@pytest.mark.parametrize("typed", [WANG[:-1] + "1", WANG[:17], "1300000000", f"王桂兰 {WANG}"])
def test_a_mistyped_number_is_not_on_record_in_clear_either(keys_ready, typed):
    for name in ("id", "phone", "bank", "name", "anything"):
        trace = trace_of(name, typed).partition("#")[0]
        assert not any(typed[i : i + 9] in trace for i in range(len(typed) - 8)), trace


@pytest.fixture
def keys_ready(key_file):
    return key_file


def test_a_search_that_shows_several_names_each_by_its_key(county, wang):
    with working_as(county):
        people = list(api.people(county))
        looked(county, SEARCH, sought={"name": "李"}, conditions={"county": "990122000000"}, shown=people, found=81)
    row = newest(SEARCH.name)
    assert (row.object_type, row.object_id) == ("parties.person", "")
    assert said(row) | {"sought": 0} == {
        "found": 81, "conditions": {"county": "990122000000"}, "sought": 0, "shown": sorted(str(p.pk) for p in people),
    }  # fmt: skip


def test_a_search_that_finds_nobody_is_on_record_too(county, wangs):
    looked(county, SEARCH, sought={"name": "赵六"})
    assert said(newest(SEARCH.name))["found"] == 0


def test_a_refused_reveal_is_on_record_with_the_person_it_was_about(actors, wang):
    data = {"person": wang.pk, "field": "id_number", "reason": "随便看看"}
    for who, wrong, error in (
        ("other_county", {}, NotFound),
        ("department", {}, Forbidden),
        ("county", {"reason": ""}, Refused),
    ):
        with pytest.raises(error):
            RevealNumber.perform(actors[who], {**data, **wrong})
        row = newest("access.refused")
        assert (row.account, row.object_type, row.object_id) == (
            actors[who].account.id, "parties.reveal_number", str(wang.pk),
        )  # fmt: skip
        assert said(row) == {"refused": error.__name__.lower()}
    assert AuditRow.objects.filter(action="access.refused").count() == 3
    assert not AuditRow.objects.filter(action="parties.reveal_number").exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_outlives_the_request_that_it_takes_back(actors, wang):
    with keeping_refusals(), transaction.atomic():
        with pytest.raises(NotFound):
            RevealNumber.perform(
                actors["other_county"], {"person": wang.pk, "field": "id_number", "reason": "随便看看"}
            )
        transaction.set_rollback(True)
    assert AuditRow.objects.filter(action="access.refused").count() == 1


def test_signing_in_and_out_and_failing_are_on_record(county):
    request = RequestFactory().post("/console/signin/", REMOTE_ADDR="10.1.2.3")
    request.session = SessionStore()
    user_logged_in.send(sender=Account, request=request, user=county.account)
    user_logged_out.send(sender=Account, request=request, user=county.account)
    authenticate(request, username=county.account.username, password="not this one")
    came, left, failed = (newest(kind.name) for kind in (sessions.IN, sessions.OUT, sessions.FAILED))
    assert came.account == left.account == county.account.id and said(came) == {"from": "10.1.2.3"}
    assert (failed.account, failed.object_id) == (None, str(county.account.id))


def test_a_password_typed_as_the_account_is_not_on_record(county):
    authenticate(RequestFactory().post("/console/signin/"), username="mY-Secret-2023", password="x")
    row = newest(sessions.FAILED.name)
    assert row.object_id == "" and "Secret" not in row.body and "mY" not in row.body


def test_every_action_is_a_kind_of_row_with_a_title():
    assert KINDS["parties.reveal_number"].sort == Sort.REVEAL
    assert KINDS["registers.export"].sort == Sort.EXPORT
    assert KINDS["parties.correct_person"].sort == Sort.CHANGE
    assert all(str(kind.title) for kind in KINDS.values())


def test_who_opened_a_household_was_shown_everybody_in_it(county, wangs, wang):
    with working_as(county):
        home = wang.memberships.get().household
        everybody = {str(m.person_id) for m in home.members.all()}
        looking.open_household(county, home.pk)
        looking.open_person(county, wang.pk, family=True)
    row = newest("parties.open_household")
    assert row.object_id == str(home.pk) and set(said(row)["shown"]) == everybody and len(everybody) > 1
    other = (everybody - {str(wang.pk)}).pop()
    assert set(AuditRow.objects.filter(shown(other)).values_list("action", flat=True)) >= {
        "parties.open_household", "parties.open_person",
    }  # fmt: skip
