"""Households: register one whole, add a member, end a membership."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.actions.base import Action, Input, Result
from jimin.core.divisions.api import COLUMNS
from jimin.core.parties.actions import persons
from jimin.core.parties.actions.inputs import (
    Day,
    HouseholdInput,
    MemberInput,
    NewMemberInput,
    PersonInput,
    Reason,
    RelativeInput,
)
from jimin.core.parties.models import Household, HouseholdMember, Kinship, Party, PartyKind, Person, Relation


def open_membership(person: Person) -> HouseholdMember | None:
    """The household a person belongs to now."""
    found: HouseholdMember | None = person.memberships.filter(valid_to=None).first()
    return found


class _WithPeople(Action, abstract=True):
    """What registering and adding have in common."""

    def find_people(self, given: list[Any], at: str) -> None:
        """Look up each person by id number; refuse one who belongs to a household already, or is named twice."""
        seen: dict[str, int] = {}
        self.found: dict[str, Person] = getattr(self, "found", {})
        for n, entry in enumerate(given):
            where = f"{at}.{n}" if at else ""
            if entry.id_number and seen.setdefault(entry.id_number, n) != n:
                raise self.refuse(
                    _("“%s”的身份证号与同一张表里另一人相同。") % entry.name, f"{where}.id_number".lstrip(".")
                )
            person = persons.known(self, entry)
            if person is None:
                continue
            if person.name != entry.name:
                raise self.refuse(
                    _("这个身份证号已登记为“%(known)s”，与填写的“%(given)s”不同。")
                    % {"known": person.name, "given": entry.name},
                    f"{where}.name".lstrip("."),
                    _("请核对证件；如登记的姓名有误，请办理“更正个人信息”。"),
                )
            self.found[entry.id_number] = person

    def refuse_members(self, given: list[MemberInput], at: str) -> None:
        """Nobody belongs to two households at once."""
        for n, entry in enumerate(given):
            person = self.found.get(entry.id_number)
            if person and open_membership(person):
                raise self.refuse(
                    _("“%s”已经是另一户的成员，一个人同时只能在一户。") % person.name,
                    f"{at}.{n}.name" if at else "name",
                    _("请先在原来的户办理“成员迁出”，再登记到这一户。"),
                )

    def person_of(self, given: PersonInput, place: dict[str, str], at: str) -> Person:
        """The known person, or a new record."""
        found = self.found.get(given.id_number) if given.id_number else None
        return found or persons.create(self, given, place, at)

    def join(self, household: Household, person: Person, relation: str, since: date) -> HouseholdMember:
        """Write one membership."""
        place = {name: getattr(household, name) for name in COLUMNS}
        member = HouseholdMember.objects.create(
            household=household, person=person, relation=relation, valid_from=since, **place
        )
        self.log(
            member,
            {},
            {
                "household": str(household.pk),
                "person": str(person.pk),
                "relation": relation,
                "valid_from": str(since),
                "version": member.version,
            },
        )
        return member


class RegisterHousehold(_WithPeople):
    """Register a household with all its people in one step."""

    name = "parties.register_household"
    title = lazy("登记家庭")
    allowed = persons.REGISTRARS
    Input = HouseholdInput

    def load(self) -> None:
        self.place = persons.place_for(self, self.data.division)
        self.find_people(self.data.members, "members")
        self.find_people(self.data.relatives, "relatives")

    def check(self) -> None:
        if not self.place["town"]:
            raise self.refuse(_("家庭要登记到村（社区），至少到乡镇（街道）。"), "division", _("请选择村（社区）。"))
        heads = [m for m in self.data.members if m.relation == Relation.HEAD]
        if len(heads) != 1:
            raise self.refuse(
                _("一户要有一个户主，现在填了 %d 个。") % len(heads), "members", _("请在“与户主关系”中只选一个户主。")
            )
        self.refuse_members(self.data.members, "members")
        both = {m.id_number for m in self.data.members if m.id_number} & {r.id_number for r in self.data.relatives}
        if both:
            raise self.refuse(_("同一个人不能既是家庭成员又是户外亲属。"), "relatives", _("请删去其中一处。"))
        since = self.data.since
        if since and since > clock.business_day():
            raise self.refuse(_("共同生活的开始日期在今天之后。"), "since", _("请填今天或以前的日期，不清楚可以不填。"))

    def change(self) -> Result:
        since = self.data.since or clock.business_day()
        party = Party.objects.create(kind=PartyKind.HOUSEHOLD)
        household = Household.objects.create(party=party, address=self.data.address, **self.place)
        self.log(household, {}, {"version": household.version, **{k: v for k, v in self.place.items() if v}})
        people: list[Person] = []
        for n, given in enumerate(self.data.members):
            people.append(self.person_of(given, self.place, f"members.{n}"))
            self.join(household, people[-1], given.relation, since)
        head = next(p for p, m in zip(people, self.data.members, strict=True) if m.relation == Relation.HEAD)
        relatives = [self._relate(head, given, n, since) for n, given in enumerate(self.data.relatives)]
        self.emit("parties.household_registered", household, people=[str(p.pk) for p in people])
        return {
            "household": str(household.pk),
            "people": [str(p.pk) for p in people],
            "relatives": [str(p.pk) for p in relatives],
        }

    def _relate(self, head: Person, given: RelativeInput, n: int, since: date) -> Person:
        relative = self.person_of(given, self.place, f"relatives.{n}")
        kinship = Kinship.objects.create(
            person=head, relative=relative, relation=given.relation, valid_from=since, **self.place
        )
        told = {"person": str(head.pk), "relative": str(relative.pk), "relation": given.relation}
        self.log(kinship, {}, told | {"version": kinship.version})
        return relative


class AddMember(_WithPeople):
    """Add one person to a household (birth, marriage, moving in)."""

    name = "parties.add_member"
    title = lazy("增加家庭成员")
    allowed = persons.REGISTRARS
    Input = NewMemberInput

    def load(self) -> None:
        self.household = self.get(self.actor.visible(Household.objects.all()), self.data.household)
        self.find_people([self.data], "")

    def check(self) -> None:
        self.fresh(self.household, self.data.version)
        if self.data.relation == Relation.HEAD:
            raise self.refuse(_("这一户已有户主。"), "relation", _("请选择与现任户主的关系。"))
        self.refuse_members([self.data], "")
        if self.data.since and self.data.since > clock.business_day():
            raise self.refuse(_("加入日期在今天之后。"), "since", _("请填今天或以前的日期。"))

    def change(self) -> Result:
        place = {name: getattr(self.household, name) for name in COLUMNS}
        person = self.person_of(self.data, place, "")
        member = self.join(self.household, person, self.data.relation, self.data.since or clock.business_day())
        step(self, self.household)
        self.emit("parties.member_added", self.household, person=str(person.pk))
        return {"person": str(person.pk), "member": str(member.pk), "version": self.household.version}


class EndMember(Action):
    """A person no longer belongs to a household (death, moving out). The membership stays on record."""

    name = "parties.end_member"
    title = lazy("成员迁出")
    allowed = persons.REGISTRARS

    class Input(Input):
        member: UUID
        version: int
        on: Day = None
        reason: Reason

    def load(self) -> None:
        self.member = self.get(self.actor.visible(HouseholdMember.objects.filter(valid_to=None)), self.data.member)
        self.household = self.get(Household.objects.all(), self.member.household_id)

    def check(self) -> None:
        self.fresh(self.member, self.data.version)
        on = self.data.on or clock.business_day()
        if not self.member.valid_from <= on <= clock.business_day():
            raise self.refuse(
                _("迁出日期应在 %(first)s 与 %(last)s 之间。")
                % {"first": self.member.valid_from, "last": clock.business_day()},
                "on",
            )
        others = self.household.members.filter(valid_to=None).exclude(pk=self.member.pk)
        if self.member.relation == Relation.HEAD and others.exists():
            raise self.refuse(_("户主迁出前，要先确定新的户主。"), "member", _("请先为其余成员另立一户。"))

    def change(self) -> Result:
        self.member.valid_to = self.data.on or clock.business_day()
        self.member.version += 1
        self.member.save(update_fields=["valid_to", "version"])
        told = {"valid_to": str(self.member.valid_to), "version": self.member.version}
        self.log(self.member, {"valid_to": "", "version": self.data.version}, told, self.data.reason)
        step(self, self.household)
        self.emit("parties.member_ended", self.household, person=str(self.member.person_id))
        return {"member": str(self.member.pk)}


def step(action: Action, household: Household) -> None:
    """A household whose members changed has a new version."""
    household.version += 1
    household.save(update_fields=["version"])
    action.log(household, {"version": household.version - 1}, {"version": household.version})
