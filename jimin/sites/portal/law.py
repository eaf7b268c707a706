"""The law, open to everybody: the texts, their articles, and words found in them. Nothing here is anybody's, and no amount."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jimin.core import clock
from jimin.engines.policy import library, programmes
from jimin.engines.policy.texts import Text


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every text, or the articles that have the words."""
    asked = request.GET.get("q", "").strip()[: library.LONGEST]
    known = sorted(programmes.all_texts().values(), key=lambda t: (t.until is not None, t.key))
    full = [(t, standing(t)) for t in known if not t.is_empty]
    context = {
        "q": asked,
        "hits": library.search(asked) if asked else [],
        "texts": full,
        "missing": [t for t in known if t.is_empty and t.number],
    }
    return render(request, "portal/law.html", context)


@require_safe
def text(request: HttpRequest, key: str) -> HttpResponse:
    """One text with all its articles."""
    found = _text(key)
    return render(request, "portal/law_text.html", {"text": found, "state": standing(found)})


@require_safe
def article(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """One article, what it is used for here, and the ones before and after it."""
    found = _text(key)
    one = found.article(number)
    if one is None:
        raise Http404
    order = list(found.articles.values())
    at = order.index(one)
    context = {
        "text": found,
        "state": standing(found),
        "article": one,
        "used": _used(found, one.number),
        "before": order[at - 1] if at else None,
        "after": order[at + 1] if at + 1 < len(order) else None,
    }
    return render(request, "portal/law_article.html", context)


def _text(key: str) -> Text:
    try:
        return programmes.all_texts()[key]
    except KeyError:
        raise Http404 from None


def _used(found: Text, number: str) -> list[str]:
    """For what an article is used when a household is assessed, in the words of the rules."""
    uses = library.standing_on(found, number).uses
    return list(dict.fromkeys(u.title for u in uses if u.kind in ("formula", "ground")))


def standing(found: Text) -> dict[str, Any]:
    """Whether a text holds today."""
    today = clock.business_day()
    if found.until is not None and found.until <= today:
        return {"status": "none", "word": _("已经废止，只供查阅")}
    if found.since is not None and found.since > today:
        return {"status": "todo", "word": _("还没有开始施行")}
    return {"status": "ok", "word": _("现在有效")}
