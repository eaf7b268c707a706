"""The ledger: scope, repeats, the county's check, coverage, and what goes away again."""

from datetime import date

import pytest

from jimin.core.access.roles import Role
from jimin.core.actions.errors import Forbidden, NotFound, Refused, Stale
from jimin.domains.planning.actions import items
from jimin.domains.planning.models import ItemState, LedgerItem
from jimin.domains.planning.tests.cast import DAY
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import to_date
from jimin.engines.indicators.models import Indicator, Method, Over, Shape

TODAY = DAY.replace(day=1)


def figure(code="elder.canteens", unit=None, month=TODAY):
    measure = Indicator.objects.get(code=code)
    part = to_date(indicators.series([measure], unit).get(measure.pk, {}), month, measure.over)
    return 0 if part is None else part.numerator


def register(cast, username, *rows):
    data = {"indicator": "elder.canteens", "rows": list(rows)}
    return items.RegisterItems.perform(cast.actor(username), data)


def canteen(name="合隆镇食堂", division="220122101000", since=date(2023, 8, 3), **more):
    return {"name": name, "division": division, "since": since, **more}


@pytest.fixture
def coverage(given):
    """Towns with a canteen: counted from the canteens' rows."""
    return Indicator.objects.create(
        code="elder.coverage", title="覆盖率", shape=Shape.SHARE, unit="%", numerator_title="有食堂的乡镇",
        denominator_title="乡镇", denominator_list="towns", method=Method.COMPUTED, computation="planning.towns",
        rows_of=Indicator.objects.get(code="elder.canteens"), over=Over.STOCK,
    )  # fmt: skip


def test_a_row_outside_the_scope_is_refused_by_its_number(given):
    with pytest.raises(Refused) as refused:
        register(given, "liu.min", canteen(), canteen("五棵树食堂", "220182101000"))
    assert [p.field for p in refused.value.problems] == ["rows.1.division"]
    assert not LedgerItem.objects.exists()


def test_an_unknown_place_and_a_day_to_come_are_refused(given):
    with pytest.raises(Refused) as refused:
        register(given, "liu.min", canteen(division="220122999000"), canteen(since=date(2023, 10, 11)))
    assert [p.field for p in refused.value.problems] == ["rows.0.division", "rows.1.since"]


def test_repeats_are_named_by_row_in_the_file_and_against_the_ledger(given):
    register(given, "liu.min", canteen())
    with pytest.raises(Refused) as refused:
        register(given, "liu.min", canteen("二店"), canteen(), canteen("二店"))
    assert [p.field for p in refused.value.problems] == ["rows.1.name", "rows.2.name"]
    assert LedgerItem.objects.count() == 1


def test_a_towns_row_counts_after_the_countys_check_and_not_before(given):
    item = given.registered()
    assert (item.state, figure()) == (ItemState.REGISTERED, 0)
    items.ConfirmItems.perform(given.actor("liu.min"), {"items": [item.pk]})
    assert figure() == 1
    assert indicators.check(TODAY) == []


def test_what_a_town_changes_of_a_checked_row_is_checked_again(given):
    item = given.registered()
    items.ConfirmItems.perform(given.actor("liu.min"), {"items": [item.pk]})
    item.refresh_from_db()
    data = {"item": item.pk, "version": item.version, "quantity": 1000}
    items.UpdateItem.perform(given.actor("zhang.xiaodong"), data)
    item.refresh_from_db()
    assert (item.state, figure()) == (ItemState.REGISTERED, 0)
    items.ConfirmItems.perform(given.actor("liu.min"), {"items": [item.pk]})
    assert figure() == 1000


def test_a_town_may_move_the_stage_of_a_checked_row_without_another_check(given):
    item = given.registered()
    items.ConfirmItems.perform(given.actor("liu.min"), {"items": [item.pk]})
    item.refresh_from_db()
    data = {"item": item.pk, "version": item.version, "stage": "投用"}
    items.UpdateItem.perform(given.actor("zhang.xiaodong"), data)
    item.refresh_from_db()
    assert (item.state, item.stage, item.quantity) == (ItemState.CONFIRMED, "投用", 1)


def test_neither_the_city_nor_another_county_checks_a_countys_rows(given):
    item = given.registered()
    with pytest.raises(Refused, match="农安县"):
        items.ConfirmItems.perform(given.actor("ma.li"), {"items": [item.pk]})
    with pytest.raises(NotFound):
        items.ConfirmItems.perform(given.actor("sun.li"), {"items": [item.pk]})
    with pytest.raises(Forbidden):
        items.ConfirmItems.perform(given.actor("zhang.xiaodong"), {"items": [item.pk]})


