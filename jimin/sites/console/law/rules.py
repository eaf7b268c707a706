"""The formulas: the list by programme, and one formula as it is written, with its articles, parameters and tests."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jimin.core import clock
from jimin.engines.policy import library, programmes, register
from jimin.engines.policy.formulas import FIRST, LAST, Cite, Formula
from jimin.engines.policy.programmes import DOMAINS, PROGRAMMES, Domain
from jimin.engines.policy.units import WORDS
from jimin.sites.console.guard import staff
from jimin.sites.console.law import who
from jimin.sites.templatetags.jimin_ui import day


@require_safe
@staff(who.LAW)
def listing(request: HttpRequest) -> HttpResponse:
    """What can be decided, and every formula, in the order in which they were written."""
    context = {
        "programmes": [
            {"title": p.title, "href": reverse("console:rule", args=[p.domain.name, p.decision])}
            for p in PROGRAMMES.values()
        ],
        "domains": [(d, [_line(d, versions) for versions in d.rules.formulas.values()]) for d in DOMAINS.values()],
        "trail": [(_("法规与规则"), reverse("console:law")), (_("规则"), "")],
    }
    return render(request, "console/law/rules.html", context)


def _line(domain: Domain, versions: list[Formula]) -> dict[str, Any]:
    newest = versions[-1]
    return {
        "title": newest.title,
        "name": newest.name,
        "href": reverse("console:rule", args=[domain.name, newest.name]),
        "cites": cites(newest.cite),
        "tests": len(library.tests_of(domain.name, newest.name)),
    }


def cites(cite: Cite) -> list[dict[str, str]]:
    """A citation as links, one for each of its places."""
    text = programmes.all_texts().get(cite.text)
    title = text.title if text else cite.text
    found = []
    for said, number in library.articles_of(cite.text, cite.article):
        href = reverse("console:law_article", args=[cite.text, number]) if number else ""
        href = href or (reverse("console:law_text", args=[cite.text]) if text else "")
        found.append({"label": f"《{title}》{said}", "href": href})
    return found


@require_safe
@staff(who.LAW)
def rule(request: HttpRequest, domain: str, name: str) -> HttpResponse:
    """One formula in all its versions."""
    versions = DOMAINS[domain].rules.formulas.get(name) if domain in DOMAINS else None
    if not versions:
        raise Http404
    today = clock.business_day()
    ordered = sorted(versions, key=lambda v: v.since, reverse=True)
    context = {
        "title": next((v.title for v in versions if v.in_force(today)), ordered[0].title),
        "name": name,
        "versions": [_version(domain, v) for v in ordered],
        "users": _links(domain, library.users_of_formula(domain, name)),
        "tests": library.tests_of(domain, name),
        "trail": [
            (_("法规与规则"), reverse("console:law")),
            (_("规则"), reverse("console:rules")),
            (ordered[0].title, ""),
        ],
    }
    return render(request, "console/law/rule.html", context)


def _version(domain: str, formula: Formula) -> dict[str, Any]:
    used = library.links(domain).get(formula, library.Links((), (), (), ()))
    rules = DOMAINS[domain].rules
    facts = {**rules.persons, **rules.households}
    law = register.law(domain)
    names = [v[-1] for n, v in rules.formulas.items() if n in used.formulas]
    return {
        "formula": formula,
        "unit": WORDS[formula.unit],
        "whose": _("个人") if formula.row == "person" else _("家庭"),
        "in_force": formula.in_force(clock.business_day()),
        "period": _period(formula),
        "source": library.source(formula),
        "cites": cites(formula.cite),
        "grounds": [(g.words, cites(g.cite)) for g in used.grounds],
        "parameters": [
            {"title": law.items[p].title, "name": p, "href": reverse("console:parameter", args=[domain, p])}
            for p in used.parameters
        ],
        "formulas": _links(domain, names),
        "facts": [{"title": facts[n].title, "name": n, "note": facts[n].note} for n in used.facts],
    }


def _period(formula: Formula) -> str:
    """From when until when a formula holds, in words."""
    since, until = day(formula.since, "full"), day(formula.until, "full")
    if formula.since == FIRST and formula.until == LAST:
        return _("一直有效")
    if formula.since == FIRST:
        return _("到 %s 为止") % until
    return _("自 %s 起") % since if formula.until == LAST else _("%(a)s 至 %(b)s") % {"a": since, "b": until}


def _links(domain: str, formulas: list[Formula]) -> list[dict[str, str]]:
    once = {f.name: f for f in formulas}
    return [
        {"title": f.title, "name": f.name, "href": reverse("console:rule", args=[domain, f.name])}
        for f in once.values()
    ]
