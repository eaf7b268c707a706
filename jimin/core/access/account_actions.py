"""What the operator does with an account: close, open, unlock, a start password; what the holder does: leave elsewhere."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from jimin.core.access import lockout, once, second, sign_ins, system
from jimin.core.access.models import Account, Proposal, SignIn
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


class CloseAccount(OfAccount):
    """Nobody signs in with it any more and its tokens rest; what was done with it stays."""

    name = "access.account.close"
    title = gettext_lazy("停用账号")

    class Input(base.Input):
        account: UUID
        reason: str = Field(min_length=4, max_length=200)

    def check(self) -> None:
        second.not_oneself(self, self.account, _("不能停用自己的账号。"))
        if not self.account.is_active:
            raise self.refuse(_("“%s”已经停用，没有变化。") % self.account.name)

    def change(self) -> Result:
        after = {"is_active": False, "browsers_era": self.account.browsers_era + 1}
        done = self.set(self.account, after, note=f"停用账号：{self.data.reason}")
        sign_ins.end_all(self.account, SignIn.End.OPERATOR)
        return done


class OpenAccount(OfAccount):
    """A closed account may sign in again."""

    name = "access.account.open"
    title = gettext_lazy("重新启用账号")

    def check(self) -> None:
        second.not_oneself(self, self.account, _("不能启用自己的账号。"))
        if self.account.is_active:
            raise self.refuse(_("“%s”正在使用，没有变化。") % self.account.name)

    def change(self) -> Result:
        return self.set(self.account, {"is_active": True}, note="重新启用账号")


class Unlock(OfAccount):
    """Forget the wrong passwords of an account, and the wrong codes."""

    name = "access.account.unlock"
    title = gettext_lazy("解除登录锁定")

    def check(self) -> None:
        second.not_oneself(self, self.account, _("不能解除自己的锁定。"))
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
    """A start password, shown once, to be changed at the next sign-in. The sign-ins end.

    For an account with a powerful post it holds once a second person has confirmed.
    """

    name = "access.account.reset_password"
    title = gettext_lazy("重设密码")
    risk = gettext_lazy("知道初始密码的人可以冒用账号")

    def check(self) -> None:
        second.not_oneself(self, self.account, _("不能重设自己的密码。"))
        if second.waiting().filter(kind=Proposal.Kind.PASSWORD, account=self.account).exists():
            raise self.refuse(_("已经有一次重设在等确认，没有再办。"), "", _("请催办，或先撤回那一次。"))

    def change(self) -> Result:
        before, password = self.account.version, self.account.start_password()
        if second.account_needs(self.actor, self.account):
            details = {"password": self.account.password}
            second.propose(self, Proposal.Kind.PASSWORD, self.account, "给一个初始密码，下次登录要改", details)
            once.put(password)
            return {"account": str(self.account.id), "waiting": 1}
        self.account.version = before + 1
        self.account.browsers_era += 1
        self.account.save(
            update_fields=["password", "must_change_password", "started_password_at", "browsers_era", "version"]
        )
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


class ForgetBrowsers(Action):
    """No browser is known for the own account any more: each has to earn it by a sign-in."""

    name = "access.browsers.forget"
    title = gettext_lazy("忘掉认得的浏览器")
    allowed = tuple(Role)

    def load(self) -> None:
        self.account = self.get(Account.objects.filter(id=self.actor.account.id), self.actor.account.id)

    def change(self) -> Result:
        return self.set(self.account, {"browsers_era": self.account.browsers_era + 1}, note="忘掉认得的浏览器")
