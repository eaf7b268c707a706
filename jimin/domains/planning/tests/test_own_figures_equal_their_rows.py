"""Our own measures: set up once, grey, and each figure equals the rows that open behind it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden
from jimin.domains.planning.actions import integrity, office, own, rectification, study
from jimin.domains.planning.models import Instruction
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast, on, version
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import Part, to_date
from jimin.engines.indicators.models import Goal, Indicator

MONTH = date(2023, 10, 1)


def set_up(cast: OfficeCast) -> dict[str, int]:
    return own.SetUpOwnIndicators.perform(cast.person(cast.office, Role.OFFICE_CLERK), {"year": 2023})


def figure(code: str, unit: object = None, month: date = MONTH) -> Part | None:
    indicator = Indicator.objects.get(code=code)
    return to_date(indicators.series([indicator], unit).get(indicator.pk, {}), month, indicator.over)


def instruction(cast: OfficeCast, number: str, due: date) -> Instruction:
    data = {
        "number": number, "leader": "省长", "on_paper": "报告", "text": "请办。", "written_on": date(2023, 8, 1),
        "received_on": date(2023, 8, 1), "unit": cast.elder.code, "reply_due": due,
    }  # fmt: skip
    done = office.RecordInstruction.perform(cast.person(cast.office, Role.OFFICE_CLERK), data)
    return Instruction.objects.get(pk=done["instruction"])


def test_setting_up_twice_changes_nothing_and_no_goal_is_the_plan_s(office_cast: OfficeCast) -> None:
    assert set_up(office_cast)["made"] == 11
    assert set_up(office_cast)["made"] == 0
    assert Goal.objects.count() == 5 and not Goal.objects.filter(from_plan=True).exists()
    with pytest.raises(Forbidden):
        own.SetUpOwnIndicators.perform(office_cast.person(office_cast.county, Role.COUNTY_CLERK), {"year": 2023})


def test_an_instruction_is_overdue_from_the_day_after_its_limit_until_it_is_closed(office_cast: OfficeCast) -> None:
    cast = office_cast
    with on(date(2023, 8, 1)):
        set_up(cast)
        late = instruction(cast, "1", date(2023, 8, 31))
        instruction(cast, "2", date(2023, 10, 31))
    refresh = cast.person(cast.office, Role.OFFICE_CLERK)
    for day, expected in ((date(2023, 8, 31), 0), (date(2023, 9, 1), 1), (DAY, 1)):
        with on(day):
            own.RefreshOwnIndicators.perform(refresh)
            part = figure("instructions.overdue", month=day.replace(day=1))
            assert (part.numerator if part else 0) == expected, day
    reply = {"record": late.pk, "version": version(late), "reply": "已经办理。"}
    office.ReplyInstruction.perform(cast.person(cast.elder, Role.DEPT_CLERK), reply)
    chief = cast.person(cast.elder, Role.DEPT_CHIEF)
    office.SignInstruction.perform(chief, {"record": late.pk, "version": version(late)})
    office.CloseInstruction.perform(refresh, {"record": late.pk, "version": version(late)})
    now, before = figure("instructions.overdue"), figure("instructions.overdue", month=date(2023, 9, 1))
    assert now is not None and now.numerator == 0
    assert before is not None and before.numerator == 1  # what was late in September stays so


def test_the_closed_rate_counts_closed_over_all(office_cast: OfficeCast) -> None:
    cast = office_cast
    set_up(cast)
    clerk = cast.person(cast.office, Role.OFFICE_CLERK)
    data = {
        "inspection": "第三轮", "finding": "台账不实。", "unit": cast.elder.code, "horizon": "当下改",
        "measure": "重新核对。", "due_on": date(2023, 12, 1),
    }  # fmt: skip
    for n in range(2):
        rectification.OpenRectification.perform(clerk, {**data, "finding": f"台账不实 {n}。"})
    part = figure("rectification.closed_rate", cast.elder.pk)
    assert part == Part(Decimal(0), Decimal(2), 2)


def test_every_own_figure_equals_its_rows_in_every_month(office_cast: OfficeCast) -> None:
    cast = office_cast
    with on(date(2023, 8, 1)):
        set_up(cast)
        instruction(cast, "1", date(2023, 8, 15))
    county = cast.person(cast.county, Role.COUNTY_CLERK)
    for held_on, unit in ((date(2023, 8, 20), county), (date(2023, 10, 8), cast.person(cast.elder, Role.DEPT_CLERK))):
        session = {
            "topic": cast.topic.pk, "form": "支部学习", "held_on": held_on, "due_count": 30, "present_count": 27,
        }  # fmt: skip
        study.RecordSession.perform(unit, session)
    requirement = {"plan": cast.plan.pk, "kind": "会议", "source": "全国会议", "text": "一项要求。"}
    office.AddRequirement.perform(cast.person(cast.office, Role.OFFICE_CLERK), requirement)
    finding = {"unit": cast.elder.code, "source": "审计", "text": "一个问题。", "found_on": DAY}
    integrity.RecordFinding.perform(cast.person(cast.inspection, Role.INSPECTOR), finding)
    own.RefreshOwnIndicators.perform(cast.person(cast.office, Role.OFFICE_CLERK))
    for month in (date(2023, 8, 1), date(2023, 9, 1), MONTH):
        assert indicators.check(month) == []
    assert figure("study.coverage") == Part(Decimal(54), Decimal(60), 2)
    assert figure("study.coverage", cast.city.pk) == Part(Decimal(27), Decimal(30), 1)
    assert figure("study.sessions") == Part(Decimal(2), None, 2)
    assert figure("plan.unaligned") == Part(Decimal(1), None, 1)
    assert figure("integrity.open_findings", cast.elder.pk) is None
    assert figure("integrity.open_findings", cast.inspection.pk) == Part(Decimal(1), None, 1)
