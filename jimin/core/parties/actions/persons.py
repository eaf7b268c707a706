"""Writing one person: new, with the index of names and what the audit trail may know."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core.access.roles import Role
from jimin.core.actions.base import Action, Input, Result
from jimin.core.actions.errors import Problem, Refused
from jimin.core.divisions import api as divisions
from jimin.core.parties.actions.inputs import PersonInput, Words
from jimin.core.parties.models import SEALED, Party, PartyKind, Person, PersonName, Sex
from jimin.core.parties.names import pieces
from jimin.core.secrets import cipher, numbers, once

REGISTRARS = (Role.COUNTY_CLERK, Role.TOWN_CLERK)


def place_for(action: Action, code: str, field: str = "division") -> dict[str, str]:
    """The division columns of a code, refused when it is unknown or outside the actor's scope."""
    try:
        columns = divisions.columns(code)
    except divisions.UnknownDivision as error:
        raise action.refuse(str(error), field) from None
    scope = action.actor.scope
    if scope.level != "province" and columns.get(scope.level, "") not in scope.codes:
        raise action.refuse(
            _("“%s”不在您的管辖范围内，不能在那里登记。") % divisions.name(code),
            field,
            _("请核对区划，或由当地乡镇（街道）、县（市、区）民政局登记。"),
        )
    return columns


def trace(person: Person) -> dict[str, Any]:
    """A person as the audit trail may show it: masks, and a mark by which two different values differ.

    The trail stands outside row-level security, so it holds neither names nor numbers; what a record said
    before a correction is in its versions, behind the wall.
    """
    found: dict[str, Any] = {
        "version": person.version,
        "name": _marked(person.name, numbers.mask_name(person.name)),
        "sex": person.sex,
        "birth": _marked(str(person.birth or ""), f"{person.birth.year}-**-**" if person.birth else ""),
        "died_on": str(person.died_on or ""),
    }
    for name in ("disability", "address", "description"):
        found[name] = _marked(getattr(person, name), "***")
    for name in SEALED:
        value = getattr(person, name)
        found[name] = value.trace() if value else ""
    return found


def _marked(value: str, shown: str) -> str:
    return f"{shown}#{cipher.token('trace', value).partition('.')[2][:8]}" if value else ""


def create(action: Action, given: PersonInput, place: dict[str, str], at: str) -> Person:
    """A new person at a place. `at` names the input for a refusal (e.g. members.0)."""
    party = Party.objects.create(kind=PartyKind.PERSON)
    person = Person(
        party=party,
        name=given.name,
        sex=given.sex,
        birth=given.birth,
        disability=given.disability,
        address=given.address,
        **place,
    )
    for name in SEALED:
        setattr(person, name, getattr(given, name))
    insert(person, at)
    action.log(person, {}, {k: v for k, v in trace(person).items() if v})
    return person


def insert(person: Person, at: str) -> None:
    """Save a new or changed person and its pieces of name; an id number that is taken elsewhere refuses."""
    try:
        with transaction.atomic():
            person.save()
            once.hold(person, Person.id_number)
    except IntegrityError as error:
        if "person_id_once" not in str(error) and once.TAKEN not in str(error):
            raise
        # Unique over the province, though this scope may not see the other record.
        said = _("这个身份证号已经登记在另一个人名下（可能在别的乡镇或县），没有再次登记。")
        raise Refused(
            said,
            Problem(said, f"{at}.id_number".lstrip(".")),
            next_step=_("请核对号码；如此人已迁来，请联系上级民政部门办理转移。"),
        ) from None
    index_name(person)


def index_name(person: Person) -> None:
    """Bring the pieces of a person's name up to date."""
    place = {name: getattr(person, name) for name in divisions.COLUMNS}
    PersonName.objects.update_or_create(person_id=person.pk, defaults={"pieces": pieces(person.name), **place})


def known(action: Action, given: PersonInput) -> Person | None:
    """The person inside the scope who already has this id number; a merged record gives the one that stays."""
    if not given.id_number:
        return None
    rows = action.actor.visible(Person.objects.select_related("party"))
    found = rows.filter(Person.id_number.where(given.id_number)).first()
    while found and found.party.merged_into_id:
        found = rows.filter(pk=found.party.merged_into_id).first()
    return found


class RegisterUnknown(Action):
    """Register somebody whose name nobody knows (a person found in the street)."""

    name = "parties.register_unknown"
    title = lazy("登记身份不明人员")
    allowed = REGISTRARS

    class Input(Input):
        division: str = Field(pattern=r"^\d{12}$")
        description: Annotated[str, Field(min_length=4, max_length=500), Words]
        sex: Sex = Sex.UNKNOWN

    def load(self) -> None:
        self.place = place_for(self, self.data.division)

    def change(self) -> Result:
        party = Party.objects.create(kind=PartyKind.PERSON)
        person = Person(party=party, sex=self.data.sex, description=self.data.description, **self.place)
        insert(person, "")
        self.log(person, {}, {k: v for k, v in trace(person).items() if v})
        return {"person": str(person.pk)}
