"""Allocation, withdrawal and stages."""

from datetime import date

import pytest

from jimin.core.actions.errors import NotFound, Refused
from jimin.domains.planning.actions import tasks
from jimin.domains.planning.models import Stage, StageName, Task


def give(cast, *shares, username="chen.yu", **more):
    listed = [{"unit": unit, "goal": goal} for unit, goal in shares]
    data = {"task": cast.task("elder.canteens").pk, "shares": listed, **more}
    return tasks.Allocate.perform(cast.actor(username), data)


def goals(cast):
    rows = cast.task("elder.canteens").assignments.filter(withdrawn_on=None)
    return {a.unit.code: a.goal for a in rows.select_related("unit")}


def test_shares_that_do_not_reach_the_plans_number_are_refused_with_both_sums(given):
    with pytest.raises(Refused, match="合计 99，少于要点目标 100"):
        give(given, ("220122", 50), ("220182", 49))


def test_one_share_may_be_changed_alone_and_the_others_still_count(given):
    assert give(given, ("220122", 60)) == {"given": 0, "changed": 1}
    assert goals(given) == {"220122": 60, "220182": 50}
    with pytest.raises(Refused, match="合计 99"):
        give(given, ("220122", 49))


def test_a_unit_twice_and_a_unit_that_is_not_there_are_named(given):
    with pytest.raises(Refused, match="农安县”填了两次"):
        give(given, ("220122", 50), ("220122", 50))
    with pytest.raises(Refused, match="没有报送单位“999999”"):
        give(given, ("999999", 100))


def test_an_office_that_does_not_lead_the_task_gives_it_to_nobody(given):
    with pytest.raises(NotFound):
        give(given, ("220122", 100), username="song.jie")
    give(given, ("t.relief", 1))
    with pytest.raises(NotFound):
        give(given, ("t.relief", 0), ("220122", 100), username="song.jie")


def test_giving_the_same_again_changes_nothing(given):
    assert give(given, ("220122", 50), ("220182", 50)) == {"given": 0, "changed": 0}


def test_what_was_taken_back_may_be_given_anew(given):
    standing = given.task("elder.canteens").assignments.get(unit__code="220122")
    data = {"assignment": standing.pk, "version": standing.version, "reason": "撤并"}
    tasks.WithdrawAssignment.perform(given.actor("chen.yu"), data)
    assert goals(given) == {"220182": 50}
    with pytest.raises(NotFound):
        tasks.WithdrawAssignment.perform(given.actor("chen.yu"), data)
    assert give(given, ("220122", 50))["given"] == 1


def plan_stages(cast, *stages):
    task = Task.objects.exclude(deliverable=None).get()
    listed = [{"name": name, "due_on": day} for name, day in stages]
    tasks.SetStages.perform(cast.actor("chen.yu"), {"task": task.pk, "stages": listed})
    return task


def complete(cast, order, **more):
    stage = Stage.objects.get(order=order)
    data = {"stage": stage.pk, "version": stage.version, "done_on": date(2023, 9, 28), **more}
    return tasks.CompleteStage.perform(cast.actor("chen.yu"), data)


STAGES = ((StageName.DRAFT, date(2023, 9, 1)), (StageName.ISSUE, date(2023, 11, 30)))


def test_stages_are_done_in_their_order_and_the_last_closes_the_task(given):
    task = plan_stages(given, *STAGES)
    with pytest.raises(Refused, match="前一环节“起草”还没有完成"):
        complete(given, 1, paper_no="民发〔2023〕12号")
    assert complete(given, 0)["closed"] is False
    with pytest.raises(Refused, match="须填文号"):
        complete(given, 1)
    with pytest.raises(Refused, match="不能晚于今天"):
        complete(given, 1, paper_no="民发〔2023〕12号", done_on=date(2023, 10, 11))
    assert complete(given, 1, paper_no="民发〔2023〕12号")["closed"] is True
    task.refresh_from_db()
    assert task.closed_on == date(2023, 9, 28)
    with pytest.raises(Refused, match="已经办结"):
        plan_stages(given, *STAGES)


def test_stages_out_of_order_or_after_the_tasks_limit_are_refused(given):
    with pytest.raises(Refused, match="不能早于前一环节"):
        plan_stages(given, *reversed(STAGES))
    with pytest.raises(Refused, match="晚于任务期限"):
        plan_stages(given, (StageName.DRAFT, date(2024, 1, 1)))


def test_a_paper_that_somebody_else_handed_in_is_not_taken(given):
    plan_stages(given, *STAGES)
    with pytest.raises(NotFound):
        complete(given, 0, paper=given.proof("liu.min"))
    complete(given, 0, paper=given.proof("chen.yu"))
