"""The register room's cast and events, and a client that is signed in."""

import pytest

from jimin.core.registers.tests.conftest import cast, events, register  # noqa: F401


@pytest.fixture
def sign_in(client):
    def enter(actor):
        client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
