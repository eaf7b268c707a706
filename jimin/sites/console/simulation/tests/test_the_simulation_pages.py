"""A scenario in the browser's place: asked, refused at its field, waiting, done, compared, taken out, and seen by whom."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from jimin.core.access import system
from jimin.core.access.roles import Role
from jimin.core.divisions.models import UnitKind
from jimin.core.parties.tests.conftest import actors, key_file, make_actor, province  # noqa: F401
from jimin.core.registers.models import Export
from jimin.domains.assistance.tests.test_the_rules import SUPPOSED
from jimin.engines.policy import programmes, register
from jimin.engines.simulation import limits, work
from jimin.engines.simulation.actions import KeepOutcome, SaveScenario
from jimin.engines.simulation.models import Scenario, ScenarioOutcome, State

HOUSEHOLDS = 1000
POPULATION = f"synthetic:{HOUSEHOLDS}"
ASK = reverse("console:simulation_ask", args=["assistance.dibao"])
RURAL = "dibao.standard:农村"


@pytest.fixture
def people(actors: Any, monkeypatch: Any) -> dict[str, Any]:  # noqa: F811 - the fixture
    """The clerks, few invented households, and numbers that a place is supposed to have set."""
    monkeypatch.setitem(limits.limits(), "synthetic", HOUSEHOLDS)
    monkeypatch.setattr(register, "law", lambda domain: SUPPOSED)
    monkeypatch.setattr(register, "in_force", lambda domain, day: programmes.in_force(domain, day, SUPPOSED))
    operator = make_actor("运维", UnitKind.OFFICE, "990000000000", Role.OPERATOR)
    monkeypatch.setattr(system, "actor", lambda: operator)
    return actors  # type: ignore[no-any-return]


@pytest.fixture
def enter(people: Any) -> Callable[[str], Client]:
    def client(name: str) -> Client:
        made = Client()
        made.force_login(people[name].account, backend="django.contrib.auth.backends.ModelBackend")
        return made

    return client


def form(**more: str) -> dict[str, str]:
    given = {"key": str(uuid.uuid4()), "name": "农村提高", "day": "2023-10-10", "population": POPULATION}
    return {**given, RURAL: "60", f"how:{RURAL}": "percent", **more}


def saved(actor: Any, **more: Any) -> Scenario:
    change = {"path": "dibao.standard", "how": "percent", "value": 10, "area": "农村"}
    asked = {"programme": "assistance.dibao", "name": "农村提高", "day": "2023-10-10", "population": POPULATION}
    made = SaveScenario.perform(actor, {**asked, "changes": [change], **more})
    return Scenario.objects.get(pk=made["scenario"])


def text(response: Any, status: int = 200) -> str:
    page: str = response.content.decode()
    assert response.status_code == status, page[:2000]
    return page


def test_a_scenario_is_asked_waits_is_reckoned_and_shown(people: Any, enter: Any) -> None:
    clerk = enter("department")
    assert "参数未核实" in text(clerk.get(ASK))
    data = form()
    first, again = clerk.post(ASK, data), clerk.post(ASK, data)  # a double click
    assert first.status_code == 302 and first.url == again.url
    (scenario,) = Scenario.objects.all()
    waiting = text(clerk.get(first.url))
    assert "等待后台" in waiting and 'http-equiv="refresh"' in waiting
    work.work(scenario.pk)
    work.work(scenario.pk)  # a second run changes nothing
    outcome = ScenarioOutcome.objects.get()
    assert scenario.state == State.DONE and outcome.rules and outcome.numbers
    assert list(scenario.stages.values_list("stage", flat=True)) == ["people", "before", "after", "compare"]
    page = text(clerk.get(first.url))
    assert "每年多花" in page and "合成数据" in page and "少于 10" in page and "农安县" in page
    assert "style=" not in page and "http-equiv" not in page
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{first.url}export.xlsx").content))
    assert [c.value for c in book.worksheets[0][1]][:3] == ["分组", "名称", "代码"]
    assert Export.objects.get().register == "simulation.scenarios"
    assert clerk.get(f"{first.url}proposal.docx").content[:2] == b"PK"
    other = saved(people["department"], name="另一个")
    kept = {name: getattr(outcome, name) for name in ("result", "rules", "numbers", "parameters", "seconds")}
    KeepOutcome.perform(system.actor(), {"scenario": other.pk, **kept})
    beside = text(clerk.get(reverse("console:simulation_compare"), {"s": [str(scenario.pk), str(other.pk)]}))
    assert "另一个" in beside and "分县" in beside
    assert "没有可以比较的方案" in text(clerk.get(reverse("console:simulation_compare")))


def test_a_wrong_change_is_refused_at_its_own_field_and_nothing_is_kept(enter: Any) -> None:
    page = text(enter("department").post(ASK, form(**{RURAL: "500"})), 422)
    assert "百分比是 500" in page and f'href="#id_{RURAL}"' in page
    assert "没有改动任何参数" in text(enter("department").post(ASK, form(**{RURAL: ""})), 422)
    assert not Scenario.objects.exists()


def test_a_city_reckons_its_own_counties_and_sees_no_others_scenario(people: Any, enter: Any) -> None:
    whole, own = saved(people["department"]), saved(people["city"])
    assert (whole.place, own.place) == ("990000000000", "990100000000")
    assert enter("city").get(reverse("console:scenario", args=[whole.pk])).status_code == 404
    assert "农村提高" in text(enter("city").get(reverse("console:scenario", args=[own.pk])))
    assert "农村提高" in text(enter("department").get(reverse("console:scenario", args=[own.pk])))
    assert enter("county").get(reverse("console:simulation")).status_code == 403
    assert enter("county").post(ASK, form()).status_code == 403


def test_what_cannot_be_reckoned_says_why(people: Any, enter: Any, monkeypatch: Any) -> None:
    scenario = saved(people["department"])
    monkeypatch.setitem(limits.limits(), "synthetic", HOUSEHOLDS + 1)  # the population is no more
    work.work(scenario.pk)
    assert scenario.state == State.FAILED
    page = text(enter("department").get(reverse("console:scenario", args=[scenario.pk])))
    assert "没有算成" in page and "没有这份测算数据" in page
    assert enter("department").get(reverse("console:scenario_export", args=[scenario.pk, "csv"])).status_code == 404
