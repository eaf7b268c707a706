"""Staff find, open, correct and register people; numbers stay masked, and nothing typed stands in an address."""

import json
import re
import uuid

import pytest
from django.urls import reverse

from jimin.core.access.roles import Role
from jimin.core.access.scope import working_as
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import UnitKind
from jimin.core.parties import api, limits
from jimin.core.parties.actions import CorrectPerson
from jimin.core.parties.models import Household, HouseholdMember, Person
from jimin.core.parties.tests.conftest import LI, STRANGER, VILLAGE, WANG, make_actor

PHONE = "13000000001"
NUMBERS = (WANG, LI, PHONE)


def url(name: str, *args) -> str:
    return reverse(f"console:{name}", args=args)


def person(actor, number=WANG) -> Person:
    with working_as(actor):
        return api.by_id_number(actor, number)


def text(response, status=200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def find(client, q: str, status=200) -> str:
    return text(client.post(url("people_search"), {"q": q}), status)


def post(client, address: str, /, **data):
    return client.post(address, {"key": str(uuid.uuid4()), **data})


def names_in(page: str) -> list[str]:
    return re.findall(r"<b>(\w\*+\w?)</b>", page)


def looks(kind: str) -> list[AuditRow]:
    return list(AuditRow.objects.filter(action=kind).order_by("id"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("王桂兰", ["王*兰"]),
        ("桂兰", ["王*兰"]),
        ("wg", ["王*兰"]),
        ("WGL", ["王*兰"]),
        ("李", ["李*田", "李*军", "李*"]),
        (WANG, ["王*兰"]),
        ("220122 19560814 9960", ["王*兰"]),
        (PHONE, ["王*兰"]),
        ("+86 130-0000-0001", ["王*兰"]),
        ("赵钱孙", []),
        (STRANGER, []),
    ],
)
def test_somebody_is_found_by_name_initials_id_or_phone(sign_in, county, typed, found):
    page = find(sign_in(county), typed)
    assert sorted(names_in(page)) == sorted(found)
    assert ("管辖范围内没有找到" in page) == (not found)
    assert not [n for n in NUMBERS if n in page.replace(f'value="{typed}"', "")]


def test_every_search_is_on_record_masked_also_one_that_finds_nobody(sign_in, county):
    client = sign_in(county)
    find(client, WANG)
    find(client, "赵钱孙")
    one, none = (json.loads(row.body)["after"] for row in looks("parties.search"))
    assert one["sought"]["id"].startswith("220122********9960#") and one["found"] == 1
    assert none["found"] == 0 and "赵钱孙" not in str(none)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (WANG[:-1], "18 位"),
        (WANG[:-1] + "1", "校验位不对"),
        ("1380013800", "11 位手机号"),
        ("138", "11 位手机号"),
        ("220122", "18 位"),
        ("w", "两个拼音首字母"),
        ("", "请输入姓名"),
    ],
)
def test_a_mistyped_number_is_explained_and_searches_nothing(sign_in, county, typed, said):
    page = find(sign_in(county), typed, 422)
    assert said in page and names_in(page) == []


def test_a_search_never_comes_by_an_address(sign_in, county):
    response = sign_in(county).get(url("people_search") + f"?q={WANG}")
    assert (response.status_code, response["Location"]) == (302, url("people"))
    page = text(sign_in(county).get(url("people")))
    assert re.search(r'<form[^>]+method="post" action="/console/people/search/"', page)


def test_the_list_shows_masks_and_is_on_record(sign_in, county):
    page = text(sign_in(county).get(url("people")))
    assert "王*兰" in page and "220122********9960" in page and "王桂兰" not in page
    assert not [n for n in NUMBERS if n in page]
    (row,) = looks("registers.look")
    assert json.loads(row.body)["after"]["found"] == 4
    assert text(sign_in(county).get("/console/r/parties.people/"))


