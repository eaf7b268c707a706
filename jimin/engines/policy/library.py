"""The law as pages: find words in the texts; from an article to what stands on it, and from a formula back.

The search is a plain one: every word asked for must occur in the article, character for character. The texts lie in memory
(files under review, some hundred articles), so this takes milliseconds; a Chinese word is two characters, which trigrams
cannot find and a segmenter may cut elsewhere than the reader did.
"""

from __future__ import annotations

import inspect
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from jimin.engines.policy import programmes, texts, yamlfile
from jimin.engines.policy.formulas import Formula, Ground
from jimin.engines.policy.programmes import DOMAINS, SUPPOSED, TESTS, Use, uses
from jimin.engines.policy.texts import Article, Text
from jimin.engines.policy.values import walk

AROUND = 40  # characters shown before and after what was found
LONGEST = 60  # characters of a search


@dataclass(frozen=True, slots=True)
class Hit:
    """A text whose title has the words (no article), or an article that has them: the words around the first one."""

    text: Text
    article: Article | None
    before: str
    found: str
    after: str


def search(asked: str) -> list[Hit]:
    """Every title and article in which all words of a search occur; texts in force first, articles in their order."""
    words = plain(asked[:LONGEST]).split()
    if not words:
        return []
    ordered = sorted(programmes.all_texts().values(), key=lambda t: (t.until is not None, t.is_empty, t.key))
    titles = [hit for text in ordered if (hit := _hit(text, None, text.name, words))]
    return titles + [
        hit
        for text in ordered
        for a in text.articles.values()
        if (hit := _hit(text, a, f"{a.number} {a.words}", words))
    ]


def plain(text: str) -> str:
    """A text for comparing, character for character as long as before: full width and half width are the same."""
    found = (unicodedata.normalize("NFKC", c).casefold() for c in text)
    return "".join(n if len(n) == 1 else c for n, c in zip(found, text, strict=True))


def _hit(text: Text, article: Article | None, words: str, asked: list[str]) -> Hit | None:
    known = plain(words)
    if any(word not in known for word in asked):
        return None
    at = known.index(asked[0])
    end = at + len(asked[0])
    start = max(0, at - AROUND)
    return Hit(
        text,
        article,
        ("……" if start else "") + words[start:at],
        words[at:end],
        words[end : end + AROUND] + ("……" if len(words) > end + AROUND else ""),
    )


# -- from a formula to what it stands on, and what stands on it -------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Links:
    """What one formula uses itself."""

    parameters: tuple[str, ...]
    formulas: tuple[str, ...]
    facts: tuple[str, ...]
    grounds: tuple[Ground, ...]


@cache
def links(domain: str) -> dict[Formula, Links]:
    """What each formula of a rule set uses, under the law of every day on which it was in force."""
    found: dict[Formula, Links] = {}
    for day in programmes.days(DOMAINS[domain]):
        for variable in programmes.in_force(domain, day).variables.values():
            if variable.formula not in found:
                named = {op: _named(variable.node, op) for op in ("param", "var", "input")}
                found[variable.formula] = Links(named["param"], named["var"], named["input"], variable.grounds)
    return found


def _named(node: object, op: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n.args[0] for n in walk(node) if n.op == op))  # type: ignore[arg-type]


def users_of_parameter(domain: str, path: str) -> list[Formula]:
    """The formulas that use a parameter."""
    return [formula for formula, used in links(domain).items() if path in used.parameters]


def users_of_formula(domain: str, name: str) -> list[Formula]:
    """The formulas that stand on a formula."""
    return [formula for formula, used in links(domain).items() if name in used.formulas]


def source(formula: Formula) -> str:
    """The formula's own text, as it is written."""
    return textwrap.dedent(inspect.getsource(formula.body)).rstrip()


def cited(formula: Formula) -> list[str]:
    """The article of a formula and of each of its grounds: (text, article) as "DB57 第八条"."""
    domain = next(d for d in DOMAINS.values() if formula in d.rules.formulas.get(formula.name, []))
    grounds = links(domain.name).get(formula, Links((), (), (), ())).grounds
    return list(dict.fromkeys(str(c) for c in (formula.cite, *(g.cite for g in grounds))))


# -- tests -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test that an official can read: what it says, its day, what it expects, and where it stands."""

    title: str
    day: date
    names: tuple[str, ...]
    place: str


@cache
def rule_tests(domain: str) -> tuple[RuleTest, ...]:
    """Every YAML test of a rule set."""
    folder = DOMAINS[domain].folder / TESTS
    files = [f for f in sorted(folder.glob("*.yaml")) if f.name not in ("cast.yaml", SUPPOSED)]
    return tuple(
        RuleTest(raw["title"], raw["day"], tuple(raw["expect"]), raw.where)
        for file in files
        for raw in yamlfile.read(file, list)
    )


def tests_of(domain: str, *names: str) -> list[RuleTest]:
    """The tests that say what one of these formulas must come to."""
    return [test for test in rule_tests(domain) if set(names) & set(test.names)]


# -- from an article ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on an article."""

    uses: tuple[Use, ...]
    tests: tuple[RuleTest, ...]

    def of(self, kind: str) -> list[Use]:
        """The uses of one kind: formula, ground, parameter."""
        return [u for u in self.uses if u.kind == kind]


def standing_on(text: Text, article: str) -> Standing:
    """Formulas, grounds and parameters that cite an article ("" for a text without words: the text), with their tests."""
    found = tuple(uses(text.key, article))
    names: dict[str, set[str]] = {}
    for use in found:
        if use.kind != "parameter":
            names.setdefault(use.domain, set()).add(use.name)
    return Standing(found, tuple(test for domain, each in names.items() for test in tests_of(domain, *each)))


def counts(text: Text) -> dict[str, int]:
    """How much stands on each article of a text."""
    found = dict.fromkeys(text.articles, 0)
    for use in uses(text.key):
        for number in {a.number for place in texts.places(use.cite) if (a := text.article(place))}:
            found[number] += 1
    return found


def articles_of(key: str, place: str) -> Iterator[tuple[str, str]]:
    """A citation in its parts: (what is written, the article it stands in; "" where the text has no words)."""
    text = programmes.all_texts().get(key)
    for each in place.split("、"):
        article = text.article(each.strip()) if text else None
        yield each.strip(), article.number if article else ""
