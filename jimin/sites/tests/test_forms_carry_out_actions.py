"""A form of the console carries an action out once, and shows again what was refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.test import RequestFactory

from jimin.core.actions.errors import Difference, Forbidden, Problem, Refused, Stale
from jimin.sites.console.forms import ActionForm, handle


class NoteForm(ActionForm):
    text = forms.CharField(label="内容", widget=forms.Textarea)
    day = forms.DateField(label="日期", required=False)


class Record:
    version = 3

    def refresh_from_db(self) -> None:
        self.version = 4


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is signed in here; who may send a form is tried in tests/security/test_every_route.py."""
    monkeypatch.setattr("jimin.sites.console.forms.must_be_allowed", lambda actor, action: None)


class Stand:
    """Stands in for an action class: remembers what it was given, or raises."""

    title = "记一笔"

    def __init__(self, raises: Exception | None = None) -> None:
        self.raises, self.given = raises, []

    def perform(self, actor: Any, data: dict[str, Any], *, key: str) -> dict[str, Any]:
        self.given.append((data, key))
        if self.raises:
            raise self.raises
        return {"id": "7"}


def send(action: Stand, data: dict[str, str] | None, record: Any = None) -> HttpResponse:
    request = RequestFactory().post("/console/x/", data) if data is not None else RequestFactory().get("/console/x/")
    request.session, request.actor = {}, None
    request.user = SimpleNamespace(is_authenticated=False)
    request._messages = FallbackStorage(request)
    form = NoteForm(request.POST if data is not None else None, record=record)
    return handle(request, action, form, to=lambda r: f"/done/{r['id']}/", done="已记。", data={"about": "9"})


KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_the_shown_form_carries_a_fresh_key_each_time() -> None:
    first, second = send(Stand(), None).content.decode(), send(Stand(), None).content.decode()
    assert first.count('name="key"') == 1
    assert first.split('name="key" value="')[1][:36] != second.split('name="key" value="')[1][:36]


def test_a_good_form_is_carried_out_with_its_key_and_goes_on() -> None:
    action = Stand()
    response = send(action, {"key": KEY, "text": "甲", "day": ""})
    assert (response.status_code, response["Location"]) == (302, "/done/7/")
    assert action.given == [({"text": "甲", "about": "9"}, KEY)]


def test_a_form_without_its_key_is_not_carried_out() -> None:
    action = Stand()
    assert send(action, {"text": "甲"}).status_code == 422
    assert action.given == []


def test_a_refusal_shows_the_problem_at_its_field_and_keeps_what_was_typed() -> None:
    refusal = Refused("没有办。", Problem("太短了。", "text"), Problem("整体不对。", "rows.0.x"), next_step="请写全。")
    response = send(Stand(refusal), {"key": KEY, "text": "我写的话"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "我写的话" in page
    assert 'id="id_text_error"' in page
    assert "太短了。" in page and "整体不对。" in page and "请写全。" in page
    assert f'value="{KEY}"' in page


def test_a_stale_form_shows_the_differences_and_may_be_sent_on_the_newest_version() -> None:
    stale = Stale("已被他人修改。", [Difference("text", "text", "旧", "新", "刘敏")], "请核对。")
    response = send(Stand(stale), {"key": KEY, "text": "我的", "version": "3"}, record=Record())
    page = response.content.decode()
    assert response.status_code == 409
    for words in ("已被他人修改。", "请核对。", "旧", "新（刘敏）", "我的", 'name="version" value="4"'):
        assert words in page


def test_a_step_that_is_not_allowed_goes_on_to_the_page_of_refusal() -> None:
    with pytest.raises(Forbidden):
        send(Stand(Forbidden("不能。")), {"key": KEY, "text": "甲"})
