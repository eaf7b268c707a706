"""Nobody reaches what is not his: every page of the console, with a stranger's numbers in the address.

The addresses come from the urlconf, so a new page is walked without being named here. The records carry a mark in
their texts; a page that shows the mark to a stranger, fails, or lets him change anything is a hole in the wall.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from jimin.core import clock
from jimin.core.access.actions import Appoint
from jimin.core.access.roles import Role
from jimin.core.audit.looks import KINDS, Sort
from jimin.core.audit.models import AuditRow
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.core.files import api as files
from jimin.domains.planning.actions import integrity, orders, reports
from jimin.domains.planning.actions import items as ledger
from jimin.domains.planning.models import (
    Chapter,
    Deliverable,
    IntegrityFinding,
    OrderReply,
    Plan,
    Point,
    SupervisionOrder,
    Target,
    Task,
)
from jimin.domains.planning.tests.cast import DAY, SEPTEMBER, Cast

MARK = "外人勿看"
ANSWERS = {200, 302, 400, 403, 404, 405, 409, 422}
SLUGS = ("sign",)
TEXTS = {"str": ("planning.reports", "planning.items", "xlsx", "2023-09", "elder.nursing_beds"), "int": ("1",)}
NEW_UNITS = [
    ("jz", "派驻组", UnitKind.OFFICE, None, "", ["inspection"]),
    ("2202", "吉林市", UnitKind.PREFECTURE, None, "220200000000", []),
    ("220182101", "五棵树镇", UnitKind.TOWN, "220182", "220182101000", []),
]
NEW_PEOPLE = [
    ("he.lei", "何磊", "jz", Role.INSPECTOR),
    ("wks.zhen", "五棵树", "220182101", Role.TOWN_CLERK),
    ("shenji", "邹岩", "t.office", Role.AUDITOR),
    ("operator", "运维", "t.office", Role.OPERATOR),
]
#: The published plan itself: no wall stands before it.
OF_THE_PLAN = (Plan, Chapter, Point, Target, Deliverable, Task)
#: Strangers to the records of 农安县 and of 养老处.
STRANGERS = ("song.jie", "wks.zhen", "operator")


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The cast with marked records of 农安县 and 养老处, and more strangers."""
    with clock.on_day(DAY):
        made = Cast()
        made.found()
        _strangers(made)
        _marked_records(made)
        yield made


def _strangers(cast: Cast) -> None:
    Division.objects.get_or_create(
        code="220200000000", valid_to=None,
        defaults={"name": "吉林市", "level": Level.PREFECTURE, "kind": Kind.PREFECTURE, "parent_code": "220000000000"},
    )  # fmt: skip
    divisions.changed()
    for code, name, kind, above, place, powers in NEW_UNITS:
        cast.units[code] = ReportingUnit.objects.create(
            code=code, name=name, short_name=name, kind=kind, superior=cast.units.get(above or ""),
            jurisdiction=place, powers=powers,
        )  # fmt: skip
    posts = [
        {"username": u, "name": n, "unit": unit, "role": r, "valid_from": date(2023, 1, 1)}
        for u, n, unit, r in NEW_PEOPLE
    ]
    Appoint.perform(cast.hand, {"posts": posts})


def _marked_records(cast: Cast) -> None:
    """A report, a ledger row, an order with its reply, a finding and a file, each with the mark in it."""
    clerk = cast.actor("liu.min")
    proof = files.keep(f"{MARK}.txt", MARK.encode(), actor=clerk)
    row = {
        "assignment": cast.task("elder.nursing_beds").assignments.get(unit=clerk.unit).pk,
        "numerator": 239, "denominator": 456, "evidence": [proof.pk],
    }  # fmt: skip
    reports.FileReports.perform(clerk, {"period": SEPTEMBER, "rows": [row]})
    canteen = {"name": "新兴村食堂", "division": "220122102201", "since": date(2023, 9, 5)}
    town = cast.actor("zhang.xiaodong")
    ledger.RegisterItems.perform(town, {"indicator": "elder.canteens", "rows": [canteen]})
    asked = {
        "task": cast.task("elder.canteens").pk, "units": ["220122"], "reason": f"{MARK}，进度落后较多。",
        "demand": f"{MARK}，请逐项列出清单。", "reply_due": date(2023, 10, 20),
    }  # fmt: skip
    order = orders.DraftOrder.perform(cast.actor("chen.yu"), asked)["order"]
    for username in ("zhao.lixin", "zhou.ting"):
        orders.SignOrder.perform(cast.actor(username), {"order": order})
    reply = OrderReply.objects.get(order=order)
    answer = {"cause": MARK, "measures": f"{MARK}，每周调度。", "promise_on": date(2023, 12, 20)}
    orders.AnswerOrder.perform(clerk, {"reply": reply.pk, "version": reply.version, **answer})
    found = {"unit": "t.elder", "source": "日常监督", "text": f"{MARK}问题", "found_on": date(2023, 10, 9)}
    integrity.RecordFinding.perform(cast.actor("he.lei"), found)


