"""人员: look for somebody, one person's page, corrections, and a whole number for a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from jimin.core.actions.errors import Refused
from jimin.core.parties import api, looking
from jimin.core.parties.actions import CorrectPerson, RegisterHousehold, RegisterUnknown, RevealNumber
from jimin.core.parties.actions.corrections import TITLES, revealed_today
from jimin.core.parties.actions.households import open_membership
from jimin.core.parties.limits import limits
from jimin.core.parties.models import SEALED, Person, PersonVersion
from jimin.core.parties.registers import shown_name
from jimin.core.secrets.numbers import BadNumber
from jimin.sites.console import registers
from jimin.sites.console.forms import handle, show
from jimin.sites.console.guard import staff
from jimin.sites.console.people import forms
from jimin.sites.console.people.common import actor_of, path_of

FIELD_TITLES = {name: getattr(Person, name).title for name in SEALED}


def _more(request: HttpRequest) -> dict[str, Any]:
    return {"search": forms.SearchForm(), "buttons": buttons(request)}


def buttons(request: HttpRequest) -> list[tuple[Any, str, str]]:
    """What may be registered from the lists."""
    actor = actor_of(request)
    wanted = (
        (RegisterHousehold, _("登记家庭"), "console:household_new"),
        (RegisterUnknown, _("登记身份不明人员"), "console:unknown_new"),
    )
    return [(label, reverse(name), "") for action, label, name in wanted if actor.may(action.name)]


@require_GET
@staff(looking.READ)
def people(request: HttpRequest) -> HttpResponse:
    """The people of one's place, and the box to look for one."""
    return registers.show(request, "parties.people", "console/people/register.html", _more)


@staff(looking.READ)
def search(request: HttpRequest) -> HttpResponse:
    """Who was found. What was typed comes in the form's body, never in an address."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("console:people"))
    form, found = forms.SearchForm(request.POST), None
    if form.is_valid():
        try:
            found = looking.find(actor_of(request), form.cleaned_data["q"])
        except BadNumber as wrong:
            said = str(wrong)
            if looking.kind_of(form.cleaned_data["q"]) == "phone":
                said += _("查身份证号要填满 18 位。")
            form.add_error("q", said)
        except api.TooShort as wrong:
            form.add_error("q", str(wrong))
    context = {
        "search": form,
        "found": found,
        "rows": [_row(p) for p in found.people] if found else [],
        "most": limits()["found_at_most"],
        "buttons": buttons(request),
        "trail": [(pgettext("menu", "人员"), reverse("console:people")), (_("查找结果"), "")],
    }
    return render(request, "console/people/found.html", context, status=422 if form.errors else 200)


def _row(person: Person) -> dict[str, Any]:
    return {
        "person": person,
        "name": shown_name(person),
        "age": api.age(person),
        "place": path_of(person),
    }


@require_GET
@staff(looking.READ)
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person: particulars, numbers behind their masks, household, relatives, what was corrected."""
    actor = actor_of(request)
    found = looking.open_person(actor, pk, family=True)
    member = open_membership(found)
    context = {
        "person": found,
        "age": api.age(found),
        "place": path_of(found),
        "numbers": _numbers(found),
        "may_reveal": actor.may(RevealNumber.name),
        "member": member,
        "members": api.members(member.household) if member else [],
        "relatives": api.relatives(found),
        "relative_of": list(found.relative_of.select_related("person").filter(valid_to=None)),
        "versions": [_version(v) for v in found.versions.order_by("-version")],
        "may_correct": actor.may(CorrectPerson.name),
        "trail": [(pgettext("menu", "人员"), reverse("console:people")), (str(found), "")],
    }
    return render(request, "console/people/person.html", context)


def _numbers(person: Person) -> list[dict[str, Any]]:
    return [{"field": name, "title": FIELD_TITLES[name], "mask": str(getattr(person, name) or "")} for name in SEALED]


def _version(version: PersonVersion) -> dict[str, Any]:
    """One superseded version: what was corrected, and what it said before."""
    said = []
    for name in version.corrected:
        said.append((_(TITLES[name]), str(getattr(version, name) or "") or _("（空）")))
    return {"version": version, "said": said}


@staff(CorrectPerson.name)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct what is on record about a person, with the reason."""
    found = looking.open_person(actor_of(request), pk)
    form = forms.CorrectForm(request.POST or None, record=found)
    here = reverse("console:person", args=[found.pk])
    return handle(
        request,
        CorrectPerson,
        form,
        to=here,
        data={"person": found.pk},
        done=_("已更正；更正前的内容留在更正记录里。"),
        verb=_("更正"),
        context={
            "lead": _("原来的内容会留作一个旧版本，写明谁、为什么更正。"),
            "trail": [
                (pgettext("menu", "人员"), reverse("console:people")),
                (str(found), here),
                (_("更正个人信息"), ""),
            ],
        },
    )


@staff(RevealNumber.name)
def reveal(request: HttpRequest, pk: UUID, field: str) -> HttpResponse:
    """Ask why, then show one number for a short time."""
    if field not in SEALED:
        raise Http404
    actor = actor_of(request)
    found = looking.open_person(actor, pk) if request.method == "GET" else _seen(request, pk)
    form = forms.RevealForm(request.POST if request.method == "POST" else None)
    number, seconds = "", limits()["reveal_seconds"]
    if request.method == "POST" and form.is_valid():
        try:
            number = RevealNumber.perform(actor, {"person": found.pk, "field": field, "reason": form.reason})["number"]
        except Refused as refusal:
            show(form, refusal)
    here = reverse("console:person", args=[found.pk])
    context = {
        "person": found,
        "field": FIELD_TITLES[field],
        "mask": str(getattr(found, field) or ""),
        "form": form,
        "number": number,
        "seconds": seconds,
        "left": limits()["reveals_a_day"] - revealed_today(actor),
        "here": here,
        "trail": [(pgettext("menu", "人员"), reverse("console:people")), (str(found), here), (_("查看完整号码"), "")],
    }
    response = render(request, "console/people/reveal.html", context, status=422 if form.errors else 200)
    if number:
        response["Refresh"] = f"{seconds}; url={here}"  # away from the screen, also without scripts
    return response


def _seen(request: HttpRequest, pk: UUID) -> Person:
    """The person of a form that was opened before; the reveal itself is on record."""
    found = api.people(actor_of(request)).filter(pk=pk).first()
    return found or looking.open_person(actor_of(request), pk)


@staff(RegisterUnknown.name)
def unknown_new(request: HttpRequest) -> HttpResponse:
    """Register somebody nobody knows."""
    return handle(
        request,
        RegisterUnknown,
        forms.UnknownForm(actor_of(request), request.POST or None),
        to=lambda result: reverse("console:person", args=[result["person"]]),
        done=_("已登记。"),
        verb=_("登记"),
        context={
            "back": reverse("console:people"),
            "trail": [(pgettext("menu", "人员"), reverse("console:people")), (_("登记身份不明人员"), "")],
        },
    )
