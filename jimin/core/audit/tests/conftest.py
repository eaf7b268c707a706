"""Anchors in a folder of the test's own, and rows written as the application writes them."""

from pathlib import Path

import pytest
from django.db import transaction

from jimin.core.audit import api
from jimin.core.audit.api import Change


@pytest.fixture(autouse=True)
def anchor_folder(settings, tmp_path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "anchors"


def write(count: int, start: int = 0) -> None:
    """`count` audit rows in one transaction."""
    with transaction.atomic():
        api.write(
            None,
            "test.change",
            [
                Change("test.thing", str(n), {"amount": n}, {"amount": n + 1}, "备注𠮷")
                for n in range(start, start + count)
            ],
        )
