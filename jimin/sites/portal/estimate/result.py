"""What the answers come to, programme by programme: perhaps yes, not to be judged yet, perhaps not. Never a decision.

An amount is shown only where every number behind it is verified or confirmed; what a demonstration confirmed says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.domains.assistance.api import ASSISTANCE, GROUNDS, NOT_SAID, PROGRAMMES, QUESTIONS, Plain, programmes
from jimin.engines.policy import explain, register, showing, texts
from jimin.engines.policy import programmes as declared
from jimin.engines.policy.explain import Reason
from jimin.engines.policy.formulas import Cite
from jimin.engines.policy.law import InForce
from jimin.engines.policy.programmes import Programme
from jimin.engines.policy.questions import LAW, Asking, members_of
from jimin.engines.policy.scalar import Need
from jimin.engines.policy.showing import Mark
from jimin.engines.policy.units import SCALE, Unit
from jimin.sites.portal.estimate.answers import Answers
from jimin.sites.portal.estimate.interview import label, title_of

YES, OPEN, NO = "ok", "none", "slow"


def in_force(day: date) -> InForce:
    """The rules on a day, with what the places have confirmed."""
    return register.in_force(ASSISTANCE.name, day)


def law_link(cite: Cite, place: str) -> str:
    """The address of an article on this site; empty where the text is not at hand."""
    text = declared.all_texts().get(cite.text)
    article = text.article(place) if text else None
    return reverse("portal:law_article", args=[cite.text, article.number]) if article else ""


@dataclass(frozen=True, slots=True)
class Source:
    """An article in words, with its page if there is one."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Said:
    """One reason as a sentence: its light, its articles, and what would settle it."""

    status: str
    words: str
    sources: tuple[Source, ...]
    facts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """What it would come to: said only where it may be. `withheld`: unverified or not entered."""

    words: str = ""
    every: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    demo: bool = False
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One programme for one person or the household."""

    plain: Plain
    status: str
    who: str
    reasons: tuple[Said, ...]
    amount: Amount
    unverified: bool
    sources: tuple[Source, ...] = field(default=())

    @property
    def facts(self) -> tuple[str, ...]:
        """Everything that would settle it, once."""
        return tuple(dict.fromkeys(f for r in self.reasons for f in r.facts))

    @property
    def waits_for_numbers(self) -> bool:
        """Whether it waits for a standard of the place, which no answer can give."""
        return self.status == OPEN and any(r.numbers for r in self.reasons)


def outcomes(law: InForce, answers: Answers) -> list[Outcome]:
    """Every programme: the possible ones first, those that cannot be judged next."""
    reading = Asking(law, answers.household())
    found = [o for p in programmes() for o in _of(p, reading, answers)]
    return sorted(found, key=lambda o: (YES, OPEN, NO).index(o.status))


def _of(programme: Programme, reading: Asking, answers: Answers) -> Iterator[Outcome]:
    """For a programme of persons: each person it may be for; if there is none, the applicant alone."""
    members = members_of(programme, reading)
    decided = [(m, explain.decide(reading, programme.decision, m)) for m in members]
    possible = [(m, d) for m, d in decided if d.answer is not False]
    for member, decision in possible or decided[:1]:
        grounds = zip(decision.reasons, reading.grounds(programme.decision, member), strict=True)
        reasons = [_said(r, a.missing, reading, answers) for r, a in grounds if _tellable(r)]
        used = list(showing.used(explain.tree(reading, programme.decision, member)))
        yield Outcome(
            PROGRAMMES.get(programme.name) or Plain(programme.title, ""),
            {True: YES, None: OPEN, False: NO}[decision.answer],
            label(answers, member) if member is not None and (possible and len(members) > 1) else "",
            tuple(sorted(reasons, key=lambda r: (NO, OPEN, YES).index(r.status))),
            _amount(programme, reading, member) if decision.answer else Amount(),
            showing.mark(used) is Mark.UNVERIFIED,
        )


def _tellable(reason: Reason) -> bool:
    """Whether a ground can be said as it stands: a new one has no words yet for being met, and its own would say the opposite."""
    words = reason.ground.words
    return words != NOT_SAID and (reason.met is not True or words in GROUNDS)


def _said(reason: Reason, missing: tuple[Need, ...], reading: Asking, answers: Answers) -> Said:
    met, against = GROUNDS.get(reason.ground.words, ("", ""))
    words = against if reason.met is False else met
    facts = dict.fromkeys(title_of(n, answers) for n in _parts(missing, answers) if not n.name.startswith(LAW))
    numbers = dict.fromkeys(reading.law.parameters.items[n.name[4:]].title for n in missing if n.name.startswith(LAW))
    status = {True: YES, None: OPEN, False: NO}[reason.met]
    return Said(status, str(words) or reason.ground.words, sources(reason.ground.cite), tuple(facts), tuple(numbers))


def _parts(missing: tuple[Need, ...], answers: Answers) -> Iterator[Need]:
    """Of a sum that is not known, the parts that are not."""
    for need in missing:
        parts = QUESTIONS[need.name].parts if need.name in QUESTIONS else ()
        for name in (*parts, need.name):
            if not parts or answers.of(need.member).get(name) is None:
                yield Need(name, need.member)


def sources(cite: Cite) -> tuple[Source, ...]:
    """The articles of a citation; a text's name once."""
    text = declared.all_texts().get(cite.text)
    name = text.name if text else cite.text
    found = list(texts.places(cite))
    return tuple(Source(f"{name if i == 0 else ''}{place}", law_link(cite, place)) for i, place in enumerate(found))


def _amount(programme: Programme, reading: Asking, member: int | None) -> Amount:
    if not programme.amount:
        return (
            Amount(withheld=_("给多少由镇里、县里按规定和困难程度定。")) if programme.row == "household" else Amount()
        )
    answer = reading.ask(programme.amount, member)
    mark = showing.mark(showing.used(explain.tree(reading, programme.amount, member)))
    if answer.value is None:
        if any(n.name.startswith(LAW) for n in answer.missing):
            return Amount(withheld=_("当地的标准还没有录入，这里不说金额。"))
        return Amount(withheld=_("还差几样没有填，算不出金额。"))
    if mark is Mark.UNVERIFIED:
        return Amount(withheld=_("用到的标准还没有核实，这里不说金额。"))
    every = _("元/月") if programme.every == "月" else _("元/采暖期")
    plain = PROGRAMMES.get(programme.name)
    rows = []
    for name, words in plain.rows if plain else ():
        value = reading.ask(name.lstrip("-"), member).value
        rows.append((str(words), ("−" if name.startswith("-") else "") + yuan(int(value or 0))))  # type: ignore[arg-type,operator]
    return Amount(yuan(int(answer.value)), every, tuple(rows), mark is Mark.DEMO)  # type: ignore[arg-type]


def yuan(fen: int) -> str:
    """1,234.50 → 1,234.5 without needless zeros."""
    return f"{fen / SCALE[Unit.MONEY]:,.2f}".removesuffix(".00")
