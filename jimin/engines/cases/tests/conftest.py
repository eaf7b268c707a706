"""Two kinds of work through one county's chain and the department's office, and hooks that remember."""

from __future__ import annotations

from datetime import date

import pytest

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.access.tests.people import People
from jimin.engines.cases import kernel
from jimin.engines.cases.flows import FLOWS, Flow, Station, inside
from jimin.engines.cases.models import Work

DAY = date(2023, 9, 25)  # the holiday of 中秋 and 国庆 (29 September to 6 October) is near
ENDED: list[tuple[str, list[str]]] = []
RETURNED: list[str] = []


class PaperFlow(Flow):
    kind = "test.paper"
    title = "文稿"

    def on_end(self, works, actor):
        ENDED.append((self.kind, [w.title for w in works]))

    def on_return(self, works, actor):
        RETURNED.extend(w.title for w in works)


class NoteFlow(PaperFlow):
    kind = "test.note"
    title = "便函"


@pytest.fixture(autouse=True)
def day():
    ENDED.clear()
    RETURNED.clear()
    with clock.on_day(DAY):
        yield
    assert FLOWS["test.note"].title == "便函"


class Desk:
    """The people of 子县's chain, and works on their way."""

    def __init__(self) -> None:
        self.people = People()
        at = self.people.actor
        self.clerk = at("刘敏", "990122", Role.COUNTY_CLERK)
        self.chief = at("王丽华", "990122", Role.COUNTY_SECTION_CHIEF)
        self.deputy = at("于海涛", "990122", Role.COUNTY_DEPUTY)
        self.office = at("李嘉", "t.office", Role.OFFICE_CLERK)

    def route(self) -> list[Station]:
        office = self.people.units["t.office"]
        return [
            *inside(self.people.units["990122"], "fill", "填报"),
            Station("accept", "验收", str(office.id), Role.OFFICE_CLERK),
        ]

    def work(self, title="月报", kind="test.paper", **clocked) -> Work:
        return kernel.open_works(kind, [kernel.Opening(title, self.route(), **clocked)], self.clerk)[0]

    def chain(self):
        return [self.clerk, self.chief, self.deputy, self.office]


@pytest.fixture
def desk(db) -> Desk:
    return Desk()
