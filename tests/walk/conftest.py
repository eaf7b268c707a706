"""The walks' databases: a small province written at once (short walk), or the whole demo (full walk)."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser
from psycopg import sql

from jimin.platform.places import pack_folder
from jimin.platform.testing import TestDatabase
from tests.walk.visit import Visitor

DAY = date(2023, 10, 10)
WIDTHS = (390, 820, 1366)
Open = Callable[..., Visitor]


@pytest.fixture
def visitor(site: str, browser: Browser) -> Iterator[Open]:
    """Makes browsers, signed in as an account or not at all, and closes them."""
    opened = []

    def make(
        account: Any = None, who: str = "visitor", language: str = "zh-hans", widths: Any = WIDTHS, **more: Any
    ) -> Visitor:
        cookies = more.pop("cookies", {}) | {"django_language": language}
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block", **more)
        context.set_default_timeout(20_000)
        if account is not None:
            cookies |= session(account)
        context.add_cookies([{"name": k, "value": v, "url": site} for k, v in cookies.items()])
        opened.append(context)
        return Visitor(context, site, who, language, widths, more.get("java_script_enabled", True))

    yield make
    for context in opened:
        context.close()


def session(account: Any) -> dict[str, str]:
    """The cookies of somebody who has signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.fixture(scope="session")
def demo(test_database: TestDatabase, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database with the whole demo, built once a process (JIMIN_WALK_DATABASE: one built before)."""
    given = os.environ.get("JIMIN_WALK_DATABASE")
    if given:
        yield given
        return
    name = f"{test_database.name}_demo"
    with django_db_blocker.unblock():
        _build()
        _copy(test_database, test_database.name, name)
        test_database.clone()
    yield name
    with django_db_blocker.unblock():
        test_database.server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _build() -> None:
    """The pack and its demo, in the database Django is pointed at."""
    from django.conf import settings

    from jimin.platform import demo, packs

    was = settings.JIMIN_DEMO, settings.JIMIN_BUSINESS_DAY
    settings.JIMIN_DEMO, settings.JIMIN_BUSINESS_DAY = True, DAY
    try:
        packs.load(Namespace())
        demo.build(Namespace())
    finally:
        settings.JIMIN_DEMO, settings.JIMIN_BUSINESS_DAY = was


def _copy(database: TestDatabase, source: str, name: str) -> None:
    from django.db import connections

    connections.close_all()
    database.server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(source)
        )
    )


@pytest.fixture
def demo_site(demo: str, test_database: TestDatabase, settings: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """The running site on a clone of the demo, on the demo's day."""
    was = test_database.template
    test_database.template = demo
    test_database.clone()
    settings.JIMIN_BUSINESS_DAY, settings.JIMIN_DEMO = DAY, True
    yield request.getfixturevalue("site")
    test_database.template = was


def cast() -> list[dict[str, Any]]:
    """One sign-in of each role, in the pack's order."""
    file = Path(pack_folder()) / "demo" / "accounts.yaml"
    people = yaml.safe_load(file.read_text("utf-8"))["people"]
    first: dict[str, dict[str, Any]] = {}
    for person in people:
        first.setdefault(person["role"], person)
    return list(first.values())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How far the walks went."""
    walks = [
        dict(report.user_properties)["walked"]
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call" and "walked" in dict(report.user_properties)
    ]
    if walks:
        total = {key: sum(walk[key] for walk in walks) for key in walks[0]}
        terminalreporter.write_line(
            f"walked {total['pages']} pages ({total['looks']} looks at a width, {total['figures']} figures added up) "
            f"in {len(walks)} walks, {total['seconds'] / 60:.1f} minutes"
        )
