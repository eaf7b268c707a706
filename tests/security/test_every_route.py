"""Every address × every role at every distance × GET, POST, HEAD × the record's id and nobody's.

The addresses come from the urlconf of all sites, what each owes from tests/security/expected.py. `make test` tries
every address and every person with a fixed part of the combinations; `make test-walls` tries them all.
"""

from __future__ import annotations

import contextlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from zlib import crc32

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from jimin.core import clock
from jimin.core.registers import api as registers
from jimin.domains.planning.models import Report
from jimin.sites.api.urls import ACTIONS
from jimin.sites.console.planning import views_report
from tests.security import expected
from tests.security.expected import ANY, MISSING, NO_METHOD, NO_POST, NO_TOKEN, OPEN, POST, REFUSED, SIGN_IN, Address
from tests.security.world import DAY, MARK, NOTHING, World, changes

#: One of so many combinations is tried in `make test`.
SHARDS = 60
PARTS = 4  # of the whole, so that several processes can share it
#: Answered differently on purpose: the account is enough, or a script asks and wants no redirect.
OWN_WORDS = {
    "console/appointments/": {"nobody": SIGN_IN, "ended": OPEN, "": OPEN},
    "console/live-token/": {"nobody": REFUSED, "ended": REFUSED, "": OPEN, POST: NO_METHOD},
    "console/signin/code/": {"nobody": SIGN_IN, "ended": SIGN_IN, "": SIGN_IN},  # no password was given before
    "api/v1/": {"nobody": MISSING, "ended": MISSING, "": MISSING},
}


class Try(NamedTuple):
    """One combination."""

    route: str
    address: Address
    method: str
    person: str
    found: bool


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with clock.on_day(DAY):
        yield World()


def declared() -> dict[str, list[Address]]:
    """All declared addresses."""
    names = sorted(n for n, r in registers.REGISTERS.items() if ".tests" not in type(r).__module__)
    return expected.ADDRESSES | expected.of_registers(names) | expected.of_actions(ACTIONS)


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address of every site as the urlconf has it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def tries(world: World) -> list[Try]:
    """Every combination."""
    known = declared()
    found = []
    for route in sorted(set(routes())):
        for address in known.get(route, [Address()]):
            for method in sorted(ANY):
                for person in world.people:
                    ids = (True, False) if "<uuid:" in route else (True,)
                    found += [Try(route, address, method, person, ours) for ours in ids]
    return found


def shard_of(one: Try) -> int:
    """To which shard a combination belongs: by its words, so that it is the same one in each run.

    A stranger's GET of each address always belongs to the first, so that every address is met there.
    """
    if one.person == "nobody" and one.method == "GET":
        return 0
    return crc32(repr((one.route, one.address.words, one.method, one.person, one.found)).encode()) % SHARDS


def path(one: Try, world: World) -> str:
    """The address with its parts filled."""
    words = dict(one.address.words)
    words |= {name: str(world.records[name]) for name in ("score", "member")}

    def fill(match: re.Match[str]) -> str:
        name = match[1].split(":")[-1]
        if name == "pk":
            return str(world.records.get(one.address.kind, NOTHING) if one.found else NOTHING)
        return words[name]

    return "/" + re.sub(r"<([\w:]+)>", fill, one.route.replace("^", "").replace("/?$", ""))


def owed(one: Try) -> str:
    """What is expected."""
    if (own := OWN_WORDS.get(one.route)) is not None:
        if one.method in own:
            return own[one.method]
        place = one.person if one.person == "nobody" else one.person.split("@")[1]
        return own.get(place, own[""])
    return expected.owed(one.address, one.method, one.person, one.found)


def outcome(response: Any) -> str:
    """What an answer was."""
    status, to = response.status_code, response.headers.get("Location", "")
    if status == 302 and to.startswith("/console/signin/") and "left=1" not in to:
        return SIGN_IN
    if status == 302 and to == "/console/appointments/":
        return NO_POST
    words = {401: NO_TOKEN, 403: REFUSED, 404: MISSING, 405: NO_METHOD}
    return words.get(status, OPEN if status in (200, 204, 302, 409, 422) else f"status {status}")


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def ask(world: World, one: Try) -> Any:
    """The answer; whatever it changed is taken back, and each request comes with the sign-in alone."""
    client = world.client(one.person)
    session = client.cookies.get("sessionid")
    kept = session.value if session else ""
    with transaction.atomic():
        response = client.generic(one.method, path(one, world), "", "application/x-www-form-urlencoded")
        if one.method == "POST" and outcome(response) not in (OPEN,):
            assert changes() == world.audited, f"{one.person} changed something at {one.route}"
        response.seen = body(response)
        transaction.set_rollback(True)
    client.cookies.clear()
    if kept:
        client.cookies["sessionid"] = kept
    return response


