"""A caller with a county clerk's token, on the plan's cast."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from jimin.core import clock
from jimin.core.access import tokens
from jimin.domains.planning.tests.cast import DAY, Cast

ALL = ["planning.read", "planning.report.file", "planning.item.register", "planning.item.update"]


class Caller:
    def __init__(self, cast: Cast, username: str, permissions: list[str]) -> None:
        self.client = Client(raise_request_exception=False)
        data = {"appointment": cast.actor(username).appointment.pk, "name": "对接", "permissions": permissions}
        self.token = tokens.issue(cast.hand, {**data, "expires_on": DAY})

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self._headers({}))

    def act(self, action: str, data: Any, **headers: str) -> Any:
        body = data if isinstance(data, (str, bytes)) else json.dumps(data, default=str)
        path = f"/api/v1/actions/{action}"
        return self.client.post(path, body, content_type="application/json", headers=self._headers(headers))


@pytest.fixture
def cast(db: None, settings: Any) -> Any:
    settings.JIMIN_BUSINESS_DAY = DAY
    with clock.on_day(DAY):
        made = Cast()
        made.found()
        yield made


@pytest.fixture
def county(cast: Cast) -> Caller:
    return Caller(cast, "liu.min", ALL)
