"""Binding a phone for 动态口令, new recovery codes, giving it up; and the operator's reset."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, Field, SecretStr

from jimin.core import clock
from jimin.core.access import factor, once, second, sessions, sign_ins
from jimin.core.access.models import Account, Proposal, SecondFactor, SignIn
from jimin.core.access.own_password import WithPassword
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Refused


class BeginFactor(Action):
    """Make a secret for the own account; it counts once a code of it was given."""

    name = "access.factor.begin"
    title = gettext_lazy("开始绑定动态口令")
    allowed = tuple(Role)

    def load(self) -> None:
        self.account = self.get(Account.objects.filter(id=self.actor.account.id), self.actor.account.id)
        self.factor = SecondFactor.objects.filter(account=self.account).first()

    def check(self) -> None:
        if self.factor is not None and self.factor.confirmed_at is not None:
            raise self.refuse(_("已经绑定了动态口令。换手机时，请先解除，再重新绑定。"))

    def change(self) -> Result:
        if self.factor is not None:  # an earlier beginning: nobody gave a code of it
            self.factor.delete()
        made = SecondFactor(account=self.account, begun_at=clock.now())
        factor.new_secret(made)
        made.save(force_insert=True)
        self.log(made, {}, {"version": made.version}, note="开始绑定动态口令")
        return {"factor": str(made.id)}


class WithCode(Action, abstract=True):
    """An action that its holder confirms with a code. A wrong one is counted although the action left no trace."""

    @classmethod
    def perform(cls, actor: Actor, data: dict[str, Any] | BaseModel | None = None, *, key: str = "") -> Result:
        try:
            return super().perform(actor, data, key=key)
        except WrongCode:
            sessions.code_failed(actor.account, None, locks=factor.failed(actor.account))
            raise

    def take(self, code: str) -> factor.Taken:
        """Take the code, or refuse at its field."""
        try:
            return factor.check(self.actor.account, code)
        except factor.Wrong as wrong:
            refusal = self.refuse(str(wrong), "code")
            raise WrongCode(refusal.message, *refusal.problems) from None

    def load(self) -> None:
        """The own factor, locked."""
        rows = SecondFactor.objects.filter(account=self.actor.account)
        self.factor = self.get(rows, rows.values_list("pk", flat=True).first(), what=_("动态口令"))


class WrongCode(Refused):
    """The code was not taken."""


class ConfirmFactor(WithCode):
    """Put the begun factor in force with one code of it. The recovery codes are shown once."""

    name = "access.factor.confirm"
    title = gettext_lazy("绑定动态口令")
    allowed = tuple(Role)

    class Input(base.Input):
        code: SecretStr

    def check(self) -> None:
        if self.factor.confirmed_at is not None:
            raise self.refuse(_("动态口令已经绑定好了。"))
        taken = self.take(self.data.code.get_secret_value())
        if taken.recovery:
            raise self.refuse(_("绑定时请填手机上的 6 位数字。"), "code")

    def change(self) -> Result:
        self.factor.refresh_from_db()
        done = self.set(self.factor, {"confirmed_at": clock.now()}, note="动态口令已绑定")
        once.put(*factor.new_codes(self.factor))
        return done


class NewRecoveryCodes(WithCode):
    """Fresh recovery codes; the old ones are worth nothing from now on."""

    name = "access.factor.codes"
    title = gettext_lazy("换一批恢复码")
    allowed = tuple(Role)

    class Input(base.Input):
        code: SecretStr

    def check(self) -> None:
        if self.factor.confirmed_at is None:
            raise self.refuse(_("还没有绑定动态口令。请先绑定。"))
        self.take(self.data.code.get_secret_value())

    def change(self) -> Result:
        once.put(*factor.new_codes(self.factor))
        before = self.factor.version
        self.factor.refresh_from_db()
        return self.set(self.factor, {}, note=f"恢复码已更换（第 {before} 版之后）")


class RemoveFactor(WithPassword, WithCode):
    """Give the second factor up, with password and code; a post that must have one binds another before any work."""

    name = "access.factor.remove"
    title = gettext_lazy("解除动态口令")
    allowed = tuple(Role)

    class Input(base.Input):
        password: SecretStr
        code: SecretStr

    def check(self) -> None:
        self.take_password(self.data.password, "password")
        self.take(self.data.code.get_secret_value())

    def change(self) -> Result:
        self.log(self.factor, {"version": self.factor.version}, {"version": 0}, note="本人解除动态口令")
        self.factor.delete()
        return {"account": str(self.actor.account.id)}


class ResetFactor(Action):
    """The operator takes a lost second factor away, with the reason; the holder's sign-ins end."""

    name = "access.factor.reset"
    title = gettext_lazy("重设动态口令")
    allowed = (Role.OPERATOR,)
    risk = gettext_lazy("去掉第二道验证，可能被冒用")

    class Input(base.Input):
        account: UUID
        reason: str = Field(min_length=4, max_length=200)

    def load(self) -> None:
        self.account = self.get(Account.objects.all(), self.data.account, what=_("账号"))
        self.factor = SecondFactor.objects.filter(account=self.account).first()

    def check(self) -> None:
        if self.factor is None:
            raise self.refuse(_("“%s”没有绑定动态口令，不用重设。") % self.account.name)
        if self.account.id == self.actor.account.id:
            raise self.refuse(
                _("不能重设自己的动态口令。"), "", _("请在“我的账号”里用密码和恢复码解除，或请另一位运维办理。")
            )
        if second.waiting().filter(kind=Proposal.Kind.FACTOR, account=self.account).exists():
            raise self.refuse(_("已经有一次重设在等确认，没有再办。"), "", _("请催办，或先撤回那一次。"))

    def change(self) -> Result:
        assert self.factor is not None  # check
        if second.account_needs(self.actor, self.account):
            details = {"reason": self.data.reason}
            second.propose(self, Proposal.Kind.FACTOR, self.account, self.data.reason, details)
            return {"account": str(self.account.id), "waiting": 1}
        self.log(self.account, {"factor": True}, {"factor": False}, note=f"重设动态口令：{self.data.reason}")
        self.factor.delete()
        sign_ins.end_all(self.account, SignIn.End.OPERATOR)
        return {"account": str(self.account.id)}
