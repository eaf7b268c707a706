"""Looking for people and at them: what a page calls, so that every look is on record (core.audit.looked)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from jimin.core.access.permissions import declare
from jimin.core.access.roles import COUNTY, Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import NotFound
from jimin.core.audit import api as audit
from jimin.core.parties import api
from jimin.core.parties.limits import limits
from jimin.core.parties.models import Household, Person
from jimin.core.secrets import numbers
from jimin.core.secrets.fields import SealedField

#: Who works with people, and so may look for them.
READERS = COUNTY | {Role.TOWN_CLERK}
READ = declare(
    "parties.read", "查找和查看人员、家庭", "page", READERS,
    risk=noop("可能泄露个人信息；每次查找和查看都有记录"), people=True,
).name  # fmt: skip

SEARCHED = audit.declare("parties.search", lazy("查找人员"), audit.Sort.LOOK)
OPENED = audit.declare("parties.open_person", lazy("查看个人信息"), audit.Sort.LOOK)
OPENED_HOUSEHOLD = audit.declare("parties.open_household", lazy("查看家庭"), audit.Sort.LOOK)


@dataclass(frozen=True, slots=True)
class Found:
    """The people a search found; `more` when there were too many to list."""

    people: list[Person]
    more: bool


def find(actor: Actor, text: str) -> Found:
    """People inside the scope by id number, phone, name or initials, whichever was typed; on record, also when none.

    Raises BadNumber for a mistyped number and TooShort for too little of a name; that, too, is on record.
    """
    kind = kind_of(text)
    most = limits()["found_at_most"]
    try:
        people = _found(actor, kind, text, most + 1)
    except (numbers.BadNumber, api.TooShort):
        audit.looked(actor, SEARCHED, sought={kind: text}, found=0)
        raise
    audit.looked(actor, SEARCHED, sought={kind: text}, shown=people[:most], found=len(people))
    return Found(people[:most], len(people) > most)


def kind_of(text: str) -> str:
    """What somebody typed: "id", "phone" or "name". Digits alone, or five and more, are meant to be a number."""
    plain = numbers.plain(text)
    digits = sum(c.isdigit() for c in plain)
    if digits < 5 and not plain.isdigit():
        return "name"
    return "phone" if digits <= 12 or re.match(r"\+|00", plain) else "id"


def _found(actor: Actor, kind: str, text: str, limit: int) -> list[Person]:
    if kind == "name":
        return api.search(actor, text, limit)
    fields: dict[str, SealedField] = {"id": Person.id_number, "phone": Person.phone}
    return list(api.people(actor).filter(fields[kind].where(text)).order_by("pk")[:limit])


def open_person(actor: Actor, pk: UUID, *, family: bool = False) -> Person:
    """One person's record, on record; with `family` also everybody whom the page names beside. Raises NotFound.

    A merged one leads to the one that stays.
    """
    found = api.people(actor).filter(pk=api.resolve(pk)).first()
    if found is None:
        _nobody(actor, OPENED, pk)
    audit.looked(actor, OPENED, shown=[found], also=_beside(found) if family else ())
    return found


def _beside(person: Person) -> list[Person]:
    """The household a person belongs to now, and the relatives outside it."""
    member = person.memberships.filter(valid_to=None).select_related("household").first()
    named = [m.person for m in api.members(member.household)] if member else []
    named += [k.relative for k in api.relatives(person)]
    named += [k.person for k in person.relative_of.select_related("person").filter(valid_to=None)]
    return [p for p in named if p.pk != person.pk]


def open_household(actor: Actor, pk: UUID) -> Household:
    """One household's record, on record with everybody whom its page names. Raises NotFound."""
    found = api.households(actor).filter(pk=pk).first()
    if found is None:
        _nobody(actor, OPENED_HOUSEHOLD, pk)
    audit.looked(
        actor, OPENED_HOUSEHOLD, shown=[found], also=[m.person for m in found.members.select_related("person")]
    )
    return found


def _nobody(actor: Actor, kind: audit.Kind, pk: UUID) -> NoReturn:
    refusal = NotFound(_("没有找到，或不在您的管辖范围内。"), next_step=_("请从查找或列表重新打开。"))
    audit.refused(actor, kind.name, refusal, [pk])
    raise refusal
