"""A small office for the tests of the pages: 王丽华 holds two posts, 刘敏 one, 新来的 none."""

from datetime import date

import pytest

from jimin.core import clock
from jimin.core.access.models import Account, Appointment
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind

PASSWORD = "kan-ban-2023"


@pytest.fixture
def office(db, settings):
    """Accounts by name; the business day is 2023-10-10."""
    settings.JIMIN_BUSINESS_DAY = date(2023, 10, 10)
    return found(clock.business_day())


def found(day):
    made = {}
    Division.objects.get_or_create(
        code="220000000000",
        defaults={"name": "吉林省", "level": Level.PROVINCE, "kind": Kind.PROVINCE, "source": "测试"},
    )
    Division.objects.get_or_create(
        code="220122000000",
        defaults={
            "name": "农安县",
            "level": Level.COUNTY,
            "kind": Kind.COUNTY,
            "parent_code": "220000000000",
            "source": "测试",
        },
    )
    office = ReportingUnit.objects.create(
        code="bgs", name="吉林省民政厅办公室", short_name="省厅办公室", kind=UnitKind.OFFICE
    )
    county = ReportingUnit.objects.create(
        code="na", name="农安县民政局", short_name="农安县局", kind=UnitKind.COUNTY, jurisdiction="220122000000"
    )
    for username, name, posts in (
        ("wanglihua", "王丽华", [(office, "office_clerk"), (office, "auditor")]),
        ("liumin", "刘敏", [(county, "county_clerk")]),
        ("xinlai", "新来的", []),
    ):
        account = Account.objects.create_user(username, PASSWORD, name=name)
        for unit, role in posts:
            Appointment.objects.create(account=account, unit=unit, role=role, valid_from=date(2020, 1, 1))
        made[username] = account
    return made
