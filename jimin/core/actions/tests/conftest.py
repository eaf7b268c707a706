"""A register of the test's own (the offices) and an action that renames one."""

from __future__ import annotations

from uuid import UUID

import pytest
from pydantic import Field

from jimin.core.access.roles import Role
from jimin.core.access.tests.people import People
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions.models import ReportingUnit
from jimin.core.events.models import OutboxEvent


class Rename(Action):
    """Give an office another short name."""

    name = "test.rename"
    title = "改简称"
    allowed = (Role.OFFICE_CLERK, Role.COUNTY_CLERK)

    class Input(base.Input):
        unit: UUID
        version: int = 1
        short_name: str = Field(min_length=2, max_length=20)
        fail: bool = False

    def load(self) -> None:
        self.unit = self.get(ReportingUnit.objects.all(), self.data.unit)

    def check(self) -> None:
        self.fresh(self.unit, self.data.version, {"short_name": "简称"})

    def change(self) -> Result:
        before = {"short_name": self.unit.short_name, "version": self.unit.version}
        self.unit.short_name, self.unit.version = self.data.short_name, self.unit.version + 1
        self.unit.save(update_fields=["short_name", "version"])
        self.log(self.unit, before, {"short_name": self.unit.short_name, "version": self.unit.version})
        self.emit("test.renamed", self.unit)
        if self.data.fail:
            raise self.refuse("最后一步不成。", "fail")
        return {"unit": str(self.unit.id)}


@pytest.fixture
def people(db: None) -> People:
    return People()


@pytest.fixture
def clerk(people: People):
    return people.actor("李嘉", "t.office", Role.OFFICE_CLERK)


@pytest.fixture
def chief(people: People):
    return people.actor("王建国", "t.office", Role.OFFICE_CHIEF)


def events() -> int:
    return OutboxEvent.objects.filter(name="test.renamed").count()
