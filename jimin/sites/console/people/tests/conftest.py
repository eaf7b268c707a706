"""王桂兰's household, and a client that is signed in as one of the cast."""

import pytest
from django.test import Client

from jimin.core.parties.tests.conftest import actors, county, key_file, province, wangs  # noqa: F401


@pytest.fixture
def sign_in(wangs):  # noqa: F811 - the fixture
    def enter(actor) -> Client:
        client = Client()
        client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
