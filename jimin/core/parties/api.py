"""Read people and households: what other rooms may ask. Every question is asked under the actor's scope."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import Level
from jimin.core.parties.models import Household, HouseholdMember, Kinship, Party, Person, PersonName
from jimin.core.parties.names import are_letters, initials, normal, wanted

WIDE = (Level.PROVINCE, Level.PREFECTURE)  # too many people for a search by one character


class TooShort(ValueError):
    """The search would find half the province."""


def people(actor: Actor) -> QuerySet[Person]:
    """The people inside the scope, without merged records."""
    return actor.visible(Person.objects.filter(party__merged_into=None))


def households(actor: Actor) -> QuerySet[Household]:
    """The households inside the scope."""
    return actor.visible(Household.objects.all())


def resolve(party: UUID) -> UUID:
    """The party that stays for a key: a merged one's alias is followed to its end."""
    seen = {party}
    while target := Party.objects.filter(pk=party).values_list("merged_into_id", flat=True).first():
        if target in seen:
            raise ValueError(f"party {party} is merged into itself")
        seen.add(target)
        party = target
    return party


def members(household: Household, on: date | None = None) -> list[HouseholdMember]:
    """Who belonged to a household on a day (default: the business day), the head first."""
    day = on or clock.business_day()
    rows = household.members.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    return sorted(rows.select_related("person"), key=lambda m: (m.relation != "户主", m.person.birth or date.max))


def relatives(person: Person, on: date | None = None) -> list[Kinship]:
    """Relatives outside the household on a day, with `.relative` and `.relation`."""
    day = on or clock.business_day()
    rows = Kinship.objects.filter(person=person, valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    return list(rows.select_related("relative").order_by("id"))


def by_id_number(actor: Actor, text: str) -> Person | None:
    """The person with an id number inside the scope. Raises BadNumber."""
    return people(actor).filter(Person.id_number.where(text)).first()


def search(actor: Actor, text: str, limit: int = 20) -> list[Person]:
    """People whose name contains `text`, or whose initials begin with it, whole names first. Raises TooShort."""
    part, letters = normal(text), are_letters(text)
    if not part:
        return []
    if len(part) == 1 and letters:
        raise TooShort(_("请至少输入两个拼音首字母，如 wg；结果太多。"))
    if len(part) == 1 and actor.scope.level in WIDE:
        raise TooShort(_("请至少输入两个字；在全省、全市范围内按一个字查找，结果太多。"))
    whole, partly = Q(pieces__contains=[f"={part}"]), Q(pieces__contains=wanted(text))
    if letters:
        partly |= Q(pieces__contains=[f"~{part}"])
    index = PersonName.objects.filter(actor.scope.q())
    found = list(index.filter(whole).values_list("person_id", flat=True)[:limit])
    if len(found) < limit:
        more = index.filter(partly).exclude(person_id__in=found).order_by("person_id")
        found += more.values_list("person_id", flat=True)[: limit * 3]
    people_by_key = people(actor).in_bulk(found)
    matching = [p for k in found if (p := people_by_key.get(k)) and _is_called(p.name, part, letters)]
    return matching[:limit]


def _is_called(name: str, part: str, letters: bool) -> bool:
    return part in normal(name) or (letters and any(i.startswith(part) for i in initials(name)))


def age(person: Person, on: date | None = None) -> int | None:
    """Whole years on a day (default: the business day); None when the birth is unknown."""
    day = on or clock.business_day()
    if person.birth is None:
        return None
    return day.year - person.birth.year - ((day.month, day.day) < (person.birth.month, person.birth.day))
