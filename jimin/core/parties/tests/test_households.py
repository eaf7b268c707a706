"""A household is registered whole, by those who may, where they may."""

import datetime

import pytest

from jimin.core.access.scope import working_as
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.core.audit.models import AuditRow
from jimin.core.parties import api
from jimin.core.parties.actions import AddMember, EndMember, RegisterHousehold, RegisterUnknown
from jimin.core.parties.models import Household, HouseholdMember, Person
from jimin.core.parties.tests.conftest import (
    LI,
    OTHER_COUNTYS_VILLAGE,
    STRANGER,
    VILLAGE,
    WANG,
    WANGS,
)


def one(**more) -> dict:
    return {"division": VILLAGE, "members": [{"name": "吴桂芝", "relation": "户主", "id_number": STRANGER, **more}]}


def test_the_household_has_its_three_members_and_the_son_in_the_city_is_a_relative(at_work, wangs):
    household = Household.objects.get(pk=wangs["household"])
    assert [(m.person.name, m.relation) for m in api.members(household)] == [
        ("王桂兰", "户主"),
        ("李福田", "配偶"),
        ("李小军", "子"),
    ]
    assert str(household) == "王桂兰户"
    (kin,) = api.relatives(household.head)
    assert (kin.relative.name, kin.relation, kin.relative.address) == ("李明", "子", "长春")


def test_birth_sex_and_age_follow_from_the_id_number(at_work):
    wang = api.by_id_number(at_work, WANG)
    assert (wang.birth, wang.sex, api.age(wang)) == (datetime.date(1956, 8, 14), "女", 67)
    assert api.age(wang, datetime.date(2023, 8, 13)) == 66


def test_the_division_columns_are_filled_at_every_level(at_work, wangs):
    household = Household.objects.get(pk=wangs["household"])
    assert (household.prefecture, household.county, household.town, household.village) == (
        "990100000000",
        "990122000000",
        "990122110000",
        VILLAGE,
    )


def test_the_same_key_twice_registers_once(county):
    first = RegisterHousehold.perform(county, WANGS, key="k1")
    again = RegisterHousehold.perform(county, WANGS, key="k1")
    assert again == {**first, "replayed": True}
    with working_as(county):
        assert Household.objects.count() == 1


def test_the_office_above_may_not_register(actors):
    with pytest.raises(Forbidden, match="市（州）局经办"):
        RegisterHousehold.perform(actors["city"], WANGS)


@pytest.mark.parametrize("who", ["other_county", "other_town"])
def test_nobody_registers_outside_the_own_scope(actors, who):
    with pytest.raises(Refused, match="“陈家店村”不在您的管辖范围内"):
        RegisterHousehold.perform(actors[who], WANGS)


def test_a_town_clerk_registers_in_the_own_town(actors):
    assert RegisterHousehold.perform(actors["town"], WANGS)["household"]


@pytest.mark.parametrize(
    ("change", "where", "reason"),
    [
        ({"id_number": STRANGER[:-1] + "0"}, "members.0.id_number", "校验位不对"),
        ({"birth": "1950-01-01"}, "members.0", "出生日期与身份证号"),
        ({"sex": "男"}, "members.0", "性别与身份证号"),
        ({"phone": "123"}, "members.0.phone", "11 位手机号"),
        ({"bank_card": "6222000000000001"}, "members.0.bank_card", "校验位不对"),
        ({"relation": "邻居"}, "members.0.relation", "请从列出的选项中选择"),
        ({"name": " "}, "members.0.name", "此项必填"),
    ],
)
def test_a_wrong_answer_is_refused_at_its_field(county, change, where, reason):
    with pytest.raises(Refused) as error:
        RegisterHousehold.perform(county, one(**change))
    (problem,) = error.value.problems
    assert problem.field == where
    assert reason in problem.message
    assert STRANGER not in str(error.value) + problem.message


@pytest.mark.parametrize("relations", [["配偶"], ["户主", "户主"]])
def test_a_household_has_exactly_one_head(county, relations):
    members = [{"name": f"某{n}", "relation": r} for n, r in enumerate(relations)]
    with pytest.raises(Refused, match="一户要有一个户主"):
        RegisterHousehold.perform(county, {"division": VILLAGE, "members": members})


