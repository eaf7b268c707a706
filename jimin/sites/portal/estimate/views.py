"""能申请什么，先算一算: an anonymous estimate over every programme. Nothing is kept: the answers travel in the form.

The form changes nothing on the server, so it needs no session, no token and no account; the look and the language are
chosen with its own buttons, so that no answer is lost.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jimin.core import clock
from jimin.core.access import address
from jimin.core.divisions import api as divisions
from jimin.core.divisions import offices
from jimin.core.divisions.models import ReportingUnit
from jimin.domains.assistance.api import TOWN
from jimin.sites import errors, preferences
from jimin.sites.portal.estimate import interview, paper, result
from jimin.sites.portal.estimate.answers import MOST_PEOPLE, Answers, decoded
from jimin.sites.portal.estimate.interview import Step

A_MINUTE, MOST_A_MINUTE, MOST_ADDRESSES = 60.0, 240, 4096
_lock = Lock()
_seen: OrderedDict[str, tuple[float, int]] = OrderedDict()


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def estimate(request: HttpRequest) -> HttpResponse:
    """The start (GET), then one screen after another, then the result (all POST to the same address)."""
    if request.method != "POST":
        return _kept_nowhere(render(request, "portal/estimate/start.html"))
    if _too_many(address.of(request) or ""):
        return errors.page(request, 429)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language
    response = _kept_nowhere(_answer(request))
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, httponly=True, samesite="Lax", max_age=preferences.YEAR
        )
    look = request.POST.get("look", "")
    if look in preferences.LOOKS:
        response.set_cookie("jimin_look", look, httponly=True, samesite="Lax", max_age=preferences.YEAR)
    return response


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, max-age=0"  # going back shows the screen before; no proxy keeps it
    return response


def _too_many(who: str) -> bool:
    """Counts an address for a minute, in memory alone."""
    now = time.monotonic()
    with _lock:
        since, count = _seen.pop(who, (now, 0))
        since, count = (now, 0) if now - since > A_MINUTE else (since, count)
        _seen[who] = since, count + 1
        while len(_seen) > MOST_ADDRESSES:
            _seen.popitem(last=False)
    return count >= MOST_A_MINUTE


def _answer(request: HttpRequest) -> HttpResponse:
    post = request.POST
    answers = decoded(post.get("a", "")) if "a" in post else Answers()
    if answers is None:
        return render(request, "portal/estimate/start.html", {"broken": True}, status=422)
    law, go, code = result.in_force(clock.business_day()), post.get("go", "next"), post.get("screen", "")
    if not code and ("look" in post or "language" in post):
        return render(request, "portal/estimate/start.html", _look(request))
    if not code:
        return _next(request, law, answers)
    here = interview.again(law, answers, code)
    if go.startswith("edit="):
        return _screen(request, law, answers, interview.again(law, answers, go[5:]))
    if here is None:
        return _next(request, law, answers) if go != "result" else _result(request, law, answers)
    asked = set(post.getlist("asked"))
    if here.facts and asked:  # what the screen had shown, not what it would show now
        here = Step(here.screen, here.member, tuple(x for x in here.facts if interview.field(*x) in asked))
    if "language" in post or "look" in post:
        return _screen(request, law, answers, here, typed=post)
    if go == "back":
        while answers.trail and (before := answers.trail.pop()):
            if step := interview.again(law, answers, before):
                return _screen(request, law, answers, step)
        return render(request, "portal/estimate/start.html")
    if go == "result":
        return _result(request, law, answers)
    wrong = paper.take(answers, here, post, go)
    if wrong is None:  # one person more or less: the same screen once more
        return _screen(request, law, answers, here)
    if wrong:
        return _screen(request, law, answers, here, wrong, post, status=422)
    answers.trail = [*(t for t in answers.trail if t != here.code), here.code]
    return _next(request, law, answers)


def _next(request: HttpRequest, law: Any, answers: Answers) -> HttpResponse:
    found = interview.steps(law, answers)
    return _screen(request, law, answers, found[0], left=len(found)) if found else _result(request, law, answers)


def _screen(
    request: HttpRequest, law: Any, answers: Answers, step: Step | None, wrong: dict[str, str] | None = None,
    typed: Any = None, *, left: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    if step is None:
        return _next(request, law, answers)
    context = {
        "a": answers.encoded(), "step": step, "number": len(answers.trail) + 1, "left": max(left - 1, 0),
        "most": MOST_PEOPLE, **paper.page(answers, step, wrong or {}, typed), **_look(request),
    }  # fmt: skip
    return render(request, "portal/estimate/screen.html", context, status=status)


def _result(request: HttpRequest, law: Any, answers: Answers) -> HttpResponse:
    found = result.outcomes(law, answers)
    county = divisions.place(f"{answers.division}000000").name if answers.division else ""
    unit = offices.of_division(f"{answers.division}000000") if answers.division else None
    groups = [(s, [o for o in found if o.status == s]) for s in (result.YES, result.OPEN, result.NO)]
    context = {
        "a": answers.encoded(), "outcomes": found, "groups": dict(groups), "possible": groups[0][1], "county": county,
        "town": divisions.name(answers.town), "office": str(ReportingUnit.objects.only("name").get(pk=unit).name) if unit else "", "answers": paper.answered(answers, law), "more": bool(interview.steps(law, answers)),
        "day": clock.business_day(), "town_words": TOWN, "words": {result.YES: _("可能符合"), result.OPEN: _("还不能判断"), result.NO: _("可能不符合")},
        **_look(request),
    }  # fmt: skip
    return render(request, "portal/estimate/result.html", context)


def _look(request: HttpRequest) -> dict[str, str]:
    """The look just chosen, before its cookie is there."""
    look = request.POST.get("look", "")
    return {"look": preferences.LOOKS[look]} if look in preferences.LOOKS else {}
