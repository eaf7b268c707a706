"""AB 角 and hand-over."""

from dataclasses import replace

import pytest
from django.utils import translation

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Refused
from jimin.engines.cases import kernel


@pytest.fixture
def stand_in(desk):
    """The section chief is deputy of the deputy director."""
    return desk.people.actor("赵立新", "990122", Role.COUNTY_SECTION_CHIEF, acting_for=desk.deputy)


def test_a_deputys_signature_is_recorded_for_the_one_behind_in_chinese(desk, stand_in):
    work = desk.work()
    kernel.forward([work], desk.clerk)
    kernel.forward([work], desk.chief)
    assert list(kernel.inbox(stand_in)) == [work]
    with translation.override("en"):
        kernel.forward([work], stand_in)
    step = work.steps.last()
    assert step.actor == "赵立新（子县·县局股长）"
    assert step.on_behalf_of == "于海涛（子县 · 县局分管副局长）"


def test_what_a_deputy_does_in_his_own_post_is_not_recorded_for_another(desk, stand_in):
    work = desk.work()
    kernel.forward([work], desk.clerk)
    kernel.forward([work], stand_in)
    assert work.steps.last().on_behalf_of == ""


def test_a_work_that_names_its_holder_reaches_that_holders_deputy_and_nobody_else(desk, stand_in):
    *first, last = desk.route()
    deputy_station = replace(first[-1], holder=str(desk.deputy.account.id))
    (work,) = kernel.open_works("test.paper", [kernel.Opening("签批", [deputy_station, last])], desk.clerk)
    stranger = desk.people.actor("周明远", "990122", Role.COUNTY_DEPUTY)
    assert not kernel.holds(stranger, work) and work not in kernel.inbox(stranger)
    assert kernel.holds(stand_in, work) and work in kernel.inbox(stand_in)
    assert kernel.holds(desk.deputy, work) and work in kernel.inbox(desk.deputy)


def test_a_work_goes_over_to_a_colleague_in_the_same_post_only(desk):
    work = desk.work()
    colleague = desk.people.actor("马丽", "990122", Role.COUNTY_CLERK)
    with pytest.raises(Refused, match="不能接办"):
        kernel.hand_over([work], desk.clerk, desk.chief.account)
    kernel.hand_over([work], desk.clerk, colleague.account)
    assert list(kernel.inbox(colleague)) == [work]
    assert list(kernel.inbox(desk.clerk)) == []
    assert work.steps.last().opinion == "马丽"


def test_a_work_cannot_go_over_to_an_account_that_is_closed_or_whose_post_ended(desk):
    work = desk.work()
    colleague = desk.people.actor("马丽", "990122", Role.COUNTY_CLERK)
    colleague.account.is_active = False
    colleague.account.save(update_fields=["is_active"])
    with pytest.raises(Refused):
        kernel.hand_over([work], desk.clerk, colleague.account)
