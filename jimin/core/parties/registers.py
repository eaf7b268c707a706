"""人员 and 户: how staff list those of their place. Names and numbers are masked, on screen and in a sheet alike."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jimin.core.access.scope import Actor
from jimin.core.divisions.models import Level
from jimin.core.parties import api
from jimin.core.parties.looking import READERS
from jimin.core.parties.models import Household, HouseholdMember, Person, Relation, Sex
from jimin.core.registers.base import Register
from jimin.core.registers.columns import Column
from jimin.core.registers.filters import Choice, Division, YesNo
from jimin.core.secrets.numbers import mask_name


def shown_name(person: Person) -> str:
    """王*兰; somebody unknown by that word."""
    return mask_name(person.name) if person.name else str(person)


def place_of(record: Any) -> str:
    """The lowest division a record stands in."""
    return record.village or record.town or record.county or record.prefecture


def remark(person: Person) -> str:
    """What to know before opening the record; most have nothing."""
    return str(_("已去世")) if person.died_on else ""


class People(Register):
    """The people of one's place."""

    name = "parties.people"
    title = pgettext_lazy("menu", "人员")
    note = lazy("按地方列出；姓名和号码只显示一部分。要找某个人，请用上面的查找。")
    model = Person
    allowed = READERS
    personal = True
    columns = (
        Column("name", lazy("姓名"), shown_name, width=12),
        Column("sex", lazy("性别"), "get_sex_display", width=6),
        Column("age", lazy("年龄"), api.age, "number", width=6),
        Column("place", lazy("所在地"), place_of, "division", sort=("town", "village")),
        Column("id_number", lazy("身份证号"), lambda p: str(p.id_number or ""), "code", width=20),
        Column("phone", lazy("电话"), lambda p: str(p.phone or ""), "code", width=14),
        Column("disability", lazy("残疾类别和等级"), width=14),
        Column("remark", lazy("备注"), remark, width=8),
    )
    filters = (
        Division("place", lazy("地区"), lowest=Level.VILLAGE),
        Choice("sex", lazy("性别"), choices=Sex.choices),
        YesNo("died", lazy("已去世"), condition=Q(died_on__isnull=False)),
    )
    order = ("town", "village", "pk")
    empty = lazy("这里还没有登记的人员。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return api.people(actor)

    def url(self, record: Person) -> str:
        return reverse("console:person", args=[record.pk])


class Households(Register):
    """The households of one's place."""

    name = "parties.households"
    title = pgettext_lazy("menu", "家庭")
    note = lazy("按地方列出；户主姓名只显示一部分。")
    model = Household
    allowed = READERS
    personal = True
    columns = (
        Column("head", lazy("户主"), lambda h: shown_name(h.heads[0].person) if h.heads else "", width=12),
        Column("people", lazy("现有成员"), "now", "number", width=8),
        Column("place", lazy("所在地"), place_of, "division", sort=("town", "village")),
    )
    filters = (Division("place", lazy("地区"), lowest=Level.VILLAGE),)
    order = ("town", "village", "pk")
    empty = lazy("这里还没有登记的家庭。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        heads = HouseholdMember.objects.filter(valid_to=None, relation=Relation.HEAD).select_related("person")
        return (
            api.households(actor)
            .annotate(now=Count("members", filter=Q(members__valid_to=None)))
            .prefetch_related(Prefetch("members", heads, to_attr="heads"))
        )

    def url(self, record: Household) -> str:
        return reverse("console:household", args=[record.pk])
