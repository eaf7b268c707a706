"""The small office of the site's tests with an operator, and a way to sign in through the page."""

from datetime import date

import pytest

from jimin.core import clock
from jimin.core.access import factor, factor_actions, once
from jimin.core.access.models import Account, Appointment, SecondFactor
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.sites.tests.conftest import PASSWORD, office  # noqa: F401

STEP = 30


@pytest.fixture
def staff(office):  # noqa: F811
    """刘敏 (county clerk), 王丽华 (two posts), 新来的 (none), 冯涛 (operator)."""
    account = Account.objects.create_user("fengtao", PASSWORD, name="冯涛")
    unit = ReportingUnit.objects.get(code="bgs")
    Appointment.objects.create(account=account, unit=unit, role="operator", valid_from=date(2020, 1, 1))
    return {**office, "fengtao": account}


@pytest.fixture
def enter(client):
    """Sign in through the page; returns the answer."""

    def enter(username, password=PASSWORD, follow=False, **more):
        data = {"username": username, "password": password}
        return client.post("/console/signin/", data, follow=follow, **more)

    return enter


@pytest.fixture
def operator(client, staff):
    """A client at work as the operator."""
    client.force_login(staff["fengtao"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def bind(account):
    """Bind a phone; returns the factor and its recovery codes. The code that confirmed it was of an earlier step."""
    actor = Actor.of(account.appointments.select_related("account", "unit").first())
    factor_actions.BeginFactor.perform(actor)
    begun = SecondFactor.objects.get(account=account)
    factor_actions.ConfirmFactor.perform(actor, {"code": factor.code_at(begun, clock.now())})
    SecondFactor.objects.filter(pk=begun.pk).update(last_step=0)
    return SecondFactor.objects.select_related("account").get(pk=begun.pk), once.take()
