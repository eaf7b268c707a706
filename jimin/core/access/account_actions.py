"""What the operator does with an account: close, open, unlock, a start password; what the holder does: leave elsewhere."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from jimin.core.access import lockout, once, sign_ins, system
from jimin.core.access.models import Account, SignIn
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result


class OfAccount(Action, abstract=True):
    """An operator's action on somebody's account."""

    allowed = (Role.OPERATOR,)

    class Input(base.Input):
        account: UUID

    def load(self) -> None:
        people = Account.objects.exclude(username=system.USERNAME)  # the system's own hand is not for anybody
        self.account = self.get(people, self.data.account, what=_("账号"))

    def not_oneself(self, what: str) -> None:
        """Refuse on the own account: a mistake there leaves nobody who can mend it."""
        if self.account.id == self.actor.account.id:
            raise self.refuse(what, "", _("请另一位运维办理。"))


class CloseAccount(OfAccount):
    """Nobody signs in with it any more and its tokens rest; what was done with it stays."""

    name = "access.account.close"
    title = gettext_lazy("停用账号")

    class Input(base.Input):
        account: UUID
        reason: str = Field(min_length=4, max_length=200)

    def check(self) -> None:
        self.not_oneself(_("不能停用自己的账号。"))
        if not self.account.is_active:
            raise self.refuse(_("“%s”已经停用，没有变化。") % self.account.name)

    def change(self) -> Result:
        done = self.set(self.account, {"is_active": False}, note=f"停用账号：{self.data.reason}")
        sign_ins.end_all(self.account, SignIn.End.OPERATOR)
        return done


class OpenAccount(OfAccount):
    """A closed account may sign in again."""

    name = "access.account.open"
    title = gettext_lazy("重新启用账号")

    def check(self) -> None:
        if self.account.is_active:
            raise self.refuse(_("“%s”正在使用，没有变化。") % self.account.name)

    def change(self) -> Result:
        return self.set(self.account, {"is_active": True}, note="重新启用账号")


class Unlock(OfAccount):
    """Forget the wrong passwords of an account, and the wrong codes."""

    name = "access.account.unlock"
    title = gettext_lazy("解除登录锁定")

    def check(self) -> None:
        self.factor = getattr(self.account, "factor", None)
        by_code = self.factor is not None and self.factor.locked_until is not None
        if not by_code and not lockout.is_locked(self.account.username):
            raise self.refuse(_("“%s”现在没有锁定，不用解除。") % self.account.name)

    def change(self) -> Result:
        counts = lockout.unlock(self.account.username)
        if self.factor is not None and self.factor.locked_until is not None:
            self.factor.failures, self.factor.locked_until = 0, None
            self.factor.save(update_fields=["failures", "locked_until"])
        self.log(self.account, {"locked": True}, {"locked": False}, note=f"解除登录锁定（{counts} 处）")
        return {"account": str(self.account.id)}


class ResetPassword(OfAccount):
    """A start password, shown once, good until the holder changes it at the next sign-in. The sign-ins end."""

    name = "access.account.reset_password"
    title = gettext_lazy("重设密码")
    risk = gettext_lazy("知道初始密码的人可以冒用账号")

    def check(self) -> None:
        self.not_oneself(_("不能重设自己的密码。"))

    def change(self) -> Result:
        before, password = self.account.version, self.account.start_password()
        self.account.version = before + 1
        self.account.save(update_fields=["password", "must_change_password", "version"])
        self.log(self.account, {"version": before}, {"version": before + 1}, note="重设密码，下次登录要改")
        sign_ins.end_all(self.account, SignIn.End.OPERATOR)
        once.put(password)
        return {"account": str(self.account.id)}


class LeaveElsewhere(Action):
    """End the own sign-ins on every other device."""

    name = "access.sign_ins.end"
    title = gettext_lazy("退出其他设备")
    allowed = tuple(Role)

    class Input(base.Input):
        keep: UUID  # the sign-in that goes on: the one of this request

    def change(self) -> Result:
        ended = sign_ins.end_all(self.actor.account, SignIn.End.OTHERS, keep=self.data.keep)
        if ended:
            self.log(self.actor.account, {"sign_ins": ended + 1}, {"sign_ins": 1}, note="退出其他设备")
        return {"ended": ended}
