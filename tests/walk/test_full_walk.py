"""make test-walk: every role in both languages at three widths, over the whole demo; and the public pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.walk.conftest import Open, cast
from tests.walk.visit import grouped
from tests.walk.walk import Walk, Walked
from tests.walk.words import Words, texts_of_the_records

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/", "/plan/", "/verify", "/about/", "/console/signin/", "/offline/"]
LOOKS: dict[str, dict[str, Any]] = {
    "standard": {},
    "elder": {"cookies": {"jimin_look": "elder"}},
    "elder, largest": {"cookies": {"jimin_look": "xl"}},
    "without JavaScript": {"java_script_enabled": False},
}
_KNOWN: list[str] = []


def words(language: str) -> Words:
    """The judge of a language; the records of the demo are read once."""
    if language == "en" and not _KNOWN:
        _KNOWN.extend(texts_of_the_records())
    return Words(language, _KNOWN if language == "en" else ())


def settle(walked: Walked, record: Any) -> None:
    """Into the report at the end; and every fault is told."""
    record("walked", {k: getattr(walked, k) for k in ("pages", "looks", "figures", "seconds")})
    if walked.faults:
        pytest.fail(f"{len(walked.faults)} faults\n" + "\n".join(grouped(walked.faults)), pytrace=False)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("person", cast(), ids=lambda p: p["role"])
def test_everything_a_role_can_reach_from_its_menu_is_in_order(
    demo_site: str, visitor: Open, person: dict[str, Any], language: str, record_property: Any
) -> None:
    from jimin.core.access.models import Account

    account = Account.objects.get(username=person["username"])
    walk = Walk(visitor(account, person["role"], language), words(language))
    walked = walk.go(["/console/", "/console/password/", "/console/appointments/"])
    assert walked.pages > 4, "the menu was not found"
    settle(walked, record_property)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("look", LOOKS)
def test_the_public_pages_are_in_order(
    demo_site: str, visitor: Open, look: str, language: str, record_property: Any
) -> None:
    walk = Walk(visitor(None, f"citizen, {look}", language, **LOOKS[look]), words(language))
    walked = walk.go(PUBLIC)
    assert walked.pages > len(PUBLIC)
    settle(walked, record_property)