def test_a_committees_own_clerk_checks_its_towns_rows(given):
    from jimin.core.access.models import Account, Appointment
    from jimin.core.access.scope import Actor
    from jimin.core.divisions import api as divisions
    from jimin.core.divisions.models import ReportingUnit, UnitArea, UnitKind

    committee = ReportingUnit.objects.create(code="cbs", name="管委会", short_name="管委会", kind=UnitKind.COMMITTEE)
    UnitArea.objects.create(unit=committee, division_code="220122102000")
    divisions.changed()
    account = Account.objects.create(username="guan", name="管", password="!")
    post = Appointment.objects.create(
        account=account, unit=committee, role=Role.CITY_CLERK, valid_from=date(2023, 1, 1)
    )
    item = given.registered()
    assert item.unit == committee
    items.ConfirmItems.perform(Actor.of(post), {"items": [item.pk]})
    assert figure(unit=committee.pk) == 1


def test_a_void_row_leaves_the_figure_and_its_name_is_free_again(given):
    register(given, "liu.min", canteen())
    item = LedgerItem.objects.get()
    assert figure() == 1
    data = {"item": item.pk, "version": item.version, "reason": "与城关食堂重复"}
    items.VoidItem.perform(given.actor("liu.min"), data)
    assert figure() == 0
    assert indicators.check(TODAY) == []
    register(given, "liu.min", canteen())
    assert figure() == 1


def test_an_update_on_an_older_version_says_who_changed_what(given):
    register(given, "liu.min", canteen())
    item = LedgerItem.objects.get()
    first = {"item": item.pk, "version": 1, "quantity": 2}
    items.UpdateItem.perform(given.actor("liu.min"), first)
    with pytest.raises(Stale) as stale:
        items.UpdateItem.perform(
            given.actor("zhang.xiaodong") if item.town == "220122102000" else given.actor("liu.min"), first
        )
    assert "刘敏" in stale.value.differences[0].by


def test_a_town_is_covered_once_and_both_measures_follow_one_row(given, coverage):
    register(given, "liu.min", canteen(), canteen("二店"), canteen("村店", "220122102201"))
    assert (figure(), figure("elder.coverage")) == (3, 2)
    for item in LedgerItem.objects.filter(division="220122101000"):
        data = {"item": item.pk, "version": item.version, "reason": "没有开起来"}
        items.VoidItem.perform(given.actor("liu.min"), data)
    assert (figure(), figure("elder.coverage")) == (1, 1)
    assert indicators.check(TODAY) == []
    months = indicators.series([coverage], None)[coverage.pk]
    assert months[TODAY].denominator == 3


def test_last_years_months_stay_when_the_year_changes(given):
    from jimin.core import clock

    register(given, "liu.min", canteen())
    with clock.on_day(date(2024, 1, 15)):
        register(given, "liu.min", canteen("二店", since=date(2024, 1, 8)))
        assert figure(month=date(2023, 12, 1)) == 1
        assert figure(month=date(2024, 1, 1)) == 2
        assert indicators.check(date(2023, 12, 1)) == indicators.check(date(2024, 1, 1)) == []


def test_a_row_that_is_not_yet_in_use_does_not_count(given):
    register(given, "liu.min", canteen(since=None, stage="施工"))
    assert figure() == 0


@pytest.mark.parametrize("step", ["register", "update", "void"])
def test_in_the_department_only_the_office_that_leads_keeps_the_rows(given, step):
    item = given.registered("liu.min")
    with pytest.raises(Forbidden, match="由别的处室牵头"):
        _step_on(given, "song.jie", item, step)
    _step_on(given, "chen.yu", item, step)


def _step_on(cast, username, item, step):
    actor = cast.actor(username)
    if step == "register":
        row = {"name": "又一个食堂", "division": "220122102201", "since": date(2023, 9, 6)}
        return items.RegisterItems.perform(actor, {"indicator": "elder.canteens", "rows": [row]})
    data = {"item": item.pk, "version": item.version}
    if step == "update":
        return items.UpdateItem.perform(actor, {**data, "stage": "投用"})
    return items.VoidItem.perform(actor, {**data, "reason": "重复登记。"})
