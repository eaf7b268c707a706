"""Upper-level requirements: entered, carried by points and tasks, voided; red while no task stands behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, Refused, Stale
from jimin.domains.planning import signals_office
from jimin.domains.planning.actions import office as act
from jimin.domains.planning.models import Chapter, Plan, Point, Requirement, Task
from jimin.domains.planning.tests.office_cast import DAY, OfficeCast


def added(cast: OfficeCast, text: str = "健全农村养老服务网络。") -> Requirement:
    data = {"plan": cast.plan.pk, "kind": "报告", "source": "二十大报告", "clause": "九", "text": text}
    done = act.AddRequirement.perform(cast.person(cast.office, Role.OFFICE_CLERK), data)
    return Requirement.objects.get(pk=done["requirement"])


def link(cast: OfficeCast, requirement: Requirement, **more: Any) -> dict[str, Any]:
    clerk = cast.person(cast.office, Role.OFFICE_CLERK)
    return act.LinkRequirement.perform(clerk, {"requirement": requirement.pk, "version": requirement.version, **more})


def red(cast: OfficeCast) -> list[str]:
    return [f.key for f in signals_office.unaligned.find(DAY, DAY)]


def test_a_requirement_is_red_until_a_task_carries_it(office_cast: OfficeCast) -> None:
    requirement = added(office_cast)
    assert red(office_cast) == [str(requirement.pk)]
    link(office_cast, requirement, points=[office_cast.point.pk])
    assert red(office_cast) == [str(requirement.pk)]
    requirement.refresh_from_db()
    link(office_cast, requirement, tasks=[office_cast.task().pk])
    assert red(office_cast) == []


def test_links_are_only_added(office_cast: OfficeCast) -> None:
    requirement, one, two = added(office_cast), office_cast.task("一"), office_cast.task("二")
    link(office_cast, requirement, tasks=[one.pk])
    requirement.refresh_from_db()
    link(office_cast, requirement, tasks=[two.pk])
    assert set(requirement.tasks.all()) == {one, two}


def test_a_voided_requirement_is_no_longer_red_and_takes_no_links(office_cast: OfficeCast) -> None:
    requirement, clerk = added(office_cast), office_cast.person(office_cast.office, Role.OFFICE_CLERK)
    data = {"requirement": requirement.pk, "version": 1, "reason": "重复登记"}
    act.VoidRequirement.perform(clerk, data)
    requirement.refresh_from_db()
    assert red(office_cast) == []
    with pytest.raises(Refused, match="已经作废"):
        link(office_cast, requirement, tasks=[office_cast.task().pk])
    with pytest.raises(Refused, match="已经作废"):
        act.VoidRequirement.perform(clerk, {**data, "version": requirement.version})


def test_tasks_of_another_plan_are_refused(office_cast: OfficeCast) -> None:
    other = Plan.objects.create(year=2022, title="旧要点", digest="e" * 64)
    chapter = Chapter.objects.create(plan=other, no=1, title="一")
    point = Point.objects.create(plan=other, chapter=chapter, no=1, title="旧", text="旧。")
    task = Task.objects.create(point=point, title="旧任务", lead=office_cast.elder, due_on=date(2022, 12, 31))
    requirement = added(office_cast)
    with pytest.raises(Refused, match="不在这份年度要点里"):
        link(office_cast, requirement, tasks=[task.pk])
    with pytest.raises(Refused, match="没有选择"):
        link(office_cast, requirement)


def test_the_same_requirement_twice_is_refused(office_cast: OfficeCast) -> None:
    added(office_cast)
    with pytest.raises(Refused, match="已经登记过"):
        added(office_cast)


def test_an_old_page_is_told_what_changed(office_cast: OfficeCast) -> None:
    requirement = added(office_cast)
    link(office_cast, requirement, tasks=[office_cast.task("一").pk])
    with pytest.raises(Stale) as stale:
        link(office_cast, requirement, tasks=[office_cast.task("二").pk])
    assert [d.now for d in stale.value.differences if d.field == "tasks"] == [["一"]]


def test_only_the_office_enters_requirements(office_cast: OfficeCast) -> None:
    with pytest.raises(Forbidden):
        act.AddRequirement.perform(office_cast.person(office_cast.elder, Role.DEPT_CHIEF), {})
