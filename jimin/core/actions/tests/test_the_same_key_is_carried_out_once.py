"""Keys: a repeat, another input, two at the same moment, a key that failed."""

import threading

import pytest
from django.db import connection

from jimin.core.access.roles import Role
from jimin.core.access.tests.people import People
from jimin.core.actions.errors import Refused
from jimin.core.actions.models import ActionKey
from jimin.core.actions.tests.conftest import Rename, events
from jimin.core.divisions.models import ReportingUnit


def data(people, name="甲局", **more):
    return {"unit": people.units["9901"].id, "short_name": name, **more}


def test_a_repeat_answers_with_the_first_result(clerk, people):
    first = Rename.perform(clerk, data(people), key="k1")
    again = Rename.perform(clerk, data(people), key="k1")
    assert again == {**first, "replayed": True}
    assert events() == 1
    assert ReportingUnit.objects.get(code="9901").version == 2


def test_the_same_key_with_another_input_is_refused(clerk, people):
    Rename.perform(clerk, data(people), key="k1")
    with pytest.raises(Refused, match="前后不同"):
        Rename.perform(clerk, data(people, "乙局"), key="k1")


def test_two_accounts_may_use_the_same_key(clerk, people):
    other = people.actor("宋洁", "t.office", Role.OFFICE_CLERK)
    Rename.perform(clerk, data(people), key="k1")
    assert "replayed" not in Rename.perform(other, data(people, "乙局", version=2), key="k1")


def test_a_failed_request_leaves_its_key_free(clerk, people):
    with pytest.raises(Refused):
        Rename.perform(clerk, data(people, fail=True), key="k1")
    assert "replayed" not in Rename.perform(clerk, data(people), key="k1")


def test_a_key_longer_than_its_column_is_refused_and_never_cut(clerk, people):
    with pytest.raises(Refused, match="100"):
        Rename.perform(clerk, data(people), key="k" * 101)
    assert not ActionKey.objects.exists()


def test_two_requests_with_one_key_at_the_same_moment_are_carried_out_once(transactional_db):
    people = People()
    clerk = people.actor("李嘉", "t.office", Role.OFFICE_CLERK)
    start, results = threading.Barrier(2), []

    def request():
        try:
            start.wait()
            results.append(Rename.perform(clerk, data(people), key="k1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=request) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.get("replayed", False) for r in results) == [False, True]
    assert events() == 1
