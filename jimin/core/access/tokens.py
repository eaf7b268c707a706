"""Tokens of other systems: made and ended by an operator's action, checked at each call of the API."""

from __future__ import annotations

import hashlib
import secrets
from contextvars import ContextVar
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access import permissions
from jimin.core.access.models import ApiToken, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result

PREFIX = "jm_"
_shown_once: ContextVar[str] = ContextVar("token")  # from CreateToken to `issue`, in one call


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(token: str) -> Actor | None:
    """The actor of a token that holds today; None for an unknown, revoked or expired one, or an ended appointment."""
    day = clock.business_day()
    found = (
        ApiToken.objects.filter(
            digest=digest(token), revoked_at=None, expires_on__gte=day, appointment__valid_from__lte=day
        )
        .filter(Q(appointment__valid_to=None) | Q(appointment__valid_to__gt=day), appointment__account__is_active=True)
        .select_related("appointment__account", "appointment__unit__superior")
        .first()
    )
    return None if found is None else Actor.of(found.appointment, frozenset(found.permissions))


class CreateToken(Action):
    """Give a token to an appointment, for named permissions only. The token is shown once and never stored."""

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
        beyond = [p for p in self.data.permissions if not permissions.holds(self.appointment.role, p)]
        if beyond:
            told = {"role": self.appointment.get_role_display(), "what": "、".join(beyond)}
            raise self.refuse(_("“%(role)s”没有这些权限：%(what)s。") % told, "permissions", _("令牌不能大于岗位。"))
        if self.data.expires_on < clock.business_day():
            raise self.refuse(_("到期日不能早于今天。"), "expires_on")

    def change(self) -> Result:
        token = PREFIX + secrets.token_urlsafe(32)
        made = ApiToken.objects.create(
            name=self.data.name,
            appointment=self.appointment,
            permissions=sorted(set(self.data.permissions)),
            digest=digest(token),
            hint=token[:8],
            expires_on=self.data.expires_on,
        )
        self.log(made, {}, {"name": made.name, "permissions": made.permissions, "expires_on": made.expires_on})
        _shown_once.set(token)
        return {"id": str(made.id), "hint": made.hint}


def issue(actor: Actor, data: dict[str, object]) -> str:
    """Perform CreateToken and return the token itself, which the action's kept result never holds."""
    CreateToken.perform(actor, data)
    return _shown_once.get()


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
