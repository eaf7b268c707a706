"""The registers' cast with an auditor, an inspector, an operator and the system's own hand; anchors of the test's own."""

from datetime import date
from pathlib import Path

import pytest

from jimin.core.access import system
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.registers.tests.conftest import cast, events, register  # noqa: F401
from jimin.core.secrets import keys
from jimin.sites.console.tests.conftest import sign_in  # noqa: F401


@pytest.fixture(autouse=True)
def places(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    keys.forget()
    keys.ensure_keys()
    yield tmp_path / "anchors"
    keys.forget()


@pytest.fixture
def people(cast) -> dict[str, Actor]:  # noqa: F811
    """Who may look at the trail, and who may not."""
    office = cast.department.unit

    def post(username: str, role: Role) -> Actor:
        account = Account.objects.create_user(username, name=username)
        appointment = Appointment.objects.create(account=account, unit=office, role=role, valid_from=date(2023, 1, 1))
        return Actor.of(appointment)

    return {
        "auditor": post("shenji", Role.AUDITOR),
        "inspector": post("jijian", Role.INSPECTOR),
        "operator": post("yunwei", Role.OPERATOR),
        "system": post(system.USERNAME, Role.OPERATOR),
        "county": cast.county,
    }