def client_of(cast: Cast, username: str) -> Client:
    """A client signed in as somebody; nobody with an empty name. A failure is a response, not an exception."""
    client = Client(raise_request_exception=False)
    if username:
        client.force_login(cast.account(username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    """Every address of the console, as it is declared."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("console/") and "signout" not in route:
            yield route


def strangers_ids() -> list[str]:
    """The newest record of every kind that has a stranger, and an id of nothing."""
    rooms = ("planning", "files", "cases", "alerts", "registers")
    kinds = [
        m
        for m in apps.get_models()
        if m._meta.app_label in rooms and m._meta.pk.get_internal_type() == "UUIDField" and m not in OF_THE_PLAN
    ]
    newest = (m._default_manager.order_by("-pk").values_list("pk", flat=True).first() for m in kinds)
    return [str(pk) for pk in newest if pk is not None] + [str(uuid.UUID(int=7))]


def addresses() -> Iterator[str]:
    """Every declared address, filled with every stranger's id and every kind of word."""
    ids = strangers_ids()
    for route in sorted(set(routes(get_resolver().url_patterns))):
        for pk in ids if "<uuid:" in route else ids[:1]:
            words = TEXTS["str"] if "<str:" in route else SLUGS if "<slug:" in route else ("",)
            for word in words:
                yield "/" + re.sub(
                    r"<(\w+):\w+>",
                    lambda m, pk=pk, word=word: {"uuid": pk, "int": "1", "slug": word, "str": word}[m[1]],
                    route,
                )


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def changes() -> int:
    """How much was done so far. That somebody looked, or was refused, is on record too, and is no change."""
    looks = [k.name for k in KINDS.values() if k.sort != Sort.CHANGE]
    return AuditRow.objects.exclude(action__in=looks).count()


@pytest.mark.parametrize("username", STRANGERS)
def test_a_stranger_reads_nothing_and_breaks_nothing_on_any_page(cast: Cast, username: str) -> None:
    client = client_of(cast, username)
    for address in addresses():
        response = client.get(address)
        assert response.status_code in ANSWERS, (username, address, response.status_code)
        assert MARK not in body(response), (username, address)
        assert response.headers.get("Content-Security-Policy"), address


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(cast: Cast) -> None:
    client = client_of(cast, "")
    for address in addresses():
        response = client.get(address)
        if address not in ("/console/signin/", "/console/signed-out/"):
            assert response.status_code in (302, 403, 404, 405), (address, response.status_code)
        assert MARK not in body(response), address


@pytest.mark.parametrize("username", ["song.jie", "sun.li", "shenji", ""])
def test_a_form_sent_to_a_strangers_record_changes_nothing(cast: Cast, username: str) -> None:
    client, before = client_of(cast, username), changes()
    form = {"version": "1", "key": str(uuid.uuid4()), "opinion": "同意", "reason": "写明原因", "text": "已经办理完毕"}
    for address in addresses():
        if not re.search(r"[0-9a-f]{8}-", address):
            continue
        response = client.post(address, form)
        assert response.status_code in ANSWERS, (username, address, response.status_code)
        assert changes() == before, (username, address)


def test_the_county_itself_and_the_auditor_do_see_the_records(cast: Cast) -> None:
    """The mark is really there: a wall that hides everything from everybody would pass the other tests."""
    for username in ("liu.min", "shenji"):
        client = client_of(cast, username)
        pages = (a for a in addresses() if re.fullmatch(r"/console/(reports|replies|orders|items)/[0-9a-f-]{36}/", a))
        assert any(MARK in body(client.get(address)) for address in pages), username
    assert SupervisionOrder.objects.filter(reason__contains=MARK).exists()
    assert IntegrityFinding.objects.filter(text__contains=MARK).exists()


@pytest.mark.parametrize("address", ["/console/plan/i/a%00b/", "/console/inbox/?kind=%00", "/plan/?x=a%00"])
def test_a_nul_character_in_an_address_is_a_clear_refusal(cast: Cast, address: str) -> None:
    response = client_of(cast, "chen.yu").get(address)
    assert response.status_code == 400
    assert "这个请求看不懂" in body(response)


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "2023-13", "²-01"])
def test_a_month_that_cannot_be_reported_is_no_page(cast: Cast, month: str) -> None:
    assert client_of(cast, "liu.min").get(f"/console/sheet/{month}/").status_code == 404