@pytest.mark.parametrize("who", ["department", "city"])
def test_who_does_not_work_with_people_opens_nothing(sign_in, actors, who):
    client, wang = sign_in(actors[who]), person(actors["county"])
    assert "console/people" not in client.get("/console/").content.decode()
    for address in (
        url("people"), url("person", wang.pk), url("households"), url("household_new"), "/console/r/parties.people/",
        url("person_number", wang.pk, "id_number"),
    ):  # fmt: skip
        assert client.get(address).status_code == 403, address


def test_another_county_finds_and_opens_nobody_of_this_one(sign_in, actors, wangs):
    client, wang = sign_in(actors["other_county"]), person(actors["county"])
    assert names_in(find(client, WANG)) == names_in(find(client, "王桂兰")) == []
    for address in (
        url("person", wang.pk), url("person_correct", wang.pk), url("household", wangs["household"]),
        url("person_number", wang.pk, "phone"),
    ):  # fmt: skip
        response = client.get(address)
        assert response.status_code == 404 and "王" not in response.content.decode(), address
    assert "这里还没有登记的人员" in text(client.get(url("people")))


def test_a_persons_page_has_the_household_the_relatives_and_masks(sign_in, actors):
    page = text(sign_in(actors["town"]).get(url("person", person(actors["county"]).pk)))
    for said in (
        "王桂兰",
        "67 岁",
        "农安县合隆镇陈家店村",
        "李福田",
        "李明",
        "220122********9960",
        "130****0001",
        "没有登记",
    ):
        assert said in page, said
    assert not [n for n in NUMBERS if n in page]
    assert len(looks("parties.open_person")) == 1


def test_a_number_is_shown_for_a_reason_for_a_short_time(sign_in, county):
    client, wang = sign_in(county), person(county)
    address = url("person_number", wang.pk, "id_number")
    assert WANG not in text(client.get(address))
    response = client.post(address, {"why": "与本人出示的证件核对"})
    assert WANG in text(response)
    assert response["Refresh"] == f"60; url={url('person', wang.pk)}"
    (row,) = looks("parties.reveal_number")
    assert json.loads(row.body)["note"] == "与本人出示的证件核对"
    assert WANG not in row.body


@pytest.mark.parametrize("data", [{}, {"why": "other"}, {"why": "other", "other": "看看"}, {"why": "我想看"}])
def test_without_a_reason_nothing_is_shown(sign_in, county, data):
    wang = person(county)
    page = text(sign_in(county).post(url("person_number", wang.pk, "id_number"), data), 422)
    assert WANG not in page and looks("parties.reveal_number") == []


def test_a_number_that_is_not_there_and_a_field_that_is_none(sign_in, county):
    client, wang = sign_in(county), person(county)
    assert "没有登记这个号码" in text(client.get(url("person_number", wang.pk, "bank_card")))
    assert client.get(url("person_number", wang.pk, "name")).status_code == 404


def test_after_so_many_numbers_a_day_no_more_are_shown(sign_in, actors, monkeypatch):
    monkeypatch.setitem(limits.limits(), "reveals_a_day", 2)
    county = actors["county"]
    client, wang = sign_in(county), person(county)
    address, why = url("person_number", wang.pk, "phone"), {"why": "电话联系本人或家属"}
    for _time in range(2):
        assert PHONE in text(client.post(address, why))
    page = text(client.post(address, why), 422)
    assert PHONE not in page and "到了上限" in page
    assert PHONE in text(sign_in(actors["town"]).post(address, why))  # the limit is each account's own


def test_a_correction_sends_what_differs_and_keeps_the_old(sign_in, county):
    client, wang = sign_in(county), person(county)
    address = url("person_correct", wang.pk)
    form = {"version": 1, "name": "王桂蓝", "sex": "女", "birth": "1956-08-14", "reason": "与户口簿核对"}
    response = post(client, address, **form, phone="13000000009")
    assert response.status_code == 302 and response["Location"] == url("person", wang.pk)
    page = text(client.get(url("person", wang.pk)))
    assert "王桂蓝" in page and "姓名原为：王桂兰" in page and "电话原为：130****0001" in page and "130****0009" in page
    stale = text(post(client, address, **{**form, "name": "王桂澜"}), 409)
    assert "王*蓝" in stale or "王桂蓝" in stale


