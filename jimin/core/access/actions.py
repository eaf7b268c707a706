"""Changes to an account that its holder makes."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import SecretStr

from jimin.core.access.models import Account
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Problem, Refused


class ChangePassword(Action):
    """The holder of an account gives it another password; the audit row says that, never what."""

    name = "access.change_password"
    title = gettext_lazy("修改自己的密码")
    allowed = tuple(Role)

    class Input(base.Input):
        old: SecretStr
        new: SecretStr

    def load(self) -> None:
        self.account = self.get(Account.objects.filter(id=self.actor.account.id), self.actor.account.id)

    def check(self) -> None:
        if not self.account.check_password(self.data.old.get_secret_value()):
            raise self.refuse(_("现在的密码不对，没有修改。请重新填写。"), "old")
        if self.data.new.get_secret_value() == self.data.old.get_secret_value():
            raise self.refuse(_("新密码和现在的一样，没有修改。请换一个。"), "new")
        try:
            validate_password(self.data.new.get_secret_value(), self.account)
        except ValidationError as error:
            problems = [Problem(message, "new") for message in error.messages]
            raise Refused(_("新密码不够安全，没有修改。"), *problems) from None

    def change(self) -> Result:
        before = self.account.version
        self.account.set_password(self.data.new.get_secret_value())
        self.account.version = before + 1
        self.account.save(update_fields=["password", "version"])
        self.log(self.account, {"version": before}, {"version": before + 1}, note=_("修改密码"))
        return {"account": str(self.account.id)}
