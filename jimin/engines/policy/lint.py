"""What is wrong with a rule set that still loads: articles that do not exist, parameters that nobody uses, untested decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from jimin.engines.policy import parameters, programmes, ruletests, texts, yamlfile
from jimin.engines.policy.programmes import Domain


def lint(domain: Domain) -> Iterator[str]:
    """One line for each fault. Loads the rules on every day on which they change. Raises RuleError when one does not load."""
    known = programmes.all_texts()
    used: set[str] = set()
    for day in programmes.days(domain):
        law = programmes.in_force(domain.name, day)
        used |= {path for name in law.variables for path in law.parameters_of(name)}
    for use in programmes.uses():
        if use.domain == domain.name and (wrong := texts.check(use.cite, known)):
            yield f"{use.place} {use.name}：{wrong}"
        if use.domain == domain.name and (late := _before_its_text(use, known)):
            yield f"{use.place} {use.name}：{late}"
    for path in sorted(set(programmes.national(domain.name).items) - used):
        yield f"参数 {path} 没有公式用到"
    tested = _tested(domain)
    for programme in programmes.PROGRAMMES.values():
        if programme.domain is domain:
            yield from (f"{v} 没有测试" for v in (programme.decision, programme.amount) if v and v not in tested)


def _before_its_text(use: programmes.Use, known: dict[str, texts.Text]) -> str:
    """A formula that begins before the text it cites was in force."""
    text = known.get(use.cite.text)
    if use.kind != "formula" or text is None or text.since is None:
        return ""
    versions = programmes.DOMAINS[use.domain].rules.formulas[use.name]
    formula = next(f for f in versions if f.place == use.place)
    if date.min < formula.since < text.since:
        return f"公式自 {formula.since} 起有效，它的出处{text.name}自 {text.since} 起施行"
    return ""


def _tested(domain: Domain) -> set[str]:
    folder = domain.folder / programmes.TESTS
    files = [f for f in folder.glob("*.yaml") if not f.name.startswith("_") and f.name != "cast.yaml"]
    return {name for file in files for raw in yamlfile.read(file, list) for name in raw.get("expect", {})}


def tests(domain: Domain) -> Iterator[ruletests.Outcome]:
    """The domain's YAML tests, under what they suppose a place to have set."""
    folder = domain.folder / programmes.TESTS
    law = programmes.national(domain.name)
    supposed = folder / programmes.SUPPOSED
    if supposed.exists():
        law = parameters.extend(law, supposed, programmes.all_texts())
    return ruletests.run(folder, domain.rules, law)
