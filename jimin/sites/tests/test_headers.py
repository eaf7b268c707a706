"""The headers of every answer, and that nobody keeps what is of one person."""

import pytest

from jimin.sites.tests.conftest import office  # noqa: F401

PAGES = ["/", "/console/signin/", "/nowhere/", "/offline/", "/api/v1/nowhere"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(client, db, path):
    answer = client.get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/console/", "/console/account/", "/console/password/", "/console/signin/"])
def test_pages_of_one_person_are_kept_by_nobody(client, office, path):  # noqa: F811
    client.force_login(office["liumin"], backend="django.contrib.auth.backends.ModelBackend")
    assert "no-store" in client.get(path)["Cache-Control"]


def test_answers_of_the_interface_are_kept_by_nobody(client, db):
    assert "no-store" in client.get("/api/v1/plans/2023")["Cache-Control"]


def test_public_pages_may_be_kept(client, db):
    assert "no-store" not in client.get("/").get("Cache-Control", "")


def test_the_session_cookie_is_for_the_server_alone(client, office):  # noqa: F811
    client.post("/console/signin/", {"username": "liumin", "password": "kan-ban-2023"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    device = client.cookies["jimin_device"]
    assert device["httponly"] and device["path"] == "/console/signin/" and device["samesite"] == "Lax"
