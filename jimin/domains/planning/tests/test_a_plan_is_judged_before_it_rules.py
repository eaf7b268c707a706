"""Import, doubts, judgements, quotes, measures and 定稿."""

from datetime import date
from decimal import Decimal

import pytest

from jimin.core.actions.errors import NotFound, Refused, Stale
from jimin.core.files import api as files
from jimin.domains.planning.actions import judging, plan, tasks
from jimin.domains.planning.models import Found, Plan, PlanState, Target
from jimin.domains.planning.tests.cast import TEXT
from jimin.engines.indicators.models import Goal, Over


def confirm(cast, made, **more):
    made.refresh_from_db()
    data = {"plan": made.pk, "version": made.version, **more}
    return plan.PutInForce.perform(cast.actor("wang.zhuren"), data)


def led(cast, made):
    names = {"points": [{"point": p.pk, "lead": "t.elder"} for p in made.points.all()]}
    plan.NamePoints.perform(cast.actor("li.jia"), names)


def test_the_same_document_twice_is_the_same_plan_whoever_brings_it(cast):
    first = cast.imported()
    chief = cast.actor("wang.zhuren")
    again = files.keep("另一个名字.txt", TEXT.encode(), actor=chief)
    assert plan.ImportPlan.perform(chief, {"file": again.pk}) == {"plan": str(first.pk), "known": True}
    assert Plan.objects.count() == 1


def test_a_damaged_document_is_refused_with_the_place(cast):
    clerk = cast.actor("li.jia")
    stored = files.keep("要点.txt", "2023年全省民政工作要点\n\n1.甲。\n3.丙。\n".encode(), actor=clerk)
    with pytest.raises(Refused) as refused:
        plan.ImportPlan.perform(clerk, {"file": stored.pk})
    assert refused.value.problems and refused.value.next_step
    assert not Plan.objects.exists()


def test_a_file_of_somebody_else_is_not_read(cast):
    stored = files.keep("要点.txt", TEXT.encode(), actor=cast.actor("liu.min"))
    with pytest.raises(NotFound):
        plan.ImportPlan.perform(cast.actor("li.jia"), {"file": stored.pk})


def test_a_doubt_and_a_point_without_a_lead_stop_it_by_their_numbers(cast):
    made = cast.imported()
    Target.objects.filter(point__plan=made, value=100).update(found=Found.DOUBT)
    with pytest.raises(Refused, match="1 处待确认（第 1 点）"):
        confirm(cast, made)
    target = Target.objects.get(found=Found.DOUBT)
    judged = {
        "target": target.pk,
        "version": target.version,
        "standing": True,
        "value": "120",
        "deadline": date(2023, 11, 30),
    }
    judging.JudgeTarget.perform(cast.actor("li.jia"), judged)
    with pytest.raises(Refused, match="第 1、2 点还没有牵头处室"):
        confirm(cast, made)
    led(cast, made)
    confirm(cast, made)
    target.refresh_from_db()
    assert (target.found, target.value, target.deadline) == (Found.CONFIRMED, Decimal(120), date(2023, 11, 30))


def test_a_rejected_number_becomes_neither_measure_nor_task(cast):
    made = cast.imported()
    for target in Target.objects.filter(point__plan=made):
        data = {"target": target.pk, "version": target.version, "standing": False}
        judging.JudgeTarget.perform(cast.actor("li.jia"), data)
    assert list(plan.standing_targets(made)) == []
    with pytest.raises(Refused, match="还没有确认"):
        measure(cast, target)


def test_a_judgement_on_an_older_version_is_refused(cast):
    target = cast.imported().points.first().targets.first()
    data = {"target": target.pk, "version": target.version, "standing": True, "value": "90"}
    judging.JudgeTarget.perform(cast.actor("li.jia"), data)
    with pytest.raises(Stale):
        judging.JudgeTarget.perform(cast.actor("li.jia"), {**data, "value": "80"})


def test_what_the_reader_missed_is_added_by_a_verbatim_quote_only(cast):
    point = cast.imported().points.get(no=1)
    data = {"point": point.pk, "subject": "食堂", "comparator": "ge", "value": "100", "unit": "个"}
    with pytest.raises(Refused, match="没有这句话"):
        judging.AddTarget.perform(cast.actor("li.jia"), {**data, "quote": "建设 100 个社区老年食堂"})
    added = judging.AddTarget.perform(cast.actor("li.jia"), {**data, "quote": "100个社区老年食堂"})
    target = Target.objects.get(pk=added["id"])
    assert point.text[target.start : target.end] == target.quote


def test_a_plan_in_force_is_no_longer_judged(given):
    target = Target.objects.first()
    with pytest.raises(Refused, match="已经执行"):
        data = {"target": target.pk, "version": target.version, "standing": False}
        judging.JudgeTarget.perform(given.actor("li.jia"), data)


def measure(cast, target, **more):
    data = {
        "target": target.pk, "code": "elder.canteens", "title": "社区老年食堂", "shape": "count", "unit": "个",
        "numerator_title": "食堂", "method": "computed", "computation": "planning.items",
    }  # fmt: skip
    return tasks.MeasureTarget.perform(cast.actor("li.jia"), {**data, **more})


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"computation": "planning.nowhere"}, "computation"),
        ({"computation": "reported"}, "computation"),
        ({"method": "reported"}, "computation"),
        ({"over": Over.FLOW}, "over"),
        ({"method": "reported", "computation": "", "over": Over.FLOW, "denominator_list": "towns"}, "denominator_list"),
        ({"denominator_list": "moons"}, "denominator_list"),
        ({"shape": "share"}, "denominator_title"),
        ({"rows_of": "no.such"}, "rows_of"),
    ],
)
def test_a_measure_that_could_not_be_counted_is_refused_at_its_field(cast, more, field):
    target = Target.objects.get(point__plan=cast.imported(), value=100)
    with pytest.raises(Refused) as refused:
        measure(cast, target, **more)
    assert refused.value.problems[0].field == field


def test_a_corrected_plan_of_the_year_takes_over_the_measure_and_its_goal(given):
    old = Plan.objects.get()
    new = given.imported(TEXT.replace("100个", "120个"))
    led(given, new)
    target = Target.objects.get(point__plan=new, value=120)
    with pytest.raises(Refused, match="目标已由"):
        measure(given, target)
    with pytest.raises(Refused, match="已有执行中的要点"):
        confirm(given, new)
    confirm(given, new, replaces="same_year")
    old.refresh_from_db()
    assert old.state == PlanState.REPLACED
    measure(given, target)
    standing = Goal.objects.get(indicator__code="elder.canteens", valid_to=None)
    assert (standing.value, Goal.objects.filter(indicator__code="elder.canteens").count()) == (120, 2)


def test_a_known_measure_keeps_its_definition(given):
    new = given.imported(TEXT.replace("100个", "120个"))
    with pytest.raises(Refused, match="已有口径"):
        measure(given, Target.objects.get(point__plan=new, value=120), unit="家")
