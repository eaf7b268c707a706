"""A town registers boards; the figure, the list and the reminder follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jimin.core import clock
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor, working_as
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.core.audit import api as audit
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.core.registers.api import get
from jimin.core.sheets import services as sheets
from jimin.engines.alerts.actions import RunAlerts
from jimin.engines.alerts.models import Alert
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.models import Indicator, Method, Shape
from tests.example_domain.actions import RecordCheck, RegisterBoard
from tests.example_domain.models import NoticeBoard

DAY = date(2023, 10, 10)
VILLAGE, OTHER = "220122100201", "220122101201"
PLACES = [
    ("220000000000", "吉林省", Level.PROVINCE, Kind.PROVINCE, ""),
    ("220100000000", "长春市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
    ("220122000000", "农安县", Level.COUNTY, Kind.COUNTY, "220100000000"),
    ("220122100000", "农安镇", Level.TOWN, Kind.TOWN, "220122000000"),
    ("220122101000", "伏龙泉镇", Level.TOWN, Kind.TOWN, "220122000000"),
    (VILLAGE, "和平村", Level.VILLAGE, Kind.VILLAGE, "220122100000"),
    (OTHER, "青山村", Level.VILLAGE, Kind.VILLAGE, "220122101000"),
]


class Cast:
    """农安县, two towns with a village each, their clerks, and the office that runs the day."""

    def __init__(self) -> None:
        for code, name, level, kind, parent in PLACES:
            Division.objects.create(code=code, name=name, level=level, kind=kind, parent_code=parent, source="测试")
        self.county = self._unit("220122", "农安县", UnitKind.COUNTY, "220122000000")
        self.clerk = self._person("220122100", "农安镇", UnitKind.TOWN, "220122100000", Role.TOWN_CLERK)
        self.neighbour = self._person("220122101", "伏龙泉镇", UnitKind.TOWN, "220122101000", Role.TOWN_CLERK)
        self.office = self._person("t.office", "办公室", UnitKind.OFFICE, "", Role.OFFICE_CLERK)
        divisions.changed()
        self.indicator = Indicator.objects.create(
            code="noticeboards.coverage", title="有公示栏的村", shape=Shape.SHARE, unit="%", numerator_title="有公示栏的村",
            denominator_title="村", denominator_list="villages", method=Method.COMPUTED, computation="noticeboards.villages",
        )  # fmt: skip

    def _unit(self, code: str, name: str, kind: str, place: str) -> ReportingUnit:
        return ReportingUnit.objects.create(code=code, name=name, short_name=name, kind=kind, jurisdiction=place)

    def _person(self, code: str, name: str, kind: str, place: str, role: Role) -> Actor:
        account = Account.objects.create(username=code, name=f"{name}{role.label}", password="!")
        unit = self._unit(code, name, kind, place)
        return Actor.of(Appointment.objects.create(account=account, unit=unit, role=role, valid_from=date(2023, 1, 1)))


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.on_day(DAY):
        yield Cast()


def board(cast: Cast, key: str = "") -> NoticeBoard:
    data = {"village": VILLAGE, "place": "村委会门前", "opened_on": date(2023, 9, 1)}
    result = RegisterBoard.perform(cast.clerk, data, key=key)
    return NoticeBoard.objects.get(pk=result["board"])


def test_a_board_is_registered_once_with_an_audit_row_even_if_the_form_is_sent_twice(cast: Cast):
    assert board(cast, "form-1") == board(cast, "form-1")
    assert [row.action for row in audit.history(NoticeBoard.objects.get())] == ["noticeboards.register"]


def test_a_village_of_another_town_is_refused_at_its_field(cast: Cast):
    with pytest.raises(Refused) as refused:
        RegisterBoard.perform(cast.clerk, {"village": OTHER, "place": "广场", "opened_on": DAY})
    assert refused.value.problems[0].field == "village"
    assert "青山村" in refused.value.message


def test_a_village_that_the_register_of_divisions_does_not_know_is_refused_at_its_field(cast: Cast):
    with pytest.raises(Refused) as refused:
        RegisterBoard.perform(cast.clerk, {"village": "220122999201", "place": "广场", "opened_on": DAY})
    assert refused.value.problems[0].field == "village"


def test_an_office_clerk_of_the_department_may_not_register(cast: Cast):
    with pytest.raises(Forbidden):
        RegisterBoard.perform(cast.office, {"village": VILLAGE, "place": "广场", "opened_on": DAY})


def test_the_figure_equals_the_boards_behind_it(cast: Cast):
    board(cast)
    month = date(2023, 9, 1)
    part = indicators.series([cast.indicator], cast.county.id)[cast.indicator.pk][month]
    assert (part.numerator, part.denominator) == (Decimal(1), Decimal(2))
    assert [row.title for row in indicators.rows_behind(cast.indicator, cast.county.id, month)] == ["村委会门前"]
    assert indicators.check(month) == []


def test_a_neighbouring_town_neither_lists_nor_checks_the_board(cast: Cast):
    found = board(cast)
    with working_as(cast.neighbour):
        assert get("noticeboards.boards").page(cast.neighbour, {}).rows == []
    with pytest.raises(NotFound):
        RecordCheck.perform(cast.neighbour, {"board": found.id, "version": found.version})


def test_boards_come_in_as_a_sheet_and_what_is_wrong_stays_out_with_its_cell(cast: Cast):
    lines = f"村代码,位置,启用日期\n{VILLAGE},村委会门前,2023年9月5日\n{OTHER},广场,2023-09-05\n"
    held = sheets.start(cast.clerk, "noticeboards.boards", SimpleUploadedFile("公示栏.csv", lines.encode()))
    assert held.counts == {"add": 1, "change": 0, "same": 0, "wrong": 1}
    (fault,) = [f for chunk in held.chunks.all() for line in chunk.lines for f in line.faults]
    assert fault.text.startswith("A3“村代码”：填的是“220122101201”；“青山村”不是您乡镇的村")
    assert sheets.confirm(cast.clerk, held.pk).written == 1
    assert NoticeBoard.objects.get().opened_on == date(2023, 9, 5)


def test_an_overdue_check_is_an_alert_until_the_check_is_recorded(cast: Cast):
    found = board(cast)
    RunAlerts.perform(cast.office)
    alert = Alert.objects.get(signal="noticeboards.unchecked")
    assert alert.unit == cast.county and alert.due_on is not None and alert.due_on < DAY
    RecordCheck.perform(cast.clerk, {"board": found.id, "version": found.version})
    RunAlerts.perform(cast.office)
    alert.refresh_from_db()
    assert alert.closed_on == DAY


def test_a_form_opened_before_a_colleagues_check_is_refused_with_the_difference(cast: Cast):
    found = board(cast)
    data = {"board": found.id, "version": found.version}
    RecordCheck.perform(cast.clerk, data)
    with pytest.raises(Stale) as stale:
        RecordCheck.perform(cast.clerk, data)
    assert [d.field for d in stale.value.differences] == ["checked_on"]
