"""What the reader was unsure of is confirmed many at a time: all or none, each as it was seen."""

import pytest

from jimin.core.actions.errors import Forbidden, Refused, Stale
from jimin.domains.planning.actions.judging import ConfirmFound
from jimin.domains.planning.models import Deliverable, Found, Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def doubted(cast):
    cast.imported()
    Target.objects.update(found=Found.DOUBT)
    Deliverable.objects.update(found=Found.DOUBT)
    return cast


def ticked(rows):
    return [{"id": row.pk, "version": row.version} for row in rows]


def test_numbers_and_deliverables_are_confirmed_in_one_act(doubted):
    data = {"targets": ticked(Target.objects.all()), "deliverables": ticked(Deliverable.objects.all())}
    made = ConfirmFound.perform(doubted.actor("li.jia"), data)
    assert len(made["found"]) == Target.objects.count() + Deliverable.objects.count() > 2
    for model in (Target, Deliverable):
        assert set(model.objects.values_list("found", flat=True)) == {Found.CONFIRMED}


def test_one_that_changed_since_stops_all(doubted):
    data = {"targets": ticked(Target.objects.all())}
    Target.objects.filter(pk=Target.objects.first().pk).update(version=9)
    with pytest.raises(Stale):
        ConfirmFound.perform(doubted.actor("li.jia"), data)
    assert set(Target.objects.values_list("found", flat=True)) == {Found.DOUBT}


def test_nothing_ticked_is_refused_with_what_to_do(doubted):
    with pytest.raises(Refused, match="一处也没有勾选") as refused:
        ConfirmFound.perform(doubted.actor("li.jia"), {})
    assert "勾选" in refused.value.next_step


def test_a_plan_in_force_and_another_office_are_refused(given):
    data = {"targets": ticked(Target.objects.all())}
    with pytest.raises(Refused, match="已经执行"):
        ConfirmFound.perform(given.actor("li.jia"), data)
    with pytest.raises(Forbidden):
        ConfirmFound.perform(given.actor("liu.min"), data)
