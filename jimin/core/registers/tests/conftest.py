"""A list of events of two counties, seen by the department, by 长春市 and by 农安县."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F, Q
from django.utils import timezone

from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import STAFF
from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division as Place
from jimin.core.divisions.models import Kind, Level, ReportingUnit, UnitKind
from jimin.core.events.models import OutboxEvent
from jimin.core.registers.api import REGISTERS, Choice, Column, Contains, DateRange, Division, Register, Status, YesNo
from jimin.core.registers.api import MonthOf as Month

PLACES = [
    ("220000000000", "吉林省", Level.PROVINCE, Kind.PROVINCE, ""),
    ("220100000000", "长春市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
    ("220200000000", "吉林市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
    ("220122000000", "农安县", Level.COUNTY, Kind.COUNTY, "220100000000"),
    ("220183000000", "德惠市", Level.COUNTY, Kind.COUNTY, "220100000000"),
]
NONGAN, DEHUI, CHANGCHUN = "220122000000", "220183000000", "220100000000"

if "tests.events" not in REGISTERS:

    class Events(Register):
        name = "tests.events"
        title = "事件"
        model = OutboxEvent
        allowed = STAFF
        columns = (
            Column("id", "编号", kind="number", sort="id"),
            Column("name", "名称", sort="name", href=lambda e: f"/e/{e.pk}"),
            Column("subject", "对象", kind="code"),
            Column("day", "日期", kind="date", sort="day"),
            Column("delivered", "送达", value="delivered_at", kind="moment", sort="delivered_at"),
            Column("county", "县", kind="division"),
            Column(
                "state", "状态", kind="status",
                value=lambda e: Status("ok", "已送") if e.delivered_at else Status("todo", "未送"),
            ),
        )  # fmt: skip
        filters = (
            Contains("name", "名称"),
            Choice("kind", "类别", field="subject", choices=[("a:1", "甲"), ("b:2", "乙")]),
            DateRange("day", "日期"),
            Month("month", "月份", field="day"),
            Division("place", "地区"),
            YesNo("sent", "已送达", condition=~Q(delivered_at=None)),
        )
        search = ("name", "subject")
        order = ("-day", "id")
        page_size = 7


@pytest.fixture
def cast(db, settings):
    settings.JIMIN_BUSINESS_DAY = date(2023, 10, 10)
    for code, name, level, kind, parent in PLACES:
        Place.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "kind": kind, "parent_code": parent, "source": "测试"}
        )
    divisions.changed()
    office = ReportingUnit.objects.create(code="t-bgs", name="办公室", short_name="办公室", kind=UnitKind.OFFICE)
    city = ReportingUnit.objects.create(
        code="t-cc", name="长春市民政局", short_name="长春市局", kind=UnitKind.PREFECTURE, jurisdiction=CHANGCHUN
    )
    county = ReportingUnit.objects.create(
        code="t-na",
        name="农安县民政局",
        short_name="农安县局",
        kind=UnitKind.COUNTY,
        jurisdiction=NONGAN,
        superior=city,
    )
    people = SimpleNamespace(
        department=_actor("t-wang", "王丽华", office, "office_clerk"),
        city=_actor("t-zhao", "赵强", city, "city_clerk"),
        county=_actor("t-liu", "刘敏", county, "county_clerk"),
        auditor=_actor("t-sun", "孙立", office, "auditor"),
    )
    yield people
    divisions.changed()


def _actor(username, name, unit, role):
    account = Account.objects.create_user(username, None, name=name)
    return Actor.of(Appointment.objects.create(account=account, unit=unit, role=role, valid_from=date(2020, 1, 1)))


@pytest.fixture
def register():
    return REGISTERS["tests.events"]


@pytest.fixture
def events(cast):
    """Forty events; days repeat, every third is delivered, the counties alternate."""
    made = [
        OutboxEvent(
            name=f"event {i % 5}",
            subject="a:1" if i % 2 else "b:2",
            day=date(2023, 9, 1) + timedelta(days=i // 4),
            prefecture=CHANGCHUN,
            county=NONGAN if i % 2 else DEHUI,
            delivered_at=timezone.now() + timedelta(minutes=i // 6) if i % 3 == 0 else None,
        )
        for i in range(40)
    ]
    OutboxEvent.objects.bulk_create(made)
    return OutboxEvent.objects.order_by(F("day").desc(), "id")
