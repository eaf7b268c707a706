"""A token is good for a minute and for its own scope; a note goes only where its place is covered."""

import pytest
from django.core import signing

from jimin.core.access.scope import NOWHERE, Scope
from jimin.core.registers.tests.conftest import CHANGCHUN, DEHUI, NONGAN, cast  # noqa: F401
from jimin.sites.live import tokens

NOTE = {"topic": "t", "kind": "k", "id": "1", "prefecture": CHANGCHUN, "county": NONGAN}


def test_a_token_carries_account_origin_and_scope(cast):  # noqa: F811
    held = tokens.read(tokens.issue(cast.county, "http://127.0.0.1:8000"))
    assert held.account == str(cast.county.account.id)
    assert held.origin == "http://127.0.0.1:8000"
    assert held.scope == Scope("county", (NONGAN,))


@pytest.mark.parametrize(
    "forge",
    [
        lambda: "",
        lambda: "x",
        lambda: "a:b:c",
        lambda: signing.dumps(["account"], salt=tokens.SALT),
        lambda: signing.dumps(["account", "", "province", ["22"]], salt=tokens.SALT, key="another key"),
        lambda: signing.dumps(["account", "", "province", ["22"]], salt="another purpose"),
    ],
)
def test_what_we_did_not_sign_for_this_is_refused(forge):
    with pytest.raises(tokens.BadToken):
        tokens.read(forge())


def test_a_token_is_over_after_its_minute(cast, monkeypatch):  # noqa: F811
    token = tokens.issue(cast.county)
    monkeypatch.setattr(tokens, "SECONDS", -1)
    with pytest.raises(tokens.BadToken):
        tokens.read(token)


@pytest.mark.parametrize(
    ("scope", "note", "goes"),
    [
        (Scope("province", ("220000000000",)), NOTE, True),
        (Scope("prefecture", (CHANGCHUN,)), NOTE, True),
        (Scope("county", (NONGAN,)), NOTE, True),
        (Scope("county", (DEHUI, NONGAN)), NOTE, True),
        (Scope("county", (DEHUI,)), NOTE, False),
        (Scope("town", (NONGAN,)), NOTE, False),
        (Scope("topic", ("t",)), NOTE, False),
        (Scope("county", (NONGAN,)), {"topic": "t", "kind": "k", "id": "1"}, False),
        (NOWHERE, NOTE, False),
    ],
)
def test_a_note_goes_where_its_place_is_covered(scope, note, goes):
    assert tokens.covers(scope, note) is goes


def test_a_page_asks_for_the_address_of_its_stream_and_a_stranger_gets_none(client, cast, settings):  # noqa: F811
    settings.JIMIN_LIVE_ORIGIN = "http://127.0.0.1:8001"
    assert client.get("/console/live-token/").status_code == 403
    client.force_login(cast.county.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/console/live-token/")
    assert answer.json()["url"].startswith("http://127.0.0.1:8001/live/?token=")
    assert "no-store" in answer["Cache-Control"]
