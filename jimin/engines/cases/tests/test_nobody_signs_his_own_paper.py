"""Maker and signer are two people, also across posts and after a return."""

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, Refused
from jimin.engines.cases import kernel
from jimin.engines.cases.tests.conftest import RETURNED


def test_who_filled_it_in_one_post_cannot_sign_it_in_another(desk):
    also_chief = desk.people.actor("刘敏", "990122", Role.COUNTY_SECTION_CHIEF)
    work = desk.work()
    kernel.forward([work], desk.clerk)
    with pytest.raises(Forbidden, match="由您本人填报"):
        kernel.forward([work], also_chief)


def test_who_signed_once_cannot_sign_again_one_station_later(desk):
    also_deputy = desk.people.actor("王丽华", "990122", Role.COUNTY_DEPUTY)
    work = desk.work()
    kernel.forward([work], desk.clerk)
    kernel.forward([work], desk.chief)
    with pytest.raises(Forbidden):
        kernel.forward([work], also_deputy)


def test_a_return_needs_a_reason_counts_and_tells_the_flow(desk):
    work = desk.work()
    kernel.forward([work], desk.clerk)
    with pytest.raises(Refused, match="必须写明原因"):
        kernel.send_back([work], desk.chief, "  ")
    kernel.send_back([work], desk.chief, "数与名册不符。")
    work.refresh_from_db()
    assert (work.position, work.station, work.returns) == (0, "fill", 1)
    assert work.holder_role == Role.COUNTY_CLERK
    assert RETURNED == ["月报"]


def test_after_a_return_the_same_people_may_sign_the_new_round(desk):
    work = desk.work()
    kernel.forward([work], desk.clerk)
    kernel.forward([work], desk.chief)
    kernel.send_back([work], desk.deputy, "请补名册。")
    for actor in desk.chain():
        kernel.forward([work], actor)
    assert not work.is_open


def test_at_the_first_station_there_is_nowhere_to_return_to(desk):
    with pytest.raises(Refused, match="第一个环节"):
        kernel.send_back([desk.work()], desk.clerk, "退给自己")
