"""A small province with offices and people in post, for the tests of rooms that know no domain."""

from __future__ import annotations

from datetime import date

from jimin.core.access import system
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind

PLACES = [
    ("990000000000", "某省", Level.PROVINCE, Kind.PROVINCE, ""),
    ("990100000000", "甲市", Level.PREFECTURE, Kind.PREFECTURE, "990000000000"),
    ("990122000000", "子县", Level.COUNTY, Kind.COUNTY, "990100000000"),
    ("990183000000", "丑县", Level.COUNTY, Kind.COUNTY, "990100000000"),
]
OFFICES = [
    ("t.office", "办公室", UnitKind.OFFICE, "", ""),
    ("9901", "甲市", UnitKind.PREFECTURE, "", "990100000000"),
    ("990122", "子县", UnitKind.COUNTY, "9901", "990122000000"),
    ("990183", "丑县", UnitKind.COUNTY, "9901", "990183000000"),
]


def hand(unit: ReportingUnit) -> Actor:
    """The system's own hand, as an installation has it: what it does waits for nobody."""
    account, _made = Account.objects.get_or_create(
        username=system.USERNAME, defaults={"name": "系统安装", "password": "!"}
    )
    post, _made = Appointment.objects.get_or_create(
        account=account, unit=unit, role=Role.OPERATOR, defaults={"valid_from": date(2020, 1, 1)}
    )
    return Actor.of(post)


class People:
    """`actor(name, unit, role)` makes somebody in a post; the same name again is the same account."""

    def __init__(self) -> None:
        Division.objects.bulk_create(
            Division(code=code, name=name, level=level, kind=kind, parent_code=parent, source="测试")
            for code, name, level, kind, parent in PLACES
        )
        divisions.changed()
        self.units: dict[str, ReportingUnit] = {}
        for rank, (code, name, kind, above, place) in enumerate(OFFICES):
            self.units[code] = ReportingUnit.objects.create(
                code=code, name=name, short_name=name, kind=kind, superior=self.units.get(above),
                jurisdiction=place, rank=rank,
            )  # fmt: skip
        divisions.changed()

    def actor(self, name: str, unit: str, role: Role, acting_for: Actor | None = None) -> Actor:
        """Somebody at work."""
        account, _made = Account.objects.get_or_create(username=name, defaults={"name": name, "password": "!"})
        return Actor.of(
            Appointment.objects.create(
                account=account,
                unit=self.units[unit],
                role=role,
                valid_from=date(2023, 1, 1),
                acting_for=acting_for.appointment if acting_for else None,
            )
        )
