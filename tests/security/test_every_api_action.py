"""Every action of the API × every role at every distance, with an input that is right for whom it is meant.

Who is declared below carries it out; for everybody else the answer is a refusal and no row is other than before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from jimin.core import clock
from jimin.core.access import permissions, tokens
from jimin.core.access.models import Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.files import api as files
from jimin.domains.planning.actions import orders, reports
from jimin.domains.planning.models import OrderReply
from jimin.sites.api.urls import ACTIONS
from tests.security.expected import CITY_ABOVE, LEAD, LEADS_TASK, OFFICE, THE_COUNTY
from tests.security.world import DAY, World, changes

JULY, AUGUST, JUNE = date(2023, 7, 1), date(2023, 8, 1), date(2023, 6, 1)
TABLES = (
    "planning_report", "planning_reportevidence", "planning_ledgeritem", "planning_orderreply", "planning_stage",
    "planning_task", "cases_work", "cases_step", "events_outboxevent",
)  # fmt: skip
KEEPERS = {"town_clerk@own", "county_clerk@own", "city_clerk@own", "dept_clerk@own"}
#: Who carries each action out on the records of 农安县; everybody else is refused.
MEANT: dict[str, set[str]] = {
    "planning.report.file": {"county_clerk@own"},
    "planning.report.sign": {"county_section_chief@own"},
    "planning.report.review": {"city_clerk@own"},
    "planning.report.accept": {"dept_clerk@own"},
    "planning.report.return": {"county_section_chief@own"},
    "planning.item.register": KEEPERS,
    "planning.item.confirm": {"county_clerk@own"},
    "planning.item.update": KEEPERS,
    "planning.item.void": (KEEPERS | OFFICE | THE_COUNTY | CITY_ABOVE) - {"town_clerk@own"},
    "planning.reply.write": {"county_clerk@own"},
    "planning.stage.complete": set(LEADS_TASK | LEAD),
}


@pytest.fixture
def world(db: None, settings: Any) -> Iterator[World]:
    settings.JIMIN_BUSINESS_DAY = DAY
    with clock.on_day(DAY):
        made = World()
        _further(made)
        yield made


def _further(world: World) -> None:
    """Reports that lie with the 市 and with the 处室, and an order that nobody has answered yet."""
    for period, steps in ((AUGUST, 2), (JULY, 3)):
        report = world.filed("liu.min", period)
        for step in range(steps):
            action, username = [
                (reports.SignReports, "wang.lihua"), (reports.SignReports, "yu.haitao"), (reports.ReviewReports, "ma.li"),
            ][step]  # fmt: skip
            action.perform(world.actor(username), {"reports": [report.pk]})
        world.keep(**{"to_review" if period == AUGUST else "to_accept": report.pk})
    asked = {
        "task": world.task("elder.nursing_beds").pk, "units": ["220122"], "reason": "护理型床位进度落后较多。",
        "demand": "请逐项列出清单并说明原因。", "reply_due": date(2023, 10, 20),
    }  # fmt: skip
    order = orders.DraftOrder.perform(world.actor("chen.yu"), asked)["order"]
    for username in ("zhao.lixin", "zhou.ting"):
        orders.SignOrder.perform(world.actor(username), {"order": order})
    world.keep(to_answer=OrderReply.objects.get(order=order).pk)


def inputs(world: World, proof: UUID) -> dict[str, dict[str, Any]]:
    """An input for each action that is right for whom it is meant."""
    at = world.records
    row = {"assignment": at["assignment"], "numerator": 1, "denominator": 2, "evidence": [proof]}
    canteen = {"name": "新食堂", "division": "220122102201", "since": "2023-09-05"}
    return {
        "planning.report.file": {"period": JUNE, "rows": [row]},
        "planning.report.sign": {"reports": [at["report"]]},
        "planning.report.review": {"reports": [at["to_review"]]},
        "planning.report.accept": {"reports": [at["to_accept"]]},
        "planning.report.return": {"reports": [at["report"]], "opinion": "请核对分母后再报。"},
        "planning.item.register": {"indicator": "elder.canteens", "rows": [canteen]},
        "planning.item.confirm": {"items": [at["item"]]},
        "planning.item.update": {"item": at["item"], "version": 1, "stage": "投用"},
        "planning.item.void": {"item": at["item"], "version": 1, "reason": "重复登记"},
        "planning.reply.write": {
            "reply": at["to_answer"], "version": OrderReply.objects.get(pk=at["to_answer"]).version, "cause": "床位改造晚了", "measures": "每周调度一次",
            "promise_on": "2023-12-20",
        },
        "planning.stage.complete": {"stage": at["stage"], "version": 1, "done_on": "2023-10-09"},
    }  # fmt: skip


def rows() -> list[Any]:
    """What stands in the tables that these actions write."""
    found = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found.append((table, cursor.fetchone()))
    return found


def issue(world: World, name: str) -> tuple[str, Actor]:
    """A token with all that the role holds; for an ended post it was issued while it held."""
    post = Appointment.objects.select_related("account", "unit__superior").get(account__username=name)
    ended, post.valid_to = post.valid_to, None
    post.save(update_fields=["valid_to"])
    held = [p.name for p in permissions.table() if permissions.holds(post.role, p.name)]
    data = {"appointment": post.pk, "name": "走墙", "permissions": held, "expires_on": DAY}
    token = tokens.issue(world.hand, data)
    post.valid_to = ended
    post.save(update_fields=["valid_to"])
    return token, Actor.of(post)


def test_every_action_of_the_api_is_declared_here() -> None:
    assert set(MEANT) == set(ACTIONS)


def test_each_action_is_carried_out_by_whom_it_is_meant_for_and_by_nobody_else(world: World, capsys: Any) -> None:
    client, met, wrong = Client(raise_request_exception=False), Counter[int](), []
    for name in world.people:
        token, proof = "jm_nobody", world.records["file"]
        if name != "nobody":
            token, actor = issue(world, name)
            proof = files.keep("佐证.txt", "名册".encode(), actor=actor).pk
        for action, data in inputs(world, proof).items():
            with transaction.atomic():
                before = (changes(), rows())
                answer = client.post(
                    f"/api/v1/actions/{action}", json.dumps(data, default=str), content_type="application/json",
                    headers={"Authorization": f"Bearer {token}"},
                )  # fmt: skip
                changed = (changes(), rows()) != before
                transaction.set_rollback(True)
            met[answer.status_code] += 1
            wanted = expected_status(action, name)
            if answer.status_code not in wanted or changed != (name in MEANT[action]):
                wrong.append(
                    f"{action} by {name}: {answer.status_code}, changed: {changed}; {answer.content.decode()[:120]}"
                )
    with capsys.disabled():
        print(f"\n接口动作 {sum(met.values())} 种：{dict(sorted(met.items()))}")
    assert not wrong, "\n".join(wrong)


def expected_status(action: str, name: str) -> set[int]:
    """401 without a post, 403 without the permission, 200 for whom it is meant, a refusal for whoever is elsewhere."""
    role, _at, place = name.partition("@")
    if name == "nobody" or place == "ended":
        return {401}
    if not permissions.holds(role, action):
        return {403}
    return {200} if name in MEANT[action] else {403, 404, 422}


def test_a_token_for_one_thing_does_no_other(world: World) -> None:
    post = Appointment.objects.get(account__username=f"{Role.COUNTY_CLERK}@own")
    data = {"appointment": post.pk, "name": "只读", "permissions": ["planning.read"], "expires_on": DAY}
    token = tokens.issue(world.hand, data)
    before = (changes(), rows())
    for action, given in inputs(world, world.records["file"]).items():
        answer = Client().post(
            f"/api/v1/actions/{action}", json.dumps(given, default=str), content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 403, action
    assert (changes(), rows()) == before
