"""A key ring of its own for each test."""

import pytest

from jimin.core.secrets import keys


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path):
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    keys.forget()
    yield keys.ensure_keys()
    keys.forget()
