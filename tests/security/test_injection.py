"""Texts that want to be code: in a page, in a query, in a path, in an address that the server should fetch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from jimin.core import clock
from jimin.core.registers.api import REGISTERS
from jimin.domains.planning.models import LedgerItem
from tests.security.world import BACKEND, DAY, World, changes

ROOT = Path(__file__).parents[2] / "jimin"
SCRIPT = "\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>{{7*7}}${7*7}"
SQL = [
    "'",
    "' OR '1'='1",
    "1) OR 1=1 --",
    "'; DROP TABLE planning_report; --",
    "\\",
    "%",
    "x' UNION SELECT 1 --",
    "$1",
    "$$",
]
#: Modules that speak to other hosts. The product fetches nothing, so it needs none.
FETCHING = {"requests", "httpx", "aiohttp", "urllib.request", "http.client", "smtplib", "ftplib", "telnetlib", "xmlrpc"}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with clock.on_day(DAY):
        yield World()


@pytest.fixture
def clerk(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.account("liu.min"), backend=BACKEND)
    return client


def test_a_text_that_is_markup_is_shown_as_text_on_every_page_that_shows_it(world: World, clerk: Client) -> None:
    item = world.registered("liu.min", name=SCRIPT[:100])
    shown = 0
    pages = [
        "/console/", "/console/items/", f"/console/items/{item.pk}/", f"/console/items/{item.pk}/void/",
        "/console/r/planning.items/", "/console/plan/i/elder.canteens/?unit=220122", "/console/plan/",
        f"/console/items/?q={quote(SCRIPT)}", f"/console/inbox/?kind={quote(SCRIPT)}&day={quote(SCRIPT)}",
        f"/console/plan/i/{quote(SCRIPT, safe='')}/", f"/verify/{quote(SCRIPT, safe='')}", f"/verify?code={quote(SCRIPT)}",
        f"/console/signin/?next={quote(SCRIPT)}", f"/{quote(SCRIPT)}",
    ]  # fmt: skip
    for path in pages:
        body = clerk.get(path).content.decode()
        assert "<img src=x" not in body and "<script>alert" not in body, path
        shown += "&lt;img src=x onerror" in body
    assert shown >= 3, "the text is shown nowhere: this test shows nothing"


def test_a_text_that_is_sql_is_only_a_text_wherever_it_is_typed(world: World, clerk: Client) -> None:
    before, count, tried = changes(), LedgerItem.objects.count(), 0
    for name in ("planning.items", "planning.reports", "parties.people"):
        register = REGISTERS[name]
        names = ["q", "sort", "after", "before", "unit", "month", *(f.name for f in register.filters)]
        for text in SQL:
            for parameter in dict.fromkeys(names):
                answer = clerk.get(reverse("console:register", args=[name]), {parameter: text})
                assert answer.status_code in (200, 404, 422), (name, parameter, text)
                tried += 1
    for path in (
        "/console/inbox/",
        "/console/plan/",
        "/console/plan/i/elder.canteens/",
        "/console/office/instructions/",
    ):
        for text in SQL:
            query = dict.fromkeys(
                ("q", "kind", "day", "after", "month", "unit", "light", "by", "i", "view", "page"), text
            )
            assert clerk.get(path, query).status_code in (200, 404, 422), (path, text)
    assert tried > 60 and changes() == before and LedgerItem.objects.count() == count


def test_the_server_fetches_nothing_that_somebody_names() -> None:
    found = []
    for path in ROOT.rglob("*.py"):
        if {"tests", "platform"} & set(path.parts):  # the supervisor asks its own children whether they answer
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path.name}: {n}" for n in names if n in FETCHING or n.split(".")[0] in FETCHING]
    assert found == []


def test_no_statement_is_put_together_from_what_was_typed() -> None:
    """RawSQL and statements with something set in: each is named here, and sets in only what the module itself says."""
    # A channel's name; lists of columns and conditions of the audit, whose values are parameters.
    known = {"hub.py", "registers.py", "seal.py", "state.py", "unsealed.py"}
    found = set()
    for path in ROOT.rglob("*.py"):
        if {"tests", "migrations", "platform"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0] if node.args else None
            if called == "RawSQL" or (called == "execute" and isinstance(first, (ast.JoinedStr, ast.BinOp))):
                found.add(path.name)
    assert found == known
