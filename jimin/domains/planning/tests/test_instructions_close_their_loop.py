"""批示件: received, answered by the unit in charge, signed, closed by 办公室; nobody else sees it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.domains.planning import seeing
from jimin.domains.planning.actions import office as act
from jimin.domains.planning.models import Instruction
from jimin.domains.planning.tests.office_cast import OfficeCast, version
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work


def received(cast: OfficeCast, number: str = "批2023-001", **more: Any) -> Instruction:
    clerk = cast.person(cast.office, Role.OFFICE_CLERK)
    data = {
        "number": number, "leader": "省长", "on_paper": "关于农村养老的报告", "text": "请抓紧落实。",
        "written_on": date(2023, 10, 8), "received_on": date(2023, 10, 9), "unit": cast.elder.code, **more,
    }  # fmt: skip
    return Instruction.objects.get(pk=act.RecordInstruction.perform(clerk, data)["instruction"])


def move(action: type, actor: Any, record: Instruction, **more: Any) -> dict[str, Any]:
    return action.perform(actor, {"record": record.pk, "version": version(record), **more})


def test_an_instruction_goes_to_the_unit_is_answered_signed_and_closed_by_the_office(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast, reply_due=date(2023, 10, 20))
    clerk, chief = cast.person(cast.elder, Role.DEPT_CLERK), cast.person(cast.elder, Role.DEPT_CHIEF)
    assert [w.pk for w in kernel.inbox(clerk)] == [instruction.work_id]
    move(act.ReplyInstruction, clerk, instruction, reply="已开三次调度会。")
    move(act.SignInstruction, chief, instruction)
    work = Work.objects.get(pk=instruction.work_id)
    assert (work.holder_unit_id, work.station, work.due_on) == (cast.office.pk, "close", date(2023, 10, 20))
    result = move(act.CloseInstruction, cast.person(cast.office, Role.OFFICE_CLERK), instruction)
    instruction.refresh_from_db()
    assert result["closed"] and instruction.closed_on == date(2023, 10, 10)
    assert instruction.reply == "已开三次调度会。"


def test_without_a_date_the_answer_is_due_after_the_parameter_s_working_days(office_cast: OfficeCast) -> None:
    assert received(office_cast).work.due_on == date(2023, 10, 24)


def test_the_office_returns_an_answer_with_the_reason(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast)
    clerk = cast.person(cast.elder, Role.DEPT_CLERK)
    move(act.ReplyInstruction, clerk, instruction, reply="正在办理。")
    move(act.SignInstruction, cast.person(cast.elder, Role.DEPT_CHIEF), instruction)
    office = cast.person(cast.office, Role.OFFICE_CLERK)
    with pytest.raises(Refused, match="原因"):
        move(act.ReturnInstruction, office, instruction)
    move(act.ReturnInstruction, office, instruction, opinion="没有写结果。")
    assert [w.pk for w in kernel.inbox(clerk)] == [instruction.work_id]


def test_the_same_number_is_entered_once(office_cast: OfficeCast) -> None:
    received(office_cast)
    with pytest.raises(Refused, match="已经登记过") as refusal:
        received(office_cast)
    assert refusal.value.problems[0].field == "number"
    assert Instruction.objects.count() == Work.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"received_on": date(2023, 10, 11)}, "received_on"),
        ({"written_on": date(2023, 10, 10)}, "written_on"),
        ({"reply_due": date(2023, 10, 9)}, "reply_due"),
        ({"unit": "没有"}, "unit"),
    ],
)
def test_impossible_entries_are_refused_at_their_field(
    office_cast: OfficeCast, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        received(office_cast, **more)
    assert refusal.value.problems[0].field == field


def test_only_the_office_and_the_unit_in_charge_see_it(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast)
    for actor in (
        cast.person(cast.office, Role.OFFICE_CHIEF),
        cast.person(cast.elder, Role.DEPT_CLERK),
        cast.person(cast.relief, Role.DEPT_LEADER),
    ):
        assert list(seeing.instructions(actor)) == [instruction]
    for actor in (cast.person(cast.relief, Role.DEPT_CLERK), cast.person(cast.county, Role.COUNTY_CLERK)):
        assert not seeing.instructions(actor).exists()
        with pytest.raises(NotFound):
            move(act.ReplyInstruction, actor, instruction, reply="不是我的。")


def test_a_unit_s_own_colleague_cannot_sign_what_is_not_with_him(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast)
    with pytest.raises(Forbidden, match="不在您手上"):
        move(act.SignInstruction, cast.person(cast.elder, Role.DEPT_CHIEF), instruction)
    with pytest.raises(Forbidden):
        move(act.CloseInstruction, cast.person(cast.elder, Role.DEPT_CHIEF), instruction)


def test_two_people_at_once_the_second_is_shown_what_changed(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast)
    opened = version(instruction)
    one, two = cast.person(cast.elder, Role.DEPT_CLERK, "甲"), cast.person(cast.elder, Role.DEPT_CLERK, "乙")
    act.ReplyInstruction.perform(one, {"record": instruction.pk, "version": opened, "reply": "甲写的情况。"})
    with pytest.raises(Stale) as stale:
        act.ReplyInstruction.perform(two, {"record": instruction.pk, "version": opened, "reply": "乙写的情况。"})
    assert "环节" in [d.title for d in stale.value.differences]
    instruction.refresh_from_db()
    assert instruction.reply == "甲写的情况。"


def test_the_same_submission_twice_is_carried_out_once(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast)
    clerk = cast.person(cast.elder, Role.DEPT_CLERK)
    data = {"record": instruction.pk, "version": version(instruction), "reply": "已经落实。"}
    first = act.ReplyInstruction.perform(clerk, data, key="一次")
    again = act.ReplyInstruction.perform(clerk, data, key="一次")
    assert again == {**first, "replayed": True}
    assert instruction.work.steps.filter(move="forward").count() == 1


def test_the_office_s_own_instruction_is_closed_by_its_chief(office_cast: OfficeCast) -> None:
    cast = office_cast
    instruction = received(cast, unit=cast.office.code)
    clerk, chief = cast.person(cast.office, Role.OFFICE_CLERK), cast.person(cast.office, Role.OFFICE_CHIEF)
    move(act.ReplyInstruction, clerk, instruction, reply="已经办理。")
    move(act.SignInstruction, chief, instruction)
    with pytest.raises(Forbidden):
        move(act.CloseInstruction, clerk, instruction)
    assert move(act.CloseInstruction, chief, instruction)["closed"]
