"""A standard is a record: proposed with its paper, confirmed by another person, read by the rules at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, NotFound, Refused
from jimin.domains.assistance.tests.conftest import DAY, Offices
from jimin.engines.policy import register
from jimin.engines.policy.actions import ProposeParameter, RefuseParameter, SignParameter, WithdrawParameter
from jimin.engines.policy.models import ParameterRecord, RecordState


def standard(day: date = DAY, division: str = "990122") -> int | None:
    """What the rules read for 农村 at a place."""
    found = register.law("assistance").items["dibao.standard"].at(day, division, "农村")
    return found.value if found else None


def test_a_standard_counts_from_the_last_signature_on_in_its_place_and_time(offices: Offices) -> None:
    record = offices.propose(offices.city)
    assert standard() is None
    offices.sign(offices.leader, record)
    assert record.state == RecordState.CONFIRMED
    assert (standard(), standard(date(2023, 6, 30)), standard(DAY, "990222")) == (50_000, None, None)
    offices.sign(offices.chief, offices.propose(offices.dept, value="480"))
    assert (standard(), standard(DAY, "990222")) == (50_000, 48_000)
    (value,) = [v for v in register.law("assistance").items["dibao.standard"].values if v.value == 50_000]
    assert (value.verified, value.demo, value.document) == (True, False, "甲市人民政府 甲政发〔2023〕1号 第一条")


def test_nobody_confirms_what_he_proposed_in_whichever_of_his_posts(offices: Offices) -> None:
    record = offices.propose(offices.city)
    both = offices.people.actor("马丽", "9901", Role.CITY_LEADER)
    with pytest.raises(Forbidden):
        SignParameter.perform(both, {"record": record.pk, "version": record.version})
    with pytest.raises(Forbidden):
        SignParameter.perform(offices.chief, {"record": record.pk, "version": record.version})


@pytest.mark.parametrize(
    ("who", "more", "field", "said"),
    [
        ("county", {}, "path", "由省、设区的市（州）规定"),
        ("city", {"path": "dibao.refusals", "area": ""}, "path", "由国家规定"),
        ("city", {"path": "dibao.standart"}, "path", "规则里没有参数"),
        ("city", {"path": "dibao.taper_share", "value": "0.5"}, "area", "不分城乡"),
        ("city", {"value": "500.125"}, "value", "最小单位还细"),
        ("city", {"value": "-1"}, "value", "不能小于 0"),
        ("city", {"valid_to": date(2023, 7, 1)}, "valid_to", "晚于施行日期"),
        ("city", {"scan": None}, "scan", "没有附文件扫描件"),
    ],
)
def test_what_a_place_may_not_set_is_refused_at_its_field(
    offices: Offices, who: str, more: dict[str, Any], field: str, said: str
) -> None:
    actor = getattr(offices, who)
    with pytest.raises(Refused, match=said) as refused:
        ProposeParameter.perform(actor, offices.paper(actor, **more))
    assert [p.field for p in refused.value.problems] == [field]


def test_an_office_of_the_department_without_this_duty_proposes_nothing(offices: Offices) -> None:
    offices.dept.unit.duties = ["养老"]
    with pytest.raises(Refused, match="没有这项职责"):
        ProposeParameter.perform(offices.dept, offices.paper(offices.dept))


def test_a_correction_is_a_new_record_that_ends_the_former_from_its_day_on(offices: Offices) -> None:
    first = offices.sign(offices.leader, offices.propose(offices.city))
    wrong = offices.propose(offices.city, value="520", valid_from=date(2023, 9, 1))
    assert wrong.replaces == first
    offices.sign(offices.leader, wrong)
    first.refresh_from_db()
    assert (first.valid_to, first.value, first.state) == (date(2023, 9, 1), 50_000, RecordState.CONFIRMED)
    offices.sign(offices.leader, offices.propose(offices.city, value="515", valid_from=date(2023, 9, 1)))
    assert [standard(d) for d in (date(2023, 8, 31), date(2023, 9, 1), DAY)] == [50_000, 51_500, 51_500]


def test_two_values_for_one_place_and_day_are_refused_in_words_and_by_the_database(offices: Offices) -> None:
    first = offices.sign(offices.leader, offices.propose(offices.city))
    with pytest.raises(Refused, match="自 2023-07-01 起这里已有确认的数值"):
        offices.propose(offices.city, valid_from=date(2023, 1, 1))
    twin = offices.propose(offices.city, valid_from=date(2023, 8, 1))
    with pytest.raises(IntegrityError, match="one_value_a_place_and_day"), transaction.atomic():
        ParameterRecord.objects.filter(pk=twin.pk).update(
            state=RecordState.CONFIRMED, confirmed_by=offices.leader.account, confirmed_on=DAY
        )
    offices.sign(offices.leader, offices.propose(offices.city, valid_from=date(2023, 7, 15)))
    with pytest.raises(Refused, match="现行数值变了"):
        offices.sign(offices.leader, twin)
    first.refresh_from_db()
    assert first.valid_to == date(2023, 7, 15)


def test_what_was_refused_or_withdrawn_is_never_law_and_cannot_be_signed_later(offices: Offices) -> None:
    refused, taken = offices.propose(offices.city), offices.propose(offices.city, area="城镇")
    with pytest.raises(Refused, match="写明原因"):
        RefuseParameter.perform(offices.leader, {"record": refused.pk, "version": 1})
    RefuseParameter.perform(offices.leader, {"record": refused.pk, "version": 1, "opinion": "文号不对"})
    WithdrawParameter.perform(offices.city, {"record": taken.pk, "version": 1})
    for record in (refused, taken):
        record.refresh_from_db()
        with pytest.raises(Refused, match="不能再办理"):
            SignParameter.perform(offices.leader, {"record": record.pk, "version": record.version})
    assert standard() is None


def test_a_county_sees_what_is_confirmed_and_not_what_its_city_is_still_considering(offices: Offices) -> None:
    record = offices.propose(offices.city)
    with pytest.raises(NotFound):
        SignParameter.perform(
            offices.people.actor("王丽华", "990122", Role.COUNTY_SECTION_CHIEF), {"record": record.pk, "version": 1}
        )


def test_what_a_demonstration_confirmed_is_law_on_a_demonstration_alone(offices: Offices) -> None:
    with override_settings(JIMIN_DEMO=True):
        offices.sign(offices.leader, offices.propose(offices.city))
        assert standard() == 50_000
    assert standard() is None
    assert [fault for _record, fault in register.unused("assistance")] == ["这是演示时确认的，正式使用时不算数"]
