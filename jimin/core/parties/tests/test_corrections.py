"""A correction keeps what was wrong; a number is shown for a reason; a merge can be undone."""

import json

import pytest

from jimin.core.access.scope import working_as
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.core.actions.models import ActionKey
from jimin.core.audit.models import AuditRow
from jimin.core.events.models import OutboxEvent
from jimin.core.parties import api
from jimin.core.parties.actions import CorrectPerson, MergePersons, RegisterHousehold, RevealNumber, UndoMerge
from jimin.core.parties.models import HouseholdMember, Person, PersonVersion
from jimin.core.parties.tests.conftest import LI, OTHER_TOWNS_VILLAGE, STRANGER, VILLAGE, WANG


def person(actor, number=WANG) -> Person:
    with working_as(actor):
        return api.by_id_number(actor, number)


def correct(actor, who: Person, **fields):
    return CorrectPerson.perform(actor, {"person": who.pk, "version": who.version, "reason": "与户口簿核对", **fields})


def test_a_correction_keeps_the_old_content_with_who_and_why(county, wangs):
    wang = person(county)
    assert correct(county, wang, name="王桂蓝", phone="13000000009")["corrected"] == ["name", "phone"]
    with working_as(county):
        now, old = Person.objects.get(pk=wang.pk), PersonVersion.objects.get(person=wang.pk)
        assert (now.name, now.version, now.phone.reveal()) == ("王桂蓝", 2, "13000000009")
        assert (old.name, old.version, old.phone.reveal()) == ("王桂兰", 1, "13000000001")
        assert (old.corrected, old.reason, old.by) == (["name", "phone"], "与户口簿核对", county.label)
        assert [p.pk for p in api.search(county, "王桂蓝")] == [wang.pk]
        assert api.search(county, "王桂兰") == []
    event = OutboxEvent.objects.get(name="parties.person_corrected")
    assert event.payload == {"fields": ["name", "phone"], "version": 2}


def test_a_corrected_id_number_brings_birth_and_sex_with_it(county, wangs):
    wang = person(county)
    correct(county, wang, id_number=STRANGER)
    assert str(person(county, STRANGER).birth) == "1951-07-27"
    assert person(county, WANG) is None


def test_an_id_number_that_is_somebody_elses_is_refused(county, wangs):
    with pytest.raises(Refused, match="已经登记在另一个人名下"):
        correct(county, person(county), id_number=LI, sex="男", birth="1953-03-06")
    assert person(county).version == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"birth": "1956-08-15"}, "与身份证号第 7 至 14 位不一致"),
        ({"sex": "男"}, "与身份证号第 17 位不一致"),
        ({"name": ""}, "姓名不能为空"),
        ({"died_on": "2023-10-11"}, "死亡日期"),
        ({"name": "王桂兰"}, "没有需要更正的"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(county, wangs, fields, reason):
    with pytest.raises(Refused, match=reason):
        correct(county, person(county), **fields)


def test_an_older_page_gets_the_differences(county, wangs):
    wang = person(county)
    correct(county, wang, address="陈家店村4社")
    with pytest.raises(Stale) as error:
        correct(county, wang, address="陈家店村5社")
    assert [d.title for d in error.value.differences] == ["住址"]


def test_a_number_is_revealed_for_a_reason_and_that_is_on_record(county, wangs):
    wang = person(county)
    data = {"person": wang.pk, "field": "id_number", "reason": "与低保申请核对"}
    assert RevealNumber.perform(county, data, key="again") == {"number": WANG}
    assert RevealNumber.perform(county, data, key="again") == {"number": WANG}
    rows = list(AuditRow.objects.filter(action="parties.reveal_number"))
    assert len(rows) == 2
    body = json.loads(rows[0].body)
    assert (body["after"], body["note"]) == ({"revealed": "id_number"}, "与低保申请核对")
    assert not ActionKey.objects.filter(action="parties.reveal_number").exists()


def test_without_a_reason_or_outside_the_scope_nothing_is_revealed(actors, wangs):
    wang = person(actors["county"])
    with pytest.raises(Refused, match="1 处"):
        RevealNumber.perform(actors["county"], {"person": wang.pk, "field": "id_number", "reason": ""})
    data = {"person": wang.pk, "field": "id_number", "reason": "随便看看"}
    with pytest.raises(NotFound):
        RevealNumber.perform(actors["other_county"], data)
    with pytest.raises(Forbidden):
        RevealNumber.perform(actors["department"], data)
    with pytest.raises(Refused, match="没有登记这个号码"):
        RevealNumber.perform(actors["county"], {**data, "field": "bank_card"})


def test_reading_a_sealed_number_shows_the_mask(county, wangs):
    wang = person(county)
    assert str(wang.id_number) == "220122********9960"
    assert WANG not in f"{wang.id_number!r}{wang.id_number}{wang.__dict__}"


def duplicate(actor, division=VILLAGE) -> Person:
    made = RegisterHousehold.perform(actor, {"division": division, "members": [{"name": "王桂兰", "relation": "户主"}]})
    with working_as(actor):
        return Person.objects.get(pk=made["people"][0])


def end_household_of(actor, who: Person) -> None:
    with working_as(actor):
        HouseholdMember.objects.filter(person=who).update(valid_to="2023-10-10")


def test_a_merged_record_is_an_alias_of_the_one_that_stays(county, wangs):
    wang, double = person(county), duplicate(county)
    with pytest.raises(Refused, match="在两个不同的户里"):
        MergePersons.perform(county, {"loser": double.pk, "winner": wang.pk, "reason": "同名同住址，村里证明"})
    end_household_of(county, double)
    MergePersons.perform(county, {"loser": double.pk, "winner": wang.pk, "reason": "同名同住址，村里证明"})
    assert api.resolve(double.pk) == wang.pk
    with working_as(county):
        assert [p.pk for p in api.search(county, "王桂兰")] == [wang.pk]
        assert Person.objects.filter(pk=double.pk).exists()  # nothing is deleted


def test_a_membership_moves_with_the_merge_and_comes_back_when_it_is_undone(county, wangs):
    wang, double = person(county), duplicate(county, OTHER_TOWNS_VILLAGE)
    end_household_of(county, wang)
    merged = MergePersons.perform(county, {"loser": double.pk, "winner": wang.pk, "reason": "村里证明是一个人"})
    with working_as(county):
        assert HouseholdMember.objects.get(person=wang, valid_to=None).village == OTHER_TOWNS_VILLAGE
        assert not HouseholdMember.objects.filter(person=double, valid_to=None).exists()
    UndoMerge.perform(county, {"merge": merged["merge"], "reason": "后来证明是两个人"})
    assert api.resolve(double.pk) == double.pk
    with working_as(county):
        assert not HouseholdMember.objects.filter(person=wang, valid_to=None).exists()
        assert HouseholdMember.objects.get(person=double, valid_to=None).relation == "户主"
        assert {p.pk for p in api.search(county, "王桂兰")} == {wang.pk, double.pk}


def test_only_the_county_merges(actors, wangs):
    with pytest.raises(Forbidden):
        MergePersons.perform(
            actors["town"], {"loser": wangs["people"][0], "winner": wangs["people"][1], "reason": "同一人"}
        )
