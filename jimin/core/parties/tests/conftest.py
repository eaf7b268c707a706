"""A small province, its clerks, a key ring, and the cast's first household."""

from __future__ import annotations

import datetime

import pytest

from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor, working_as
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.core.parties.actions import RegisterHousehold
from jimin.core.secrets import keys

PLACES = [
    ("990000000000", "某省", Level.PROVINCE, Kind.PROVINCE, ""),
    ("990100000000", "甲市", Level.PREFECTURE, Kind.PREFECTURE, "990000000000"),
    ("990122000000", "农安县", Level.COUNTY, Kind.COUNTY, "990100000000"),
    ("990122110000", "合隆镇", Level.TOWN, Kind.TOWN, "990122000000"),
    ("990122110201", "陈家店村", Level.VILLAGE, Kind.VILLAGE, "990122110000"),
    ("990122111000", "靠山镇", Level.TOWN, Kind.TOWN, "990122000000"),
    ("990122111201", "齐家屯村", Level.VILLAGE, Kind.VILLAGE, "990122111000"),
    ("990183000000", "德惠市", Level.COUNTY, Kind.COUNTY, "990100000000"),
    ("990183100000", "大房身镇", Level.TOWN, Kind.TOWN, "990183000000"),
    ("990183100201", "大房身村", Level.VILLAGE, Kind.VILLAGE, "990183100000"),
]
VILLAGE, OTHER_TOWNS_VILLAGE, OTHER_COUNTYS_VILLAGE = "990122110201", "990122111201", "990183100201"
WANG, LI, LI_XIAOJUN, LI_MING = (
    "220122195608149960",
    "220122195303069978",
    "220122198505219974",
    "220122198209179971",
)
STRANGER = "22012219510727996X"

WANGS = {
    "division": VILLAGE,
    "address": "陈家店村3社",
    "members": [
        {"name": "王桂兰", "relation": "户主", "id_number": WANG, "phone": "13000000001"},
        {"name": "李福田", "relation": "配偶", "id_number": LI, "disability": "肢体二级"},
        {"name": "李小军", "relation": "子", "id_number": LI_XIAOJUN},
    ],
    "relatives": [{"name": "李明", "relation": "子", "id_number": LI_MING, "address": "长春"}],
}


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path):
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    settings.JIMIN_BUSINESS_DAY = datetime.date(2023, 10, 10)
    keys.forget()
    yield keys.ensure_keys()
    keys.forget()


def make_province() -> None:
    Division.objects.bulk_create(
        [Division(code=c, name=n, level=lv, kind=k, parent_code=p, source="测试") for c, n, lv, k, p in PLACES]
    )
    divisions.changed()


def make_actor(username: str, unit_kind: str, jurisdiction: str, role: Role) -> Actor:
    unit, _made = ReportingUnit.objects.get_or_create(
        code=jurisdiction[:9],
        defaults={"name": username, "short_name": username, "kind": unit_kind, "jurisdiction": jurisdiction},
    )
    account = Account.objects.create_user(username, name=username)
    appointment = Appointment.objects.create(
        account=account, unit=unit, role=role, valid_from=datetime.date(2020, 1, 1)
    )
    return Actor.of(appointment)


def make_actors() -> dict[str, Actor]:
    return {
        "department": make_actor("厅经办", UnitKind.OFFICE, "990000000000", Role.DEPT_CLERK),
        "city": make_actor("市经办", UnitKind.PREFECTURE, "990100000000", Role.CITY_CLERK),
        "county": make_actor("刘敏", UnitKind.COUNTY, "990122000000", Role.COUNTY_CLERK),
        "town": make_actor("于海涛", UnitKind.TOWN, "990122110000", Role.TOWN_CLERK),
        "other_town": make_actor("靠山镇经办", UnitKind.TOWN, "990122111000", Role.TOWN_CLERK),
        "other_county": make_actor("德惠经办", UnitKind.COUNTY, "990183000000", Role.COUNTY_CLERK),
    }


@pytest.fixture
def province(db):
    make_province()
    yield
    divisions.changed()


@pytest.fixture
def actors(province) -> dict[str, Actor]:
    return make_actors()


@pytest.fixture
def county(actors) -> Actor:
    return actors["county"]


@pytest.fixture
def wangs(county) -> dict:
    """王桂兰's household, registered by the county's clerk: the action's result."""
    return RegisterHousehold.perform(county, WANGS)


@pytest.fixture
def at_work(wangs, county):
    """Inside a transaction under the county clerk's scope."""
    with working_as(county):
        yield county
