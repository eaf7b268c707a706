"""The programmes: which decision of which rule set, which amount, and where its parameters, texts and tests lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from jimin.core import clock
from jimin.engines.policy import parameters, texts
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.formulas import Cite, Formula, Rules
from jimin.engines.policy.law import InForce, Variable, change_points
from jimin.engines.policy.parameters import Parameters
from jimin.engines.policy.values import Row

if TYPE_CHECKING:
    from jimin.engines.policy.sources import Sources

PARAMETERS, TEXTS, TESTS, SUPPOSED = "parameters", "texts", "tests/rules", "_parameters.yaml"
PACK_TEXTS = "law"


@dataclass(frozen=True, slots=True)
class Domain:
    """A rule set and its folder. `duties`: words of a department's office that sets its parameters for the province.

    `sources`: where its facts stand in the lake (None: nowhere yet; called when a snapshot is read).
    """

    name: str
    rules: Rules
    folder: Path
    title: str = ""
    duties: tuple[str, ...] = ()
    sources: Callable[[], Sources] | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """One thing that can be decided: assistance.dibao. `amount` is what it gives, `every` how often (月, 采暖期)."""

    name: str
    title: str
    domain: Domain
    decision: str
    row: Row = "household"
    amount: str = ""
    every: str = "月"


DOMAINS: dict[str, Domain] = {}
PROGRAMMES: dict[str, Programme] = {}


def declare(domain: Domain, *programmes: Programme) -> None:
    """Make a rule set and its programmes known. The same name twice is a programming error."""
    if domain.name in DOMAINS:
        raise ValueError(f"rule set {domain.name!r} is declared twice")
    DOMAINS[domain.name] = domain
    for programme in programmes:
        for variable in filter(None, (programme.decision, programme.amount)):
            if variable not in domain.rules.formulas:
                raise ValueError(f"{programme.name}: no formula {variable!r}")
        PROGRAMMES[programme.name] = programme


def get(name: str) -> Programme:
    """The programme of a name. Raises RuleError."""
    if name not in PROGRAMMES:
        raise RuleError(f"没有事项“{name}”", allowed="、".join(sorted(PROGRAMMES)))
    return PROGRAMMES[name]


@cache
def all_texts() -> dict[str, texts.Text]:
    """The register of regulations: those of the rule sets; a province's pack fills their empty slots (law/*.yaml)."""
    found = texts.read(d.folder / TEXTS for d in DOMAINS.values())
    for key, text in texts.read([Path(settings.PACK) / PACK_TEXTS]).items():
        if key in found and not found[key].is_empty:
            raise RuleError(f"法规 {key} 已有全文", where=f"{key}.yaml", then="资料包只补空着的，或加新的")
        found[key] = text
    return found


@cache
def national(domain: str) -> Parameters:
    """What the national texts say; a number that a place sets has no value here."""
    return parameters.load([DOMAINS[domain].folder / PARAMETERS], all_texts())


def in_force(domain: str, day: date, law: Parameters | None = None) -> InForce:
    """The rules of a domain on a day, under these parameters or the national ones."""
    return InForce(DOMAINS[domain].rules, law or national(domain), day)


# -- from an article to what it does, and back ------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Use:
    """Where an article is used: a formula, a ground of refusal, or a parameter."""

    kind: str  # formula, ground, parameter
    domain: str
    name: str
    title: str
    cite: Cite
    place: str


def uses(text: str = "", article: str = "") -> Iterator[Use]:
    """What stands on a text, or on one of its articles ("第十三条" finds 第十三条第二款 too)."""
    for use in _all_uses():
        known = all_texts().get(use.cite.text)
        if text and use.cite.text != text:
            continue
        if article and known and not any(_same(known, place, article) for place in texts.places(use.cite)):
            continue
        yield use


def _same(text: texts.Text, place: str, article: str) -> bool:
    found, wanted = text.article(place), text.article(article)
    return found is not None and found is wanted


def _all_uses() -> Iterator[Use]:
    for domain in DOMAINS.values():
        for formula in (f for versions in domain.rules.formulas.values() for f in versions):
            yield Use("formula", domain.name, formula.name, formula.title, formula.cite, formula.place)
        for variable in _decisions(domain):
            for ground in variable.grounds:
                yield Use("ground", domain.name, variable.name, ground.words, ground.cite, variable.formula.place)
        for path, parameter in national(domain.name).items.items():
            seen = {v.cite: v for v in parameter.values}
            yield from (Use("parameter", domain.name, path, parameter.title, c, v.place) for c, v in seen.items())


def _decisions(domain: Domain) -> Iterator[Variable]:
    seen: set[Formula] = set()
    for day in days(domain):
        for variable in in_force(domain.name, day).variables.values():
            if variable.grounds and variable.formula not in seen:
                seen.add(variable.formula)
                yield variable


def days(domain: Domain) -> list[date]:
    """A day of each stretch in which the law did not change."""
    law = national(domain.name)
    changes = [d for d in change_points(domain.rules, law, date.min, date.max) if d >= domain.rules.begins]
    return changes or [clock.business_day()]