def faults(world: World, chosen: list[Try]) -> tuple[list[str], Counter[str]]:
    """What came out otherwise than declared, and how often each outcome was met."""
    wrong, met = [], Counter[str]()
    for one in chosen:
        response = ask(world, one)
        got, wanted = outcome(response), owed(one)
        met[got] += 1
        if got != wanted and not allowed_too(one, got, wanted):
            wrong.append(
                f"{one.method} {path(one, world)} by {one.person}: {got}, not {wanted} ({response.status_code})"
            )
        if wanted != OPEN and MARK.encode() in response.seen:
            wrong.append(f"{one.method} {path(one, world)} by {one.person}: shows the record")
        if one.method == "HEAD" and response.seen:
            wrong.append(f"HEAD {path(one, world)} has a body")
    return wrong, met


def allowed_too(one: Try, got: str, wanted: str) -> bool:
    """A page that is only for GET answers HEAD with 405; a public page of a record may have none such."""
    if one.method == "HEAD" and "GET" in one.address.methods and got == NO_METHOD:
        return True
    return one.address.public and got == MISSING and "<" in one.route


def test_every_address_of_every_site_is_declared() -> None:
    known = {*declared(), *OWN_WORDS}
    assert sorted(set(routes()) - known) == [], "a new page: say in tests/security/expected.py who may open it"
    assert sorted(known - set(routes())) == [], "declared, but gone"


def test_each_role_is_met_at_each_distance_with_the_outcome_that_is_declared(world: World, capsys: Any) -> None:
    world.audited = changes()
    every = tries(world)
    chosen = [t for t in every if shard_of(t) == 0]
    assert {t.person for t in chosen} == set(world.people)
    assert {t.route for t in chosen} == set(routes())
    wrong, met = faults(world, chosen)
    with capsys.disabled():
        print(f"\n走过 {len(chosen)} / {len(every)} 种：{dict(met.most_common())}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_combination(world: World, part: int, capsys: Any) -> None:
    world.audited = changes()
    chosen = [t for t in tries(world) if shard_of(t) % PARTS == part]
    wrong, met = faults(world, chosen)
    with capsys.disabled():
        print(f"\n第 {part + 1} 份，走过 {len(chosen)} 种：{dict(met.most_common())}")
    assert not wrong, "\n".join(wrong)


# -- the test itself can fail ----------------------------------------------------------------------------
def pattern_of(route: str, patterns: Any = None, before: str = "") -> URLPattern:
    """The declaration behind an address."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern) and here == route:
            return pattern
        if isinstance(pattern, URLResolver) and route.startswith(here):
            with contextlib.suppress(LookupError):
                return pattern_of(route, pattern.url_patterns, here)
    raise LookupError(route)


UNGUARDED = "console/office/integrity/risks/new/"
BARED = "console/reports/<uuid:pk>/"


def test_a_page_whose_guard_is_taken_away_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.audited = changes()
    chosen = [t for t in tries(world) if t.route == UNGUARDED and t.method == "GET" and "ended" not in t.person]
    assert faults(world, chosen)[0] == []
    pattern = pattern_of(UNGUARDED)
    monkeypatch.setattr(pattern, "callback", inspect.unwrap(pattern.callback))
    assert len(faults(world, chosen)[0]) > 5


def test_a_record_that_is_fetched_without_its_scope_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.audited = changes()
    chosen = [t for t in tries(world) if t.route == BARED and t.method == "GET" and "@county" in t.person]
    assert faults(world, chosen)[0] == []
    monkeypatch.setattr(views_report, "reports", lambda actor: Report.objects.all())
    found = faults(world, chosen)[0]
    assert any("shows the record" in fault for fault in found)


def test_a_new_page_without_a_declaration_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(expected.ADDRESSES, UNGUARDED)
    with pytest.raises(AssertionError, match="risks/new"):
        test_every_address_of_every_site_is_declared()
