"""What every answer of every site carries, what never comes in, and where nobody is sent."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from jimin.core import clock
from jimin.core.files.limits import MB, limits
from jimin.platform.testing import in_a_loop_of_its_own
from jimin.sites.live.asgi import Application
from tests.security.world import BACKEND, DAY, MARK, NOTHING, World, changes

ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: No token in the form, and why: the API knows only its own tokens; checking a document
#: and an estimate change nothing.
WITHOUT_TOKEN = ("api/", "^verify/?$", "estimate/")
EVIL = [
    "https://evil.example/", "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "http:evil.example", "javascript:alert(1)", "data:text/html,x", "https:///evil.example", "\thttps://evil.example",
    "/\t/evil.example", "https://127.0.0.1@evil.example/", "https://testserver.evil.example/", "／／evil.example",
]  # fmt: skip


@pytest.fixture
def world(db: None) -> Iterator[World]:
    cache.clear()
    with clock.on_day(DAY):
        yield World()


def signed_in(world: World, name: str = "county_clerk@own", **more: Any) -> Client:
    client = Client(raise_request_exception=False, **more)
    account = world.people[name]
    assert account is not None
    client.force_login(account, backend=BACKEND)
    return client


def answers(world: World) -> Iterator[tuple[str, Any]]:
    """One answer of every kind: pages, files, API, static, and each way to fail."""
    nobody, clerk = Client(raise_request_exception=False), signed_in(world)
    at = world.records
    for path in (
        "/", "/about/", "/plan/", "/verify", "/offline/", "/sw.js", "/healthz", "/readyz", "/robots.txt", "/static/jimin/jimin.css",
        "/static/jimin/nothing.css", "/console/", "/console/signin/", "/api/v1/openapi.json", "/api/v1/units",
        "/api/v1/nothing", "/nothing/",
    ):  # fmt: skip
        yield f"nobody {path}", nobody.get(path)
    for path in (
        "/console/", "/console/inbox/", f"/console/reports/{at['report']}/", f"/console/reports/{NOTHING}/",
        f"/console/files/{at['file']}/", "/console/r/planning.items/export.xlsx", "/console/r/planning.items/export.csv",
        "/console/plan/export/pdf/", "/console/office/alignment/", "/console/live-token/", "/console/signout/",
        "/console/plan/i/a%00b/",
    ):  # fmt: skip
        yield f"clerk {path}", clerk.get(path)
    yield "400 host", nobody.get("/", headers={"Host": "evil.example"})
    yield "403 token", signed_in(world, enforce_csrf_checks=True).post("/console/password/")
    yield "405", nobody.put("/console/")
    yield "413", nobody.post("/console/", CONTENT_LENGTH=str(limits()["request_mb"] * MB + 1))
    yield "422", clerk.post("/console/password/", {"old": "x"})
    yield "301", nobody.get("/about")


def test_every_answer_of_every_site_carries_the_headers(world: World) -> None:
    seen = set()
    for what, answer in answers(world):
        seen.add(answer.status_code)
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy, what
        assert "unsafe" not in policy and "*" not in policy, what
        assert {n: answer.headers.get(n) for n in ALWAYS} == ALWAYS, what
        assert "camera=()" in answer.headers.get("Permissions-Policy", ""), what
        assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers, what
    assert {200, 301, 302, 400, 401, 403, 404, 405, 413, 422} <= seen


def test_a_page_that_fails_carries_them_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from jimin.sites.console.planning import views_report

    def broken(actor: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(views_report, "reports", broken)
    answer = signed_in(world).get(f"/console/reports/{NOTHING}/")
    assert answer.status_code == 500
    assert {n: answer.headers.get(n) for n in ALWAYS} == ALWAYS
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"secret inside|RuntimeError|Traceback|\.py", answer.content.decode())


def test_the_live_process_carries_them_and_is_framed_by_nobody() -> None:
    async def ask(method: str, path: str) -> dict[str, str]:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": method, "path": path, "query_string": b"token=x", "headers": []}
        await Application()(scope, receive, send)
        return {k.decode(): v.decode() for k, v in sent[0]["headers"]} | {"status": str(sent[0]["status"])}

    for method, path in (("GET", "/live/"), ("GET", "/"), ("GET", "/other"), ("POST", "/live/")):
        found = in_a_loop_of_its_own(ask(method, path))
        assert found["x-content-type-options"] == "nosniff" and found["x-frame-options"] == "DENY", path
        assert "frame-ancestors 'none'" in found["content-security-policy"], path
        assert found["cache-control"] == "no-store", path


def test_what_may_be_about_somebody_is_kept_by_no_browser_and_no_proxy(world: World) -> None:
    for what, answer in answers(world):
        if "/console/" in what or "/api/" in what:
            kept = answer.headers.get("Cache-Control", "")
            assert "no-store" in kept, (what, kept)


def test_a_download_is_an_attachment_under_its_own_name_in_a_sandbox(world: World) -> None:
    answer = signed_in(world).get(f"/console/files/{world.records['file']}/?inline=1")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%A4%96")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


# -- cookies ---------------------------------------------------------------------------------------------
def test_no_script_reads_the_sign_in_and_no_other_site_sends_it(world: World) -> None:
    account = world.account("liu.min")
    account.set_password("a-long-pass-phrase-1")
    account.save()
    client = Client()
    client.get("/console/signin/")
    client.post("/console/signin/", {"username": "liu.min", "password": "a-long-pass-phrase-1"})
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    client.post("/preferences/", {"look": "elder", "next": "/"})
    assert {"sessionid", "django_language", "jimin_look", "csrftoken"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["samesite"] in ("Lax", "Strict"), name
        assert name == "csrftoken" or cookie["httponly"], name
        assert not cookie["domain"], name


def test_over_https_every_cookie_is_sent_over_https_alone() -> None:
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE SECURE_HSTS_SECONDS"
    code = f"from jimin.platform import settings as s; print(all(getattr(s, n) for n in '{names}'.split()))"
    env = {"JIMIN_HTTPS": "1", "JIMIN_SECRET_KEY": "x", "PATH": ""}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "True"


# -- forms -----------------------------------------------------------------------------------------------
def patterns(found: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns if found is None else found:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_every_form_of_every_site_needs_its_token(world: World) -> None:
    client, before, tried = signed_in(world, enforce_csrf_checks=True), changes(), 0
    for route, pattern in patterns():
        if getattr(pattern.callback, "csrf_exempt", False):
            assert route.startswith(WITHOUT_TOKEN), route
            continue
        path = re.sub(r"<uuid:\w+>", str(NOTHING), route)
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str|slug):\w+>", "x", path))
        answer = client.post(f"/{path}", {"key": "x"})
        assert answer.status_code == 403 and (route.startswith("api/") or "没有提交" in answer.content.decode()), route
        tried += 1
    assert tried > 80 and changes() == before


def test_the_public_pages_that_need_no_token_change_nothing() -> None:
    from jimin.sites.portal import verify
    from jimin.sites.portal.estimate import answers, interview, paper, result, views

    text = "".join(inspect.getsource(each) for each in (verify, answers, interview, paper, result, views))
    assert ".perform(" not in text and ".save(" not in text and ".create(" not in text


# -- where nobody is sent ----------------------------------------------------------------------------------
def elsewhere(answer: Any) -> bool:
    to = urljoin("http://testserver/x/", answer.headers.get("Location", ""))
    return urlsplit(to)[:2] != ("http", "testserver") or "\\" in to


@pytest.mark.parametrize("to", EVIL)
def test_no_next_leads_to_another_site(world: World, to: str) -> None:
    account = world.account("liu.min")
    account.set_password("a-long-pass-phrase-1")
    account.save()
    post = world.actor("liu.min").appointment.pk
    signing = {"username": "liu.min", "password": "a-long-pass-phrase-1", "next": to}
    for answer in (
        Client().post("/console/signin/", signing),
        Client().post("/i18n/setlang/", {"language": "en", "next": to}),
        Client().post("/preferences/", {"look": "elder", "next": to}),
        Client().post("/preferences/", {"look": "elder"}, headers={"Referer": to.strip()}),
        signed_in(world).post("/console/appointments/", {"appointment": str(post), "next": to}),
        signed_in(world).get("/console/signin/", {"next": to}),
    ):
        assert not elsewhere(answer), (to, answer.headers.get("Location"))


def test_two_strokes_before_an_address_are_no_other_host(db: None) -> None:
    answer = Client().get("//evil.example/about")
    assert answer.status_code in (301, 404)
    assert not elsewhere(answer)


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "evil.example:80", "127.0.0.1@evil.example"]
)
def test_another_host_is_no_name_of_ours(world: World, host: str) -> None:
    answer = Client().get("/console/signin/", headers={"Host": host, "X-Forwarded-Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_a_forwarded_host_is_not_believed(world: World) -> None:
    answer = signed_in(world).get("/console/live-token/", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200 and "evil" not in answer.content.decode()


# -- what never comes in -------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused_everywhere(world: World, method: str) -> None:
    for path in ("/", "/console/", "/console/items/register/", "/api/v1/units", "/static/jimin/jimin.css"):
        answer = signed_in(world).generic(method, path)
        assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD, POST", path


def test_no_header_and_no_field_turns_a_method_into_another(world: World) -> None:
    before = changes()
    client, item = signed_in(world), world.records["item"]
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.get(f"/console/items/{item}/confirm/", headers={name: "POST"}).status_code == 405
    assert client.get(f"/console/items/{item}/confirm/?_method=POST").status_code == 405
    assert changes() == before


def test_a_request_that_is_too_long_is_said_to_be_before_it_is_read(world: World) -> None:
    page = Client().post("/console/items/register/", CONTENT_LENGTH=str(limits()["request_mb"] * MB + 1))
    assert page.status_code == 413 and f"一次提交最多 {limits()['request_mb']} MB" in page.content.decode()
    call = Client().generic("POST", "/api/v1/actions/planning.item.register", CONTENT_LENGTH=str(13 * MB))
    assert call.status_code == 413
    assert set(call.json()) == {"message", "next_step", "problems", "differences"}


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_form_without_files_that_is_too_long_is_said_to_be(world: World) -> None:
    answer = signed_in(world).post("/console/password/", {"old": "x" * 2000})
    assert answer.status_code == 413


def test_the_mark_is_really_shown_to_whom_it_is_for(world: World) -> None:
    assert MARK in signed_in(world).get(f"/console/reports/{world.records['report']}/").content.decode()
