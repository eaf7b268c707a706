"""Tokens: given for named permissions, until a day, and gone when the post is."""

from datetime import date

import pytest

from jimin.core import clock
from jimin.core.access import permissions, tokens
from jimin.core.access.models import ApiToken
from jimin.core.access.roles import Role
from jimin.core.access.tests.people import hand
from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.actions.models import ActionKey
from jimin.core.audit.models import AuditRow

DAY = date(2023, 10, 10)
READ, WRITE = "access.test.read", "access.test.write"


@pytest.fixture(autouse=True)
def day():
    permissions.declare(READ, "读", "page", {Role.COUNTY_CLERK})
    permissions.declare(WRITE, "写", "page", {Role.COUNTY_CLERK})
    with clock.on_day(DAY):
        yield


@pytest.fixture
def clerk(people):
    return people.actor("刘敏", "990122", Role.COUNTY_CLERK)


@pytest.fixture
def operator(people):
    return people.actor("冯涛", "t.office", Role.OPERATOR)


def issue(operator, clerk, **more):
    """By the system's hand, which needs no second person; by somebody else as that person."""
    data = {"appointment": clerk.appointment.pk, "name": "县平台", "permissions": [READ], "expires_on": DAY, **more}
    return tokens.issue(hand(operator.unit) if operator.role == Role.OPERATOR else operator, data)


def test_it_acts_for_the_post_with_the_named_permissions_only(operator, clerk):
    actor = tokens.actor_of(issue(operator, clerk))
    assert actor.account == clerk.account and actor.scope.codes == ("990122000000",)
    assert actor.may(READ) and not actor.may(WRITE)


def test_it_cannot_be_given_more_than_the_post_holds(operator, clerk):
    with pytest.raises(Refused, match=r"access\.token\.create"):
        issue(operator, clerk, permissions=[READ, "access.token.create"])


def test_only_an_operator_gives_one(clerk):
    with pytest.raises(Forbidden):
        issue(clerk, clerk)


def test_the_token_itself_is_stored_nowhere(operator, clerk):
    token = issue(operator, clerk)
    stored = [
        str(v) for model in (ApiToken, AuditRow, ActionKey) for row in model.objects.values() for v in row.values()
    ]
    assert stored and not any(token in text for text in stored)


def test_it_ends_after_its_last_day(operator, clerk):
    token = issue(operator, clerk)
    assert tokens.actor_of(token).account == clerk.account
    with clock.on_day(date(2023, 10, 11)), pytest.raises(tokens.BadToken, match="2023-10-10 到期"):
        tokens.actor_of(token)


def test_a_revoked_one_ends_at_once(operator, clerk):
    token = issue(operator, clerk)
    tokens.RevokeToken.perform(operator, {"token": ApiToken.objects.get().pk})
    with pytest.raises(tokens.BadToken, match="已停用"):
        tokens.actor_of(token)


@pytest.mark.parametrize(
    "change", [{"valid_to": DAY}, {"valid_from": date(2023, 11, 1)}], ids=["ended", "not yet begun"]
)
def test_it_holds_only_while_the_post_is_held(operator, clerk, change):
    token = issue(operator, clerk)
    type(clerk.appointment).objects.filter(pk=clerk.appointment.pk).update(**change)
    with pytest.raises(tokens.BadToken, match="没有任职"):
        tokens.actor_of(token)


def test_a_closed_account_closes_its_tokens(operator, clerk):
    token = issue(operator, clerk)
    type(clerk.account).objects.filter(pk=clerk.account.pk).update(is_active=False)
    with pytest.raises(tokens.BadToken, match="账号已停用"):
        tokens.actor_of(token)


def test_a_token_that_was_never_given_is_not_known(operator, clerk):
    for wrong in ("", "jm_", issue(operator, clerk)[:-1], "x" * 5000):
        with pytest.raises(tokens.BadToken, match="不认识") as bad:
            tokens.actor_of(wrong)
        assert not bad.value.known


def test_the_day_of_its_last_use_is_kept_and_written_once_a_day(operator, clerk, django_assert_num_queries):
    token = issue(operator, clerk)
    tokens.actor_of(token)
    assert ApiToken.objects.get().last_used_on == clock.now().date()
    with django_assert_num_queries(1):
        tokens.actor_of(token)
