"""Actions that ask their holder for the password once more: wrong ones count as at the sign-in, and lock as there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, SecretStr

from jimin.core.access import limits, lockout
from jimin.core.access.scope import Actor
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Refused


class WrongPassword(Refused):
    """The password was not the account's."""


class WithPassword(Action, abstract=True):
    """An action that its holder confirms with the password. A wrong one is counted although the action left no trace."""

    @classmethod
    def perform(cls, actor: Actor, data: dict[str, Any] | BaseModel | None = None, *, key: str = "") -> Result:
        try:
            return super().perform(actor, data, key=key)
        except WrongPassword:
            lockout.own_was_wrong(actor.account)
            raise

    def take_password(self, password: SecretStr, field: str) -> None:
        """Refuse at its field when it is not the account's, or too many were not."""
        account = self.actor.account
        if lockout.own_is_locked(account):
            told = _("连续输错密码太多次，暂时不能再试。请过 %(minutes)s 分钟再办。") % {
                "minutes": limits.minutes("lock")
            }
            raise self.refuse(told, field, _("急用时请系统运维解除锁定。"))
        if not account.check_password(password.get_secret_value()):
            refusal = self.refuse(_("密码不对，没有办理。请重新填写；连续错几次会暂时锁定。"), field)
            raise WrongPassword(refusal.message, *refusal.problems)
