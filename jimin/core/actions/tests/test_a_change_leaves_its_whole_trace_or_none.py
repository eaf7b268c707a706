"""The change, the audit row and the event are one transaction."""

import pytest
from django.db import connection, transaction

from jimin.core.access.roles import Role
from jimin.core.access.scope import NOWHERE, set_scope
from jimin.core.actions.errors import Refused, Stale
from jimin.core.actions.models import ActionKey
from jimin.core.actions.tests.conftest import Rename, events
from jimin.core.audit import api as audit
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import ReportingUnit


def test_a_change_that_fails_at_its_end_leaves_nothing(clerk, people):
    data = {"unit": people.units["9901"].id, "short_name": "甲局", "fail": True}
    with pytest.raises(Refused):
        Rename.perform(clerk, data, key="k1")
    assert ReportingUnit.objects.get(code="9901").short_name == "甲市"
    assert not AuditRow.objects.filter(action="test.rename").exists()
    assert not ActionKey.objects.exists()
    assert events() == 0


def test_the_audit_row_says_who_and_what_in_the_same_transaction(clerk, people):
    unit = people.units["9901"]
    Rename.perform(clerk, {"unit": unit.id, "short_name": "甲局"})
    row = audit.history(unit).get()
    assert row.actor == "李嘉（办公室·办公室经办）"
    assert '"after":{"short_name":"甲局","version":2}' in row.body
    with connection.cursor() as cursor:
        cursor.execute("select xid::text = pg_current_xact_id()::text from audit_auditrow where id = %s", [row.id])
        assert cursor.fetchone() == (True,)
    assert events() == 1


def test_who_acted_is_stored_in_chinese_when_the_page_is_english(clerk, people):
    from django.utils import translation

    with translation.override("en"):
        assert clerk.label == "李嘉（办公室·办公室经办）"


def test_a_stale_form_is_told_who_changed_what(clerk, people):
    other = people.actor("宋洁", "t.office", Role.OFFICE_CLERK)
    unit = people.units["9901"]
    Rename.perform(other, {"unit": unit.id, "short_name": "甲局"})
    with pytest.raises(Stale) as stale:
        Rename.perform(clerk, {"unit": unit.id, "short_name": "乙局"})
    (difference,) = stale.value.differences
    assert (difference.title, difference.opened, difference.now) == ("简称", "甲市", "甲局")
    assert "宋洁" in difference.by


def test_a_field_changed_twice_is_compared_with_what_the_form_showed(clerk, people):
    unit = people.units["9901"]
    Rename.perform(clerk, {"unit": unit.id, "short_name": "一局"})
    Rename.perform(clerk, {"unit": unit.id, "short_name": "二局", "version": 2})
    with pytest.raises(Stale) as stale:
        Rename.perform(clerk, {"unit": unit.id, "short_name": "三局"})
    (difference,) = stale.value.differences
    assert (difference.opened, difference.now) == ("甲市", "二局")


def test_the_actors_scope_rules_inside_and_the_scope_of_before_comes_back(people, monkeypatch):
    county = people.actor("刘敏", "990122", Role.COUNTY_CLERK)
    seen = []

    def look(self):
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('jimin.scope_level'), current_setting('jimin.scope_codes')")
            seen.append(cursor.fetchone())

    monkeypatch.setattr(Rename, "check", look)
    with transaction.atomic():
        set_scope(NOWHERE)
        Rename.perform(county, {"unit": people.units["990122"].id, "short_name": "子局"})
        assert set_scope(NOWHERE).level == "none"
    assert seen == [("county", "990122000000")]
