"""家庭: the list, one household, registering one, members who join and leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from jimin.core.parties import api, looking
from jimin.core.parties.actions import AddMember, EndMember, RegisterHousehold
from jimin.core.parties.models import Household, HouseholdMember
from jimin.sites.console import registers
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.people import forms
from jimin.sites.console.people.common import actor_of, path_of
from jimin.sites.console.people.views import buttons


@require_GET
@staff(looking.READ)
def households(request: HttpRequest) -> HttpResponse:
    """The households of one's place."""
    return registers.show(
        request, "parties.households", "console/people/register.html", lambda r: {"buttons": buttons(r)[:1]}
    )


@require_GET
@staff(looking.READ)
def household(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One household: who belongs to it now, who did before."""
    actor = actor_of(request)
    found = looking.open_household(actor, pk)
    now = api.members(found)
    context = {
        "household": found,
        "place": path_of(found),
        "members": [{"member": m, "age": api.age(m.person)} for m in now],
        "former": found.members.exclude(pk__in=[m.pk for m in now]).select_related("person"),
        "may_add": actor.may(AddMember.name),
        "may_end": actor.may(EndMember.name),
        "trail": [*_trail(), (str(found), "")],
    }
    return render(request, "console/people/household.html", context)


@staff(RegisterHousehold.name)
def household_new(request: HttpRequest) -> HttpResponse:
    """Register a household with its head."""
    return handle(
        request,
        RegisterHousehold,
        forms.HouseholdForm(actor_of(request), request.POST or None),
        to=lambda result: reverse("console:household", args=[result["household"]]),
        done=_("已登记这一户和户主；其他成员请在下面增加。"),
        verb=_("登记这一户"),
        context={
            "lead": _("先登记户主，其他成员在登记后的页面上逐个增加。"),
            "back": reverse("console:households"),
            "trail": [*_trail(), (_("登记家庭"), "")],
        },
    )


@staff(AddMember.name)
def member_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One more member of a household."""
    found = looking.open_household(actor_of(request), pk)
    here = reverse("console:household", args=[found.pk])
    return handle(
        request,
        AddMember,
        forms.MemberForm(request.POST or None, record=found),
        to=here,
        data={"household": found.pk},
        done=_("已增加这名成员。"),
        verb=_("增加成员"),
        context={"trail": [*_trail(), (str(found), here), (_("增加家庭成员"), "")]},
    )


@staff(EndMember.name)
def member_end(request: HttpRequest, pk: UUID, member: UUID) -> HttpResponse:
    """A member leaves; the membership stays on record."""
    found = looking.open_household(actor_of(request), pk)
    leaving = _member(found, member)
    here = reverse("console:household", args=[found.pk])
    return handle(
        request,
        EndMember,
        forms.EndForm(request.POST or None, record=leaving),
        to=here,
        data={"member": leaving.pk},
        done=_("已办理迁出，原来的成员关系留有记录。"),
        verb=_("办理迁出"),
        context={
            "about": [(_("成员"), leaving.person), (_("与户主关系"), leaving.get_relation_display())],
            "trail": [*_trail(), (str(found), here), (_("成员迁出"), "")],
        },
    )


def _member(household: Household, pk: UUID) -> HouseholdMember:
    found = household.members.filter(pk=pk, valid_to=None).select_related("person").first()
    if found is None:
        raise Http404
    return found


def _trail() -> list[tuple[Any, str]]:
    return [(pgettext("menu", "家庭"), reverse("console:households"))]
