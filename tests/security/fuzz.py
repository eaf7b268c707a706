"""Calls that schemathesis makes up from the API's own contract, sent to the real WSGI application with real tokens.

Some of what it makes up is replaced by what is really there (ids, codes, places, months), or nearly every call would
end at “no such record”. Each answer is held against the contract: a documented status, its shape, no 5xx; and no
answer may tell a stranger how the inside looks.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.apps import apps
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.core.failures import Failure, FailureGroup

from jimin.core.access import permissions, tokens
from jimin.core.access.models import Appointment
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import Division, ReportingUnit
from jimin.engines.indicators.models import Indicator
from jimin.sites.wsgi import application
from tests.security.world import DAY, World

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip
#: Callers of the API: clerks who send, chiefs who sign, and an auditor who only reads.
CALLERS = (
    "county_clerk@own",
    "county_deputy@own",
    "city_clerk@own",
    "dept_clerk@own",
    "office_clerk@own",
    "auditor@own",
)
INSIDE = re.compile(
    rb"Traceback|File \"|\.py\b|psycopg|SELECT |INSERT |UPDATE \"|django\.|/site-packages|ninja\.|pydantic|DETAIL:|jimin_app"
)
BARE = 20  # one of so many calls is sent again with a token that nobody gave out
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)


@dataclass
class Run:
    """What was called and what was found."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)  # what: the first call that showed it

    def find(self, what: str, case: Any, response: Any) -> None:
        shown = f"{case.method} {case.formatted_path} {case.query or ''} {case.body!r}"
        self.findings.setdefault(what, f"{shown[:600]} → {response.status_code} {response.content[:300]!r}")


def tokens_of(world: World) -> dict[str, str]:
    """A token for each caller with everything its role holds."""
    found = {}
    for name in CALLERS:
        rows = Appointment.objects.select_related("account", "unit__superior")
        actor = Actor.of(rows.get(account__username=name))
        held = [p.name for p in permissions.table() if actor.may(p.name)]
        data = {"appointment": actor.appointment.pk, "name": "模糊测试", "permissions": held, "expires_on": DAY}
        found[name] = tokens.issue(world.hand, data)
    return found


def real_values() -> dict[str, list[str]]:
    """What is really there, by the names the contract gives it."""
    rooms = ("planning", "files", "cases")
    ids = [
        str(pk)
        for model in apps.get_models()
        if model._meta.app_label in rooms and model._meta.pk.get_internal_type() == "UUIDField"
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)[:5]
    ]
    return {
        "ids": ids,
        "indicator": list(Indicator.objects.values_list("code", flat=True)),
        "code": list(Indicator.objects.values_list("code", flat=True)),
        "unit": list(ReportingUnit.objects.values_list("code", flat=True)),
        "division": list(Division.objects.values_list("code", flat=True)),
        "period": ["2023-09-01", "2023-08-01", "2023-10-01", "1900-01-01"],
        "year": ["2023"],
    }  # fmt: skip


def made_real(value: Any, name: str, real: dict[str, list[str]], chance: random.Random) -> Any:
    """The value with some of its parts replaced by what is there."""
    if isinstance(value, dict):
        return {k: made_real(v, k, real, chance) for k, v in value.items()}
    if isinstance(value, list):
        return [made_real(v, name, real, chance) for v in value]
    if isinstance(value, str) and UUID.match(value) and chance.random() < 0.7:
        return chance.choice(real["ids"])
    if name in real and isinstance(value, (str, int)) and chance.random() < 0.6:
        return chance.choice(real[name])
    return value


def fuzz(world: World, each: int, start: int = 1) -> Run:
    """`each` calls for every operation, caller and mode (valid input, spoiled input)."""
    run, keys, real = Run(), tokens_of(world), real_values()
    contract = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for result in contract.get_all_operations():
        operation = result.ok()
        for mode in schemathesis.GenerationMode:
            for token in keys.values():
                _calls(run, operation.as_strategy(generation_mode=mode), token, real, each, start)
    return run


def _calls(run: Run, cases: Any, token: str, real: dict[str, list[str]], each: int, start: int) -> None:
    @seed(start)
    @settings(
        max_examples=each, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases, chance=st.randoms(use_true_random=False))
    def call(case: Any, chance: random.Random) -> None:
        if case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
            case.body = made_real(case.body, "", real, chance)
            case.query = made_real(case.query, "", real, chance)
            case.path_parameters = made_real(case.path_parameters, "", real, chance)
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        response = case.call()
        run.calls += 1
        run.statuses[response.status_code] += 1
        if run.calls % BARE == 0:
            bare = case.call(headers={"Authorization": "Bearer jm_unknown"})
            run.calls += 1
            if bare.status_code not in (401, 405, 429):  # 429: too many unknown tokens from one address
                run.find(f"{case.operation.label}: carried out for an unknown token", case, bare)
        if INSIDE.search(response.content):
            run.find(f"{case.operation.label}: the answer shows the inside", case, response)
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            parts = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
            for part in parts:
                run.find(
                    f"{case.operation.label} {response.status_code}: {type(part).__name__} {part}"[:300], case, response
                )

    call()
