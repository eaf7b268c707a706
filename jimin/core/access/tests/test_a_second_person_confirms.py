"""What gives power waits for a second person; nobody decides about themselves or what they asked for."""

from datetime import date, timedelta

import pytest

from jimin.core import clock
from jimin.core.access import once, permissions, second, tokens
from jimin.core.access.account_actions import OpenAccount, ResetPassword, Unlock
from jimin.core.access.actions import Appoint, EndAppointment
from jimin.core.access.factor_actions import BeginFactor, ResetFactor
from jimin.core.access.models import Account, ApiToken, Appointment, Proposal, SecondFactor
from jimin.core.access.permissions import powerful
from jimin.core.access.roles import Role
from jimin.core.access.second_actions import ConfirmProposal, RefuseProposal
from jimin.core.access.tests.people import hand
from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.audit.models import AuditRow

READ = "access.test.second"
CHIEF = {"username": "bai", "name": "白主任", "unit": "t.office", "role": "office_chief", "valid_from": "2023-10-01"}


@pytest.fixture(autouse=True)
def day():
    permissions.declare(READ, "读", "page", {Role.COUNTY_CLERK})
    with clock.on_day(date(2023, 10, 10)):
        yield


@pytest.fixture
def operator(people):
    return people.actor("冯涛", "t.office", Role.OPERATOR)


@pytest.fixture
def auditor(people):
    return people.actor("王审计", "t.office", Role.AUDITOR)


@pytest.fixture
def clerk(people):
    return people.actor("刘敏", "990122", Role.COUNTY_CLERK)


def waiting() -> Proposal:
    return second.waiting().get()


def confirm(actor, proposal):
    return ConfirmProposal.perform(actor, {"proposal": proposal.pk})


def test_which_posts_are_powerful_follows_from_what_they_may_do():
    plain = {Role.DEPT_CLERK, Role.OFFICE_CLERK, Role.DIRECT_CLERK, Role.CITY_CLERK}
    at_home = {role for role in Role if not powerful(role, provincial=False)}
    assert at_home == plain | {Role.COUNTY_CLERK, Role.TOWN_CLERK}
    assert {role for role in Role if not powerful(role, provincial=True)} == plain  # who sees people, sees all of them


def test_a_powerful_post_is_held_only_after_somebody_else_confirmed(operator, auditor):
    done = Appoint.perform(operator, {"posts": [CHIEF]})
    assert (done["appointments"], done["waiting"]) == (0, 1)
    assert not Appointment.objects.filter(account__username="bai").exists()
    assert Appoint.perform(operator, {"posts": [CHIEF]})["waiting"] == 0  # asked once
    with pytest.raises(Refused, match="不能自己确认"):
        confirm(operator, waiting())
    confirm(auditor, waiting())
    assert Appointment.objects.get(account__username="bai").role == Role.OFFICE_CHIEF
    assert AuditRow.objects.filter(action="access.proposal.confirm", account=auditor.account.id).exists()
    with pytest.raises(Refused, match="已经有了决定"):
        confirm(auditor, Proposal.objects.get())


def test_a_clerks_post_and_what_the_systems_own_hand_gives_wait_for_nobody(operator, people):
    post = {**CHIEF, "username": "li", "unit": "990122", "role": "county_clerk"}
    assert Appoint.perform(operator, {"posts": [post]})["appointments"] == 1
    assert Appoint.perform(hand(operator.unit), {"posts": [CHIEF]})["appointments"] == 1


def test_it_is_not_confirmed_by_whom_it_is_about_nor_by_a_clerk(operator, auditor, clerk):
    ResetPassword.perform(operator, {"account": auditor.account.pk})
    with pytest.raises(Refused, match="和自己有关"):
        confirm(auditor, waiting())
    with pytest.raises(Forbidden):
        confirm(clerk, waiting())


def test_a_refused_a_withdrawn_and_a_lapsed_one_never_come_into_force(operator, auditor):
    for actor, decision in ((auditor, "refused"), (operator, "withdrawn")):
        Appoint.perform(operator, {"posts": [CHIEF]})
        RefuseProposal.perform(actor, {"proposal": waiting().pk, "reason": "没有任命文件"})
        assert Proposal.objects.first().decision == decision
    Appoint.perform(operator, {"posts": [CHIEF]})
    late = waiting()
    Proposal.objects.filter(pk=late.pk).update(lapses_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(Refused, match="作废"):
        confirm(auditor, late)
    assert not Appointment.objects.filter(account__username="bai").exists()


def test_a_token_opens_nothing_until_it_is_confirmed_and_the_confirmer_never_sees_it(operator, auditor, clerk):
    asked = {"appointment": clerk.appointment.pk, "name": "县平台", "permissions": [READ], "expires_on": "2023-12-31"}
    token = tokens.issue(operator, asked)
    with pytest.raises(tokens.BadToken):
        tokens.actor_of(token)
    confirm(auditor, waiting())
    assert once.take() == () and tokens.actor_of(token).account == clerk.account
    assert "digest" not in Proposal.objects.get().details


def test_a_powerful_persons_password_and_phone_stay_until_confirmed(operator, auditor, people):
    chief = people.actor("白主任", "t.office", Role.OFFICE_CHIEF).account
    BeginFactor.perform(auditor)
    ResetPassword.perform(operator, {"account": chief.pk})
    (password,) = once.take()
    assert not Account.objects.get(pk=chief.pk).check_password(password)
    proposal = waiting()
    confirm(auditor, proposal)
    chief.refresh_from_db()
    assert chief.check_password(password) and chief.must_change_password and chief.started_password_at
    assert "password" not in Proposal.objects.get().details
    ResetFactor.perform(operator, {"account": auditor.account.pk, "reason": "手机丢失"})
    assert SecondFactor.objects.filter(account=auditor.account).exists()
    confirm(people.actor("白主任2", "t.office", Role.OFFICE_CHIEF), waiting())
    assert not SecondFactor.objects.filter(account=auditor.account).exists()


def test_nobody_acts_on_their_own_account_or_posts(operator):
    own = {"account": operator.account.pk}
    token = {"appointment": operator.appointment.pk, "name": "自己", "permissions": [READ], "expires_on": "2023-12-31"}
    for action, data in (
        (Appoint, {"posts": [{**CHIEF, "username": operator.account.username}]}),
        (EndAppointment, {"appointment": operator.appointment.pk, "on": "2023-10-10"}),
        (OpenAccount, own), (Unlock, own), (ResetPassword, own), (tokens.CreateToken, token),
    ):  # fmt: skip
        with pytest.raises(Refused):
            action.perform(operator, data)
    assert not ApiToken.objects.exists() and not Proposal.objects.exists()


def test_a_token_is_not_given_for_longer_than_the_longest_life(operator, clerk):
    asked = {"appointment": clerk.appointment.pk, "name": "县平台", "permissions": [READ], "expires_on": "2033-12-31"}
    with pytest.raises(Refused, match="最长"):
        tokens.issue(operator, asked)
