"""A small cast for the office's own work: offices, people, a plan with one point, a topic."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from jimin.core import clock
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.core.files.models import StoredFile
from jimin.domains.planning.models import Chapter, Plan, PlanState, Point, StudyTopic, Task
from jimin.engines.cases.models import Work

DAY = date(2023, 10, 10)
FROM = date(2023, 1, 1)

PLACES = [
    ("220000000000", "吉林省", Level.PROVINCE, Kind.PROVINCE, ""),
    ("220100000000", "长春市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
    ("220122000000", "农安县", Level.COUNTY, Kind.COUNTY, "220100000000"),
    ("220200000000", "吉林市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
]


class OfficeCast:
    """Offices by a short name, people by office and role; everything is made on demand and once."""

    def __init__(self) -> None:
        for code, name, level, kind, parent in PLACES:
            if not Division.objects.filter(code=code, valid_to=None).exists():
                Division.objects.create(code=code, name=name, level=level, kind=kind, parent_code=parent, source="测试")
        divisions.changed()
        self.office = self.unit("jg-bgs", "办公室", UnitKind.OFFICE, powers=["plan_office"])
        self.inspection = self.unit("jg-jjz", "派驻纪检监察组", UnitKind.OFFICE, powers=["inspection"])
        self.elder = self.unit("jg-yl", "养老服务处", UnitKind.OFFICE)
        self.relief = self.unit("jg-jz", "社会救助处", UnitKind.OFFICE)
        self.city = self.unit("2201", "长春市局", UnitKind.PREFECTURE, jurisdiction="220100000000")
        self.other_city = self.unit("2202", "吉林市局", UnitKind.PREFECTURE, jurisdiction="220200000000")
        self.county = self.unit("220122", "农安县局", UnitKind.COUNTY, superior=self.city, jurisdiction="220122000000")
        self.plan = Plan.objects.create(
            year=2023, title="2023年全省民政工作要点", state=PlanState.IN_FORCE, digest="d" * 64
        )
        chapter = Chapter.objects.create(plan=self.plan, no=1, title="党的建设")
        self.point = Point.objects.create(
            plan=self.plan, chapter=chapter, no=1, title="要点一", text="原文。", lead=self.elder
        )
        self.topic = StudyTopic.objects.create(plan=self.plan, title="二十大精神", due_on=date(2023, 12, 1))

    def unit(self, code: str, name: str, kind: str, **more: Any) -> ReportingUnit:
        return ReportingUnit.objects.create(code=code, name=name, short_name=name, kind=kind, **more)

    def person(self, unit: ReportingUnit, role: Role, name: str = "", charge: ReportingUnit | None = None) -> Actor:
        username = f"{unit.code}-{role}{name}"
        account, _ = Account.objects.get_or_create(
            username=username, defaults={"name": name or f"{unit.short_name}{role.label}", "password": "!"}
        )
        appointment, fresh = Appointment.objects.get_or_create(
            account=account, unit=unit, role=role, defaults={"valid_from": FROM}
        )
        if charge is not None and fresh:
            appointment.charge.add(charge)
        return Actor.of(appointment)

    def task(self, title: str = "任务一") -> Task:
        return Task.objects.create(point=self.point, title=title, lead=self.elder, due_on=date(2023, 12, 31))

    def file(self, by: Actor, name: str = "佐证.pdf") -> StoredFile:
        """A file that somebody has handed in."""
        body = name.encode()
        return StoredFile.objects.create(
            name=name, kind="pdf", size=len(body), sha256=hashlib.sha256(body).hexdigest(), account=by.account
        )


def version(record: Any) -> int:
    """The version of a record's work, as a page that is opened now would carry it."""
    return int(Work.objects.values_list("version", flat=True).get(pk=record.work_id))


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.on_day(day):
        yield
