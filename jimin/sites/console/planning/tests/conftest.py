"""The cast at work in the browser's place: a client for each person, on the demo's business day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from jimin.core import clock
from jimin.core.secrets import keys
from jimin.domains.planning.tests.cast import DAY, Cast


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Any) -> Iterator[Cast]:
    """The cast with its plan in force."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    keys.forget()
    keys.ensure_keys()
    with clock.on_day(DAY):
        made = Cast()
        made.found()
        yield made
    keys.forget()


@pytest.fixture
def by(cast: Cast) -> Callable[[str], Client]:
    """A signed-in client for a person of the cast."""

    def client(username: str) -> Client:
        made = Client()
        made.force_login(cast.account(username), backend="django.contrib.auth.backends.ModelBackend")
        return made

    return client
