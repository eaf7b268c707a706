"""常用筛选 belong to their account, hold only conditions that are right, and are kept by actions."""

import pytest

from jimin.core.actions.errors import Forbidden, NotFound, Refused
from jimin.core.audit.models import AuditRow
from jimin.core.registers.actions import DeleteView, SaveView
from jimin.core.registers.models import SavedView


def save(actor, title="本月农安", query="?kind=a%3A1&after=xyz", register="tests.events"):
    return SaveView.perform(actor, {"register_name": register, "title": title, "query": query})


def test_a_view_is_kept_without_its_page_position(register, cast):
    save(cast.county)
    assert SavedView.objects.get().query == "kind=a%3A1"
    assert AuditRow.objects.filter(action="registers.save_view").count() == 1


def test_the_same_name_again_replaces_it(register, cast):
    first = save(cast.county)
    second = save(cast.county, query="kind=b%3A2")
    assert first["view"] == second["view"]
    view = SavedView.objects.get()
    assert (view.query, view.version) == ("kind=b%3A2", 2)


def test_wrong_conditions_an_unknown_list_and_a_closed_list_are_refused(register, cast):
    with pytest.raises(Refused, match="没有保存"):
        save(cast.county, query="kind=zzz")
    with pytest.raises(NotFound, match="登记册"):
        save(cast.county, register="tests.nothing")
    with pytest.raises(Forbidden):
        save(cast.auditor)
    with pytest.raises(Refused):
        save(cast.county, title="")
    assert not SavedView.objects.exists()


def test_only_its_owner_can_drop_a_view(register, cast):
    made = save(cast.county)
    with pytest.raises(NotFound, match="没有找到"):
        DeleteView.perform(cast.city, {"view": made["view"]})
    DeleteView.perform(cast.county, {"view": made["view"]})
    assert not SavedView.objects.exists()
