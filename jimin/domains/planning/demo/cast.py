"""Who works in the demo: the named cast, and somebody in every post of every office."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from jimin.core.access.actions import Appoint
from jimin.core.access.models import Appointment
from jimin.core.access.roles import ROLES_OF, Role
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.engines.cases.flows import chain_of

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文斌波辉健宇鹏浩凯"


def chance(*of: object) -> float:
    """A number in [0, 1) that is always the same for the same things."""
    digest = hashlib.sha256("|".join(map(str, of)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def person_name(*of: object) -> str:
    """An invented name, always the same for the same post."""
    return SURNAMES[int(chance(*of, "姓") * len(SURNAMES))] + GIVEN[int(chance(*of, "名") * len(GIVEN))]


class Cast:
    """The actors of the demo by username and by (unit code, role)."""

    def __init__(self, folder: Path, since: date, installer: Actor) -> None:
        self.folder, self.since, self.installer = folder, since, installer
        self._by_post: dict[tuple[str, str], Actor] = {}
        self._by_name: dict[str, Actor] = {}

    def appoint(self) -> None:
        """Appoint the named cast, then somebody for every post of a sign-off chain that is still empty."""
        content = yaml.safe_load((self.folder / "accounts.yaml").read_text("utf-8"))
        named = [self._post(p, content["password"]) for p in content["people"]]
        self._perform(named, "cast")
        held = set(Appointment.objects.filter(valid_to=None).values_list("unit__code", "role"))
        rest = []
        kinds = [k for k in ROLES_OF if k != UnitKind.TOWN]
        for unit in ReportingUnit.objects.filter(kind__in=kinds, valid_to=None):
            if unit.code == "t.leaders" or "inspection" in unit.powers:
                continue
            for role in chain_of(unit):
                if (unit.code, role) not in held:
                    rest.append(self._invented(unit, role))
        self._perform(rest, "posts")
        posts = Appointment.objects.filter(valid_to=None).select_related("account", "unit__superior", "acting_for")
        for appointment in posts.order_by("valid_from", "id"):
            actor = Actor.of(appointment)
            self._by_post.setdefault((appointment.unit.code, appointment.role), actor)
            self._by_name.setdefault(appointment.account.username, actor)

    def named(self, username: str) -> Actor:
        return self._by_name[username]

    def at(self, unit: ReportingUnit | str, role: str) -> Actor:
        """Who holds a role in a unit."""
        return self._by_post[unit if isinstance(unit, str) else unit.code, role]

    def chain(self, unit: ReportingUnit) -> list[Actor]:
        """The people of a unit's sign-off chain, the maker first."""
        return [self.at(unit, role) for role in chain_of(unit)]

    def _perform(self, posts: list[dict[str, Any]], key: str) -> None:
        if posts:
            Appoint.perform(self.installer, {"posts": posts}, key=f"demo:{key}")

    def _post(self, person: dict[str, Any], password: str) -> dict[str, Any]:
        fields = ("username", "name", "unit", "role", "title", "charge", "acting_for")
        return {**{k: person[k] for k in fields if k in person}, "valid_from": self.since, "password": password}

    def _invented(self, unit: ReportingUnit, role: str) -> dict[str, Any]:
        username = f"{unit.code}.{role}".lower()
        name = person_name(unit.code, role)
        return {"username": username, "name": name, "unit": unit.code, "role": Role(role), "valid_from": self.since}