def test_a_county_is_no_place_to_live(county):
    with pytest.raises(Refused, match="至少到乡镇"):
        RegisterHousehold.perform(county, one() | {"division": "990122000000"})


def test_an_unknown_division_is_named(county):
    with pytest.raises(Refused, match="990122999999"):
        RegisterHousehold.perform(county, one() | {"division": "990122999999"})


def test_nobody_belongs_to_two_households(county, wangs):
    data = one()
    data["members"].append({"name": "李福田", "relation": "其他", "id_number": LI})
    with pytest.raises(Refused, match="“李福田”已经是另一户的成员"):
        RegisterHousehold.perform(county, data)


def test_the_same_id_under_another_name_is_refused(county, wangs):
    with pytest.raises(Refused, match="已登记为“王桂兰”"):
        RegisterHousehold.perform(county, one(id_number=WANG))


def test_an_id_registered_in_a_county_one_cannot_see_is_refused_without_saying_whose(actors, wangs):
    data = one(name="王桂兰", id_number=WANG) | {"division": OTHER_COUNTYS_VILLAGE}
    with pytest.raises(Refused, match="已经登记在另一个人名下") as error:
        RegisterHousehold.perform(actors["other_county"], data)
    assert error.value.problems[0].field == "members.0.id_number"
    with working_as(actors["other_county"]):
        assert Household.objects.count() == 0


def test_a_member_joins_and_leaves_and_stays_on_record(county, wangs):
    added = AddMember.perform(
        county,
        {"household": wangs["household"], "version": 1, "name": "吴桂芝", "relation": "其他", "since": "2023-09-01"},
    )
    with pytest.raises(Refused, match="迁出日期"):
        EndMember.perform(county, {"member": added["member"], "version": 1, "on": "2023-08-31", "reason": "迁往女儿家"})
    EndMember.perform(county, {"member": added["member"], "version": 1, "on": "2023-10-01", "reason": "迁往女儿家"})
    with working_as(county):
        household = Household.objects.get(pk=wangs["household"])
        assert household.version == 3
        assert len(api.members(household, datetime.date(2023, 9, 30))) == 4 - 3  # the others joined on 10-10
        assert len(api.members(household)) == 3
        assert HouseholdMember.objects.filter(household=household).count() == 4


def test_an_older_page_cannot_add_a_member(county, wangs):
    data = {"household": wangs["household"], "version": 1, "name": "甲", "relation": "其他"}
    AddMember.perform(county, data)
    with pytest.raises(Stale):
        AddMember.perform(county, {**data, "name": "乙"})


def test_another_countys_household_is_not_found(actors, wangs):
    data = {"household": wangs["household"], "version": 1, "name": "甲", "relation": "其他"}
    with pytest.raises(NotFound, match="不在您的管辖范围内"):
        AddMember.perform(actors["other_county"], data)


def test_the_head_cannot_leave_the_others_without_one(county, wangs):
    with working_as(county):
        head = HouseholdMember.objects.get(relation="户主")
    with pytest.raises(Refused, match="先确定新的户主"):
        EndMember.perform(county, {"member": str(head.pk), "version": 1, "reason": "户主去世"})


def test_somebody_nobody_knows_is_registered_by_description(county):
    made = RegisterUnknown.perform(
        county, {"division": VILLAGE, "description": "约 60 岁，男，左手缺两指", "sex": "男"}
    )
    with working_as(county):
        person = Person.objects.get(pk=made["person"])
        assert person.is_unknown
        assert str(person) == "身份不明人员"


def test_every_record_has_its_audit_row_without_names_or_numbers(wangs):
    bodies = list(AuditRow.objects.filter(action="parties.register_household").values_list("body", flat=True))
    assert len(bodies) == 1 + 3 + 3 + 1 + 1  # household, people, memberships, the relative, the kinship
    text = "".join(bodies)
    for secret in ("王桂兰", "李福田", WANG, WANG[6:14], "1956-08-14", "13000000001"):
        assert secret not in text
    assert "王*兰#" in text
    assert "220122********9960#" in text
