"""An installation as it is on its first day: the pack is loaded, people are appointed, and there is no plan."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser

from jimin.platform.places import pack_folder
from tests.stories.people import People

FIRST_DAY = date(2023, 3, 6)


@pytest.fixture
def people(settings: Any, tmp_path: Path, site: str, browser: Browser) -> Iterator[People]:
    """The appointed cast of the pack, each with a browser of their own."""
    from jimin.core.access.scope import Actor
    from jimin.domains.planning.demo.cast import Cast
    from jimin.platform import packs

    settings.JIMIN_BUSINESS_DAY = FIRST_DAY
    settings.JIMIN_DEMO = True  # its people sign in with a password alone
    settings.FILES_ROOT = tmp_path / "files"
    packs.load(Namespace())
    folder = pack_folder() / "demo"
    Cast(folder, FIRST_DAY.replace(month=1, day=1), Actor.of(packs.installer())).appoint()
    password = yaml.safe_load((folder / "accounts.yaml").read_text("utf-8"))["password"]
    cast = People(browser, site, password)
    yield cast
    cast.close()
