"""Tokens of other systems: made and ended by an operator's action, checked at each call of the API."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access import limits, once, permissions, second
from jimin.core.access.models import ApiToken, Appointment, Proposal
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result

PREFIX = "jm_"
LONGEST = 200  # of what is looked up at all


class BadToken(Exception):
    """The token does not hold. The message says why; `known` says whether it is one of ours at all."""

    def __init__(self, message: str, known: bool) -> None:
        super().__init__(message)
        self.known = known


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(token: str) -> Actor:
    """The actor of a token that holds today. Raises BadToken: unknown, revoked, expired, the post ended, or the account closed.

    What is looked up is the digest of 256 random bits: how long the comparison takes says nothing about any token.
    """
    rows = ApiToken.objects.select_related("appointment__account", "appointment__unit__superior")
    found = rows.filter(digest=digest(token)).first() if len(token) <= LONGEST else None
    if found is None:
        raise BadToken(_("不认识这个令牌。"), known=False)
    day, post = clock.business_day(), found.appointment
    if found.revoked_at is not None:
        raise BadToken(_("这个令牌已停用。"), known=True)
    if found.expires_on < day:
        raise BadToken(_("这个令牌已于 %s 到期。") % found.expires_on, known=True)
    if not post.account.is_active:
        raise BadToken(_("这个令牌所代表的账号已停用。"), known=True)
    if post.valid_from > day or (post.valid_to is not None and post.valid_to <= day):
        raise BadToken(_("这个令牌所代表的岗位现在没有任职。"), known=True)
    today = clock.now().date()
    if found.last_used_on != today:  # the date alone, so that a busy system writes once a day
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
    return Actor.of(post, frozenset(found.permissions))


class CreateToken(Action):
    """Give a token to an appointment, for named permissions only. It is shown once, never stored, and holds once a
    second person has confirmed; who confirms does not see it.
    """

    name = "access.token.create"
    title = gettext_lazy("发放接口令牌")
    allowed = (Role.OPERATOR,)
    risk = gettext_lazy("令牌可代表岗位读写数据")
    watched = True

    class Input(base.Input):
        appointment: UUID
        name: str = Field(min_length=2, max_length=100)
        permissions: list[str] = Field(min_length=1)
        expires_on: date

    def load(self) -> None:
        rows = Appointment.objects.filter(valid_to=None)
        self.appointment = self.get(rows, self.data.appointment, lock=False, what=_("任职"))

    def check(self) -> None:
        second.not_oneself(self, self.appointment.account, _("不能给自己的岗位发令牌。"))
        beyond = [p for p in self.data.permissions if not permissions.holds(self.appointment.role, p)]
        if beyond:
            told = {"role": self.appointment.get_role_display(), "what": "、".join(beyond)}
            raise self.refuse(_("“%(role)s”没有这些权限：%(what)s。") % told, "permissions", _("令牌不能大于岗位。"))
        if self.data.expires_on < clock.business_day():
            raise self.refuse(_("到期日不能早于今天。"), "expires_on")
        if self.data.expires_on > longest():
            said = _("令牌最长 %(days)d 天，到期日不能晚于 %(day)s。")
            latest = {"days": limits.days("token_life"), "day": longest()}
            raise self.refuse(said % latest, "expires_on", _("到期前再发一个新的。"))

    def change(self) -> Result:
        token = PREFIX + secrets.token_urlsafe(32)
        once.put(token)
        asked = {
            "name": self.data.name, "permissions": sorted(set(self.data.permissions)),
            "digest": digest(token), "hint": token[:8],
        }  # fmt: skip
        if not second.is_hand(self.actor):
            details = {**asked, "appointment": str(self.appointment.id), "expires_on": self.data.expires_on.isoformat()}
            words = f"{second.post_in_words(self.appointment.unit, self.appointment.role)}：{self.data.name}"
            asked_for = second.propose(self, Proposal.Kind.TOKEN, self.appointment.account, words, details)
            return {"proposal": str(asked_for.id), "hint": token[:8], "waiting": 1}
        made = ApiToken.objects.create(appointment=self.appointment, expires_on=self.data.expires_on, **asked)
        self.log(made, {}, {"name": made.name, "permissions": made.permissions, "expires_on": made.expires_on})
        return {"id": str(made.id), "hint": made.hint}


def longest() -> date:
    """The latest day a token of today may end."""
    return clock.business_day() + timedelta(days=limits.days("token_life"))


def issue(actor: Actor, data: dict[str, object]) -> str:
    """Perform CreateToken and return the token itself, which the action's kept result never holds.

    It opens something at once only when the system's own hand gave it.
    """
    CreateToken.perform(actor, data)
    return once.take()[0]


class RevokeToken(Action):
    """End a token at once."""

    name = "access.token.revoke"
    title = gettext_lazy("停用接口令牌")
    allowed = (Role.OPERATOR,)

    class Input(base.Input):
        token: UUID

    def load(self) -> None:
        self.token = self.get(ApiToken.objects.filter(revoked_at=None), self.data.token, what=_("令牌"))

    def change(self) -> Result:
        self.token.revoked_at = clock.now()
        self.token.version += 1
        self.token.save(update_fields=["revoked_at", "version"])
        self.log(self.token, {}, {"revoked_at": self.token.revoked_at.isoformat(), "version": self.token.version})
        return {"token": str(self.token.id)}
