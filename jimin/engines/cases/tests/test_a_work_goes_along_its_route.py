"""Route, holder, inbox, end."""

from datetime import date

import pytest

from jimin.core.actions.errors import Forbidden, Refused
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.engines.cases.tests.conftest import ENDED


def test_it_passes_each_post_of_the_chain_and_is_closed_at_the_last(desk):
    work = desk.work()
    for actor in desk.chain():
        assert list(kernel.inbox(actor)) == [work]
        kernel.forward([work], actor)
        assert list(kernel.inbox(actor)) == []
    work.refresh_from_db()
    assert (work.closed_on, work.outcome) == (date(2023, 9, 25), "done")
    assert ENDED == [("test.paper", ["月报"])]
    assert [s.move for s in work.steps.all()] == ["open", "forward", "forward", "forward", "forward"]


def test_only_the_holder_may_move_it(desk):
    work = desk.work()
    with pytest.raises(Forbidden, match="不在您手上"):
        kernel.forward([work], desk.deputy)
    assert Work.objects.get().position == 0


def test_a_colleague_of_another_county_does_not_hold_it(desk):
    from jimin.core.access.roles import Role

    sun = desk.people.actor("孙丽", "990183", Role.COUNTY_CLERK)
    with pytest.raises(Forbidden):
        kernel.forward([desk.work()], sun)


def test_the_inbox_shows_the_earliest_limit_first_and_works_without_a_limit_last(desk):
    later = desk.work("后", due_on=date(2023, 10, 20))
    never = desk.work("无期限")
    sooner = desk.work("先", due_on=date(2023, 10, 10))
    assert list(kernel.inbox(desk.clerk)) == [sooner, later, never]


def test_a_closed_work_can_no_longer_be_moved_in_any_way(desk):
    work = desk.work(working_days=5)
    for actor in desk.chain():
        kernel.forward([work], actor)
    for move in (
        lambda: kernel.forward([work], desk.office),
        lambda: kernel.send_back([work], desk.office, "再改一改"),
        lambda: kernel.hand_over([work], desk.office, desk.office.account),
        lambda: kernel.pause(work, desk.office, "等材料"),
        lambda: kernel.resume(work, desk.office),
    ):
        with pytest.raises(Refused, match="已经办结"):
            move()


def test_a_batch_of_several_kinds_ends_each_kind_once_in_the_order_of_the_works(desk):
    works = [desk.work("一", "test.note"), desk.work("二", "test.paper"), desk.work("三", "test.note")]
    for actor in desk.chain():
        kernel.forward(works, actor)
    assert ENDED == [("test.note", ["一", "三"]), ("test.paper", ["二"])]


def test_one_work_that_is_elsewhere_stops_the_whole_batch(desk):
    here, elsewhere = desk.work("在手"), desk.work("不在手")
    kernel.forward([elsewhere], desk.clerk)
    with pytest.raises(Forbidden, match="不在手"):
        kernel.forward([here, elsewhere], desk.clerk)
    assert Work.objects.get(pk=here.pk).position == 0


def test_a_kind_without_a_flow_cannot_be_opened(desk):
    with pytest.raises(KeyError, match=r"test\.unknown"):
        desk.work(kind="test.unknown")


def test_forwarding_many_works_takes_no_more_statements_than_one(desk, django_assert_max_num_queries):
    works = [desk.work(str(n)) for n in range(30)]
    with django_assert_max_num_queries(4):
        kernel.forward(works, desk.clerk)
