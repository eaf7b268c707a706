"""A scenario in the worker: read the population, both laws in one pass each, keep what came out or why nothing did."""

from __future__ import annotations

import logging
import time
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jimin.core.access import system
from jimin.engines.policy import changes, programmes, register
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.law import InForce
from jimin.engines.simulation import population
from jimin.engines.simulation.actions import KeepOutcome, OneChange, outputs, said
from jimin.engines.simulation.limits import edges, limits
from jimin.engines.simulation.models import Scenario, ScenarioOutcome, ScenarioStage, Stage

log = logging.getLogger("jimin.simulation")


@app.task(name="simulation.reckon", pass_context=False, retry=RetryStrategy(max_attempts=3, wait=5))
def reckon(scenario: str) -> None:
    """Reckon a scenario to its end; one that has an outcome is left as it is."""
    work(UUID(scenario))


def hand_over(pk: UUID) -> None:
    """Let the worker reckon a scenario: queued in this transaction."""
    reckon.configure(lock=f"simulation:{pk}").defer(scenario=str(pk))


def work(pk: UUID) -> None:
    """Reckon a scenario here. What the rules or the lake refuse is its outcome; any other fault is tried again."""
    from jimin.engines.lake.snapshot import LakeFault  # with Arrow, which no page needs

    scenario = Scenario.objects.get(pk=pk)
    if ScenarioOutcome.objects.filter(scenario=scenario).exists():
        return
    actor, began = system.actor(), time.monotonic()
    try:
        found = _reckoned(scenario)
    except (RuleError, LakeFault) as error:
        log.warning("scenario %s came to nothing: %s", pk, error)
        reason = said(error) if isinstance(error, RuleError) else str(error)
        KeepOutcome.perform(actor, {"scenario": pk, "failure": reason[:500]})
        return
    seconds = round(time.monotonic() - began, 1)
    KeepOutcome.perform(actor, {"scenario": pk, "seconds": seconds, **found})


def _reckoned(scenario: Scenario) -> dict[str, object]:
    from jimin.engines.policy import province, simulate, versions  # with Arrow and Ibis, which no page needs

    def stage(name: str) -> None:
        ScenarioStage.objects.create(scenario=scenario, stage=Stage(name))

    programme = programmes.get(scenario.programme)
    domain, places = programme.domain, population.counties(scenario.place)
    chosen = population.find(domain, scenario.population)
    given = [OneChange.model_validate(c).change() for c in scenario.changes]
    base = register.law(domain.name)
    before = InForce(domain.rules, base, scenario.day)
    after = InForce(domain.rules, changes.apply(base, given, scenario.day, places), scenario.day)
    stood_on = versions.stands_on(before, outputs(programme))
    told = versions.numbers(before, stood_on)
    with province.duckdb() as connection:
        stage(Stage.PEOPLE)
        people = population.read(connection, domain, chosen, places, scenario.day)
        outcome = simulate.run(connection, people, programme, (before, after), edges(), int(limits()["looked"]), stage)
    return {
        "result": outcome.plain(),
        "rules": versions.rules_version(stood_on),
        "numbers": versions.numbers_version(told),
        "parameters": told,
    }
