"""The register of texts, one text, one article with everything that stands on it; and the search over all of them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jimin.core import clock
from jimin.engines.policy import library, programmes
from jimin.engines.policy.texts import Text
from jimin.sites.console.guard import staff
from jimin.sites.console.law import who
from jimin.sites.templatetags.jimin_ui import day


@require_safe
@staff(who.LAW)
def texts(request: HttpRequest) -> HttpResponse:
    """Every text, or what was found in them."""
    asked = request.GET.get("q", "").strip()
    known = sorted(programmes.all_texts().values(), key=lambda t: (t.is_empty, t.until is not None, t.key))
    context = {
        "q": asked,
        "hits": library.search(asked) if asked else [],
        "texts": [(t, standing(t), sum(1 for _use in programmes.uses(t.key))) for t in known],
        "trail": [(_("法规与规则"), "")],
    }
    return render(request, "console/law/library.html", context)


@require_safe
@staff(who.LAW)
def text(request: HttpRequest, key: str) -> HttpResponse:
    """One text with its articles, and how much stands on each."""
    found = text_of(key)
    counts = library.counts(found)
    context = {
        "text": found,
        "state": standing(found),
        "facts": facts(found),
        "articles": [(a, counts[a.number]) for a in found.articles.values()],
        "standing": groups(library.standing_on(found, "")) if found.is_empty else None,
        "trail": [(_("法规与规则"), reverse("console:law")), (found.title, "")],
    }
    return render(request, "console/law/text.html", context)


@require_safe
@staff(who.LAW)
def article(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """One article: its words, and the rules, parameters and tests that stand on it."""
    found = text_of(key)
    one = found.article(number)
    if one is None:
        raise Http404
    context = {
        "text": found,
        "state": standing(found),
        "article": one,
        "standing": groups(library.standing_on(found, one.number)),
        "trail": [
            (_("法规与规则"), reverse("console:law")),
            (found.title, reverse("console:law_text", args=[key])),
            (one.number, ""),
        ],
    }
    return render(request, "console/law/article.html", context)


def text_of(key: str) -> Text:
    """The text of a key. Raises Http404."""
    try:
        return programmes.all_texts()[key]
    except KeyError:
        raise Http404 from None


def standing(found: Text) -> dict[str, str]:
    """A text's light: in force, no longer or not yet, or an empty slot."""
    today = clock.business_day()
    if found.is_empty:
        return {"status": "none", "word": _("没有收入全文")}
    if found.until is not None and found.until <= today:
        return {"status": "none", "word": _("已废止")}
    if found.since is not None and found.since > today:
        return {"status": "todo", "word": _("尚未施行")}
    return {"status": "ok", "word": _("现行有效")}


def facts(found: Text) -> list[tuple[str, Any]]:
    """What a text is."""
    return [
        (_("文号"), found.number or "—"),
        (_("制定机关"), found.issuer or "—"),
        (_("施行日期"), day(found.since, "full")),
        (_("废止日期"), day(found.until, "full") if found.until else "—"),
        (_("这份文本"), found.copy),
    ]


def groups(found: library.Standing) -> dict[str, list[dict[str, str]]]:
    """What stands on an article, as links."""

    def lines(kind: str, page: str) -> list[dict[str, str]]:
        once = {(u.domain, u.name, u.title): reverse(page, args=[u.domain, u.name]) for u in found.of(kind)}
        return [{"title": title, "note": name, "href": href} for (_domain, name, title), href in once.items()]

    return {
        "formulas": lines("formula", "console:rule"),
        "grounds": lines("ground", "console:rule"),
        "parameters": lines("parameter", "console:parameter"),
        "tests": [{"title": t.title, "note": f"{day(t.day, 'full')} · {t.place}", "href": ""} for t in found.tests],
    }
