"""The board reads lights from records, for the plan's own numbers and deliverables only."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jimin.core import clock
from jimin.domains.planning import board, board_point, board_units, board_words
from jimin.domains.planning.models import Found, Plan, Point, StageName, Target
from jimin.domains.planning.tests import board_factory as factory
from jimin.engines.indicators.figures import Light
from jimin.engines.indicators.models import Goal, IndicatorValue

DAY = date(2023, 9, 30)


@pytest.fixture
def world(db):
    with clock.on_day(date(2023, 10, 10)):
        yield factory.build()


def states(world, day=DAY, unit=None):
    return {s.point.no: s for s in board.read(world.plan, day, unit).states}


def monthly_centres(world, per_month):
    """So many towns covered in each month from February; 30 towns in all."""
    places = [(c, n) for c, (_, _, towns) in factory.COUNTIES.items() for n in range(towns)]
    at = 0
    for month, count in enumerate(per_month, 2):
        for county, n in places[at : at + count]:
            world.centres(county, 1, date(2023, month, 10), first=n)
        at += count
    world.refresh()


def test_nothing_reported_is_never_green(world):
    found = states(world)
    assert {s.light for s in found.values()} == {Light.NONE}
    assert [board_words.state_word(found[n]) for n in (1, 2, 3, 4)] == [
        "未定量", "尚无填报", "尚无填报", "尚无进展记录",
    ]  # fmt: skip
    assert board.read(world.plan, DAY).silent


def test_a_point_without_number_and_deliverable_is_counted_and_never_lit(world):
    monthly_centres(world, [1, 1, 1])
    assert states(world)[1].why_dark == "unquantified"


def test_a_light_comes_from_the_rows_and_changes_with_them(world):
    monthly_centres(world, [1, 0, 0, 0, 0, 0, 1, 0])
    late = states(world)[2]
    assert late.light == Light.LATE
    assert late.main.whole == 6 and late.main.left == 4, "20 % of 30 towns are 6"
    world.centres("220621", 4, date(2023, 9, 20))
    world.refresh()
    assert states(world)[2].light == Light.OK


def test_the_projection_carries_the_mean_of_the_last_six_months_on(world):
    for month, total in zip(range(2, 10), (0, 40, 90, 140, 190, 240, 290, 340), strict=True):
        world.report("beds", "2201", date(2023, month, 1), str(total))
    world.refresh()
    figure = states(world)[3].main
    assert (figure.now, figure.monthly, figure.ahead) == (340, 50, 490)
    assert figure.short == 110 and figure.left == 260
    assert figure.light == Light.LATE
    assert board_words.shortage(figure) == "年底差 110 张"


def test_a_running_month_is_carried_on_from_today_with_complete_months_only(world):
    for month in range(2, 10):
        world.report("beds", "2201", date(2023, month, 1), str(month * 50))
    world.refresh()
    figure = states(world, date(2023, 10, 10))[3].main
    assert figure.monthly == 50, "October is not over and does not count as a month"
    assert figure.ahead == 584, "450, and 50 for each of two months and 21 of October's 31 days"


def test_a_report_that_is_not_accepted_does_not_count(world):
    world.report("beds", "2201", date(2023, 8, 1), "300")
    world.report("beds", "2201", date(2023, 9, 1), "9999", accept=False)
    world.refresh()
    assert states(world)[3].main.now == 300


def test_one_month_of_figures_is_not_enough_for_a_light(world):
    world.report("beds", "2201", date(2023, 9, 1), "10")
    world.refresh()
    found = states(world)[3]
    assert (found.light, found.why_dark) == (Light.NONE, "too_early")


def test_a_measure_of_our_own_is_shown_grey(world):
    world.report("own", "2201", date(2023, 8, 1), "7")
    world.report("own", "2201", date(2023, 9, 1), "8")
    world.refresh()
    found = states(world)[5]
    assert found.light == Light.NONE and found.why_dark == "unquantified"
    assert found.figures[0].now == 8 and found.lit == ()


def test_a_goal_of_a_later_year_is_shown_and_does_not_light(world):
    world.report("teams", "2201", date(2023, 9, 1), "50", "100")
    world.refresh()
    found = states(world)[6]
    assert (found.light, found.why_dark) == (Light.NONE, "later")
    assert [a.value for a in found.figures[0].later] == [100]


def test_a_number_that_a_person_rejected_is_not_on_the_board(world):
    monthly_centres(world, [1, 1])
    Target.objects.filter(point__no=2).update(found=Found.REJECTED, goal=None)
    Goal.objects.filter(indicator__code="elder.centres").update(valid_to=DAY)
    assert states(world)[2].light == Light.NONE


def test_deliverables_light_by_their_stages(world):
    factory.stage(world, "居家养老服务条例", 0, StageName.DRAFT, date(2023, 4, 30), date(2023, 4, 20))
    factory.stage(world, "居家养老服务条例", 1, StageName.LEGAL, date(2023, 10, 31))
    assert states(world)[4].light == Light.OK
    assert board_words.tile(states(world)[4]) == "0/2"
    assert states(world, date(2023, 11, 5))[4].light == Light.SLOW
    overdue = states(world, date(2023, 11, 30))[4]
    assert overdue.light == Light.LATE
    assert board_words.trouble(overdue) == "逾期 30 天"


def test_an_overdue_deliverable_makes_a_numbers_point_worse_and_never_better(world):
    monthly_centres(world, [6, 1])
    assert states(world)[2].light == Light.OK
    made = world.tasks["居家养老服务条例"].deliverable
    made.point = world.points[2]
    made.save()
    task = world.tasks["居家养老服务条例"]
    task.point = world.points[2]
    task.save()
    factory.stage(world, "居家养老服务条例", 0, StageName.DRAFT, date(2023, 6, 1))
    assert states(world)[2].light == Light.LATE


def test_a_stage_done_later_was_open_before(world):
    factory.stage(world, "居家养老服务条例", 0, StageName.DRAFT, date(2023, 4, 30), date(2023, 9, 1))
    assert states(world, date(2023, 8, 1))[4].light == Light.LATE
    assert states(world, date(2023, 9, 2))[4].light == Light.OK


def test_a_light_that_changed_is_told_with_its_reason(world):
    for month, total in zip(range(2, 10), (90, 170, 240, 310, 380, 450, 452, 454), strict=True):
        world.report("beds", "2201", date(2023, month, 1), str(total))
    world.refresh()
    (turn,) = board.read(world.plan, DAY).turns
    assert (turn.before, turn.state.light) == (Light.OK, Light.SLOW)
    assert board_words.reason(turn) == "近两月新增 4 张，推算 596 张，目标 600 张"


def test_the_board_of_an_office_holds_a_count_against_its_allotted_part(world):
    for month in (8, 9):
        world.report("beds", "220122", date(2023, month, 1), str(month * 10))
    world.tasks["beds"].assignments.update(goal=100)
    world.refresh()
    found = states(world, unit=world.units["2201"])[3].main
    assert (found.aim.origin, found.aim.value, found.now) == ("share", 100, 90)
    assert states(world, unit=world.units["2208"])[3].main.aim is None


def test_every_level_sums_to_the_one_above_down_to_the_rows(world):
    monthly_centres(world, [4, 3, 2, 5, 1])
    centres = world.indicators["centres"]
    aims = board_point.aims_of(centres)
    level = board_units.level(centres, None, DAY, aims)
    assert level.agrees and level.total.part.numerator == 15
    for line in level.lines:
        below = board_units.level(centres, line.unit, DAY, aims)
        assert below.agrees
        for county in below.lines:
            last = board_units.level(centres, county.unit, DAY, aims)
            assert last.agrees and not last.lines
            assert sum(r.numerator for r in last.rows) == county.figure.part.numerator


def test_a_figure_that_does_not_equal_its_rows_is_noticed(world):
    monthly_centres(world, [4, 3])
    IndicatorValue.objects.filter(unit=world.units["2201"], own=False).update(numerator=99)
    level = board_units.level(world.indicators["centres"], None, DAY, board_point.aims_of(world.indicators["centres"]))
    assert not level.agrees


def test_a_county_without_rows_is_a_zero_of_its_towns_and_one_with_few_is_hatched(world):
    monthly_centres(world, [4])
    lines = {
        x.unit.code: x
        for x in board_units.by_county(
            world.indicators["centres"], DAY, board_point.aims_of(world.indicators["centres"])
        )
    }
    assert (lines["220821"].figure.part.numerator, lines["220821"].figure.part.denominator) == (0, 6)
    assert lines["220881"].few and not lines["220122"].few


def test_the_classes_of_the_map_are_the_plans_own_goals(world):
    assert board_units.breaks(board_point.aims_of(world.indicators["centres"])) == [10, 20, 40, 60]
    assert board_units.breaks(board_point.aims_of(world.indicators["beds"])) == [300, 570, 600]


def test_the_quotation_joined_together_is_the_plans_text(world):
    view = board_point.look(board.read(world.plan, DAY), 2)
    assert "".join(s.text for s in view.segments) == factory.TEXTS[2]
    assert [(s.text, s.mark) for s in view.segments if s.sort] == [
        ("区域养老服务中心在乡镇的覆盖率达到20%", "①"),
        ("2025年覆盖率达到60%", "①"),
    ]
    things = board_point.look(board.read(world.plan, DAY), 4)
    assert [s.mark for s in things.segments if s.sort == "thing"] == ["甲", "乙"]


def test_why_it_is_behind_is_counted_from_the_ledger(world):
    monthly_centres(world, [1, 1])
    for n in range(3):
        world.item("220821", f"在建{n}", f"22082110{n}000", stage="消防验收", confirmed_on=date(2023, 8, 20 + n))
    (waiting,) = board_point.look(board.read(world.plan, DAY), 2).stuck
    assert (waiting.stage, waiting.count, waiting.days) == ("消防验收", 3, 40)


def test_the_board_needs_the_same_number_of_queries_for_a_larger_plan(world):
    monthly_centres(world, [1, 1, 1])

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as context:
            board_point.look(board.read(world.plan, DAY), 2)
        return len(context)

    queries()  # the tables that are read once a process
    small = queries()
    for no in range(7, 47):
        Point.objects.create(
            plan=world.plan,
            chapter=world.points[2].chapter,
            no=no,
            title=f"第{no}点",
            text="文",
            lead=world.units["t.elder"],
        )
    for month in (8, 9):
        for county in factory.COUNTIES:
            world.report("beds", county, date(2023, month, 1), "5")
    world.refresh()
    assert queries() == small


def test_no_light_can_be_typed():
    """Nothing that is stored for the board has a place for a light."""
    for model in (Plan, Point, Target, Goal, IndicatorValue):
        assert not {"light", "status", "colour"} & {f.name for f in model._meta.get_fields()}, model
