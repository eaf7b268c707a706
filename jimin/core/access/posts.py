"""Posts as they are written down by code: checked and made, by an appointment or by its confirmation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from pydantic import Field

from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import ROLES_OF, Role
from jimin.core.actions import base
from jimin.core.actions.errors import Problem
from jimin.core.divisions.models import ReportingUnit

Units = dict[str, ReportingUnit]


class Post(base.Input):
    """A unit's code, the role, from when; whose deputy."""

    unit: str
    role: Role
    title: str = Field("", max_length=60)
    charge: list[str] = []  # codes of the units a 分管 leader is in charge of
    acting_for: str = ""  # username of the one this appointment is the deputy (AB 角) of
    valid_from: date


def units(of: Iterable[Post]) -> Units:
    """The present units that posts name, by code."""
    codes = {c for p in of for c in (p.unit, *p.charge)}
    return {u.code: u for u in ReportingUnit.objects.filter(code__in=codes, valid_to=None)}


def held(usernames: Iterable[str]) -> set[tuple[str, str, str]]:
    """(account, unit, role) of the posts that accounts hold without an end."""
    rows = Appointment.objects.filter(account__username__in=list(usernames), valid_to=None)
    return {(a.account.username, a.unit.code, a.role) for a in rows.select_related("account", "unit")}


def problem_of(post: Post, known: Units) -> Problem | None:
    """What is wrong with a post, and at which field."""
    unknown = [c for c in (post.unit, *post.charge) if c not in known]
    if unknown:
        return Problem(_("没有报送单位“%s”。") % "、".join(unknown), "unit")
    if post.role not in ROLES_OF[known[post.unit].kind]:
        told = {"unit": known[post.unit].name, "role": post.role.label}
        return Problem(_("“%(unit)s”没有“%(role)s”这个岗位。") % told, "role")
    if post.acting_for and behind(post) is None:
        return Problem(_("“%s”在这个单位没有任职，不能设 AB 角。") % post.acting_for, "acting_for")
    return None


def behind(post: Post) -> Appointment | None:
    """Whose deputy this post is."""
    if not post.acting_for:
        return None
    rows = Appointment.objects.filter(unit__code=post.unit, valid_to=None)
    return rows.filter(account__username=post.acting_for).first()


def make(wanted: list[tuple[Account, Post]], known: Units) -> list[tuple[Appointment, Post]]:
    """Make the appointments."""
    made = [
        Appointment(
            account=account, unit=known[post.unit], role=post.role, title=post.title,
            valid_from=post.valid_from, acting_for=behind(post),
        )
        for account, post in wanted
    ]  # fmt: skip
    Appointment.objects.bulk_create(made, batch_size=500)
    pairs = [(appointment, post) for appointment, (_account, post) in zip(made, wanted, strict=True)]
    for appointment, post in pairs:
        if post.charge:
            appointment.charge.set([known[c] for c in post.charge])
    return pairs
