"""Tests run as the role that owns nothing, on a clone that is fresh after a test that commits."""

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from jimin.platform import roles
from jimin.platform.grants import APP_ROLE


def test_the_application_connects_as_a_role_that_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == (APP_ROLE, APP_ROLE)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("jimin_owner",)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DELETE FROM django_content_type",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "TRUNCATE django_session",
        "ALTER TABLE django_session ADD COLUMN x int",
    ],
)
def test_the_application_may_not_change_the_schema_or_read_only_tables(db, statement):
    with pytest.raises(ProgrammingError, match="permission denied|must be owner"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_sessions_may_be_deleted_because_they_are_scratch(db):
    Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
    assert Session.objects.filter(session_key="k").delete()[0] == 1


def test_a_weak_role_is_named(as_owner: psycopg.Connection):
    assert roles.weakness(as_owner) is None
    superuser = as_owner.execute("SELECT current_user").fetchone()[0]
    assert "超级用户" in str(roles.weakness(as_owner, superuser))


# The next two run in either order: whichever is first commits a row that the other must not see.
def test_what_a_committing_test_leaves_is_gone_for_the_next_one(as_owner: psycopg.Connection):
    assert as_owner.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    Session.objects.create(session_key="left", session_data="", expire_date=timezone.now())
    assert as_owner.execute("SELECT count(*) FROM django_session").fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_and_the_same_the_other_way_round():
    assert Session.objects.count() == 0
    with transaction.atomic():
        Session.objects.create(session_key="left", session_data="", expire_date=timezone.now())
    assert Session.objects.count() == 1