def test_a_corrected_id_number_brings_birth_and_sex_though_the_form_shows_the_old(sign_in, county):
    client, wang = sign_in(county), person(county)
    form = {"version": 1, "name": "王桂兰", "sex": "女", "birth": "1956-08-14", "reason": "与身份证核对"}
    assert post(client, url("person_correct", wang.pk), **form, id_number=STRANGER).status_code == 302
    assert str(person(county, STRANGER).birth) == "1951-07-27"


def test_an_emptied_field_is_cleared_and_a_missing_reason_is_asked_for(sign_in, county):
    client, li = sign_in(county), person(county, LI)
    form = {"version": 1, "name": "李福田", "sex": "男", "birth": "1953-03-06", "disability": ""}
    assert "此项必填" in text(post(client, url("person_correct", li.pk), **form), 422)
    assert post(client, url("person_correct", li.pk), **form, reason="残疾证已注销").status_code == 302
    assert person(county, LI).disability == ""


def test_a_household_is_registered_with_its_head_and_members_join_and_leave(sign_in, county):
    client = sign_in(county)
    page = text(client.get(url("household_new")))
    assert "陈家店村" in page and "大房身村" not in page
    head = {"division": VILLAGE, "address": "陈家店村4社", "name": "吴桂芝", "id_number": STRANGER, "sex": "未知"}
    response = post(client, url("household_new"), **head)
    assert response.status_code == 302
    with working_as(county):
        household = Household.objects.get(address="陈家店村4社")
    assert response["Location"] == url("household", household.pk)
    joined = {"version": 1, "name": "吴小宝", "relation": "孙子女", "sex": "男", "since": "2023-09-01"}
    assert post(client, url("member_new", household.pk), **joined).status_code == 302
    with working_as(county):
        member = HouseholdMember.objects.get(household=household, person__name="吴小宝")
    leave = url("member_end", household.pk, member.pk)
    assert "吴小宝" in text(client.get(leave))
    assert post(client, leave, version=1, on="2023-10-01", reason="随父母迁出").status_code == 302
    page = text(client.get(url("household", household.pk)))
    assert "以前的成员" in page and "吴小宝" in page and STRANGER not in page
    assert client.get(leave).status_code == 404


def test_a_number_that_is_taken_elsewhere_is_refused_at_its_field(sign_in, actors, wangs):
    client = sign_in(actors["other_county"])
    head = {"division": "990183100201", "name": "王桂兰", "id_number": WANG, "sex": "未知"}
    page = text(post(client, url("household_new"), **head), 422)
    assert "已经登记在另一个人名下" in page


def test_somebody_unknown_is_registered_by_description(sign_in, county):
    client = sign_in(county)
    response = post(client, url("unknown_new"), division=VILLAGE, description="约 60 岁，左手缺两指", sex="男")
    assert "身份不明人员" in text(client.get(response["Location"]))


def test_a_section_chief_reads_and_reveals_but_registers_and_corrects_nothing(sign_in, actors):
    chief = make_actor("王股长", UnitKind.COUNTY, "990122000000", Role.COUNTY_SECTION_CHIEF)
    client, wang = sign_in(chief), person(actors["county"])
    page = text(client.get(url("person", wang.pk)))
    assert "查看完整号码" in page and "/correct/" not in page
    assert "households/new" not in text(client.get(url("households")))
    for address in (url("person_correct", wang.pk), url("household_new"), url("unknown_new")):
        assert client.get(address).status_code == 403
    assert CorrectPerson.name not in {row.action for row in AuditRow.objects.all()}


def test_the_households_are_listed_by_their_masked_heads(sign_in, county):
    page = text(sign_in(county).get(url("households")))
    assert "王*兰" in page and "王桂兰" not in page and "陈家店村" in page


def test_an_export_of_people_holds_masks_alone_and_is_on_record(sign_in, county):
    response = sign_in(county).get("/console/r/parties.people/export.csv")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "王*兰" in content and "220122********9960" in content
    assert not [n for n in (*NUMBERS, "王桂兰") if n in content]
    assert len(looks("registers.export")) == 1
