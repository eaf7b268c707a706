"""The second person decides: confirms what waits, and then it is carried out; or refuses. The asker may withdraw it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access import posts, sign_ins
from jimin.core.access.models import ApiToken, Appointment, Proposal, SecondFactor, SignIn
from jimin.core.access.permissions import holds
from jimin.core.access.roles import Role
from jimin.core.access.second import SECRET
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result

#: Who may be the second person.
SECOND = (Role.OPERATOR, Role.AUDITOR, Role.OFFICE_CHIEF)


class _OfProposal(Action, abstract=True):
    """An action on what waits."""

    allowed = SECOND
    watched = True

    class Input(base.Input):
        proposal: UUID

    def load(self) -> None:
        self.proposal = self.get(Proposal.objects.all(), self.data.proposal, what=_("待确认事项"))
        self.account = self.proposal.account

    def check(self) -> None:
        if self.proposal.decision:
            raise self.refuse(_("这件事已经有了决定：%s。") % self.proposal.get_decision_display())
        if not self.proposal.waits:
            raise self.refuse(_("等得太久，已经作废，没有办理。"), "", _("还需要的话，请系统运维重新提出。"))

    def decide(self, decision: str, reason: str = "") -> Result:
        """Write the decision; a password's digest is not kept any longer than it is needed."""
        kept = {k: v for k, v in self.proposal.details.items() if k not in SECRET}
        self.proposal.details = kept
        self.proposal.save(update_fields=["details"])
        decided = {"decision": decision, "decided_by": self.actor.account, "decided_at": clock.now(), "reason": reason}
        return self.set(self.proposal, decided, note=str(self.proposal.what))


class ConfirmProposal(_OfProposal):
    """Confirm, and carry it out. Not by the one who asked, nor by the one it is about."""

    name = "access.proposal.confirm"
    title = gettext_lazy("确认账号事项")
    risk = gettext_lazy("确认以后，岗位、令牌或密码就生效")

    def check(self) -> None:
        super().check()
        me = self.actor.account.pk
        if me == self.proposal.asked_by_id:
            raise self.refuse(_("自己提出的，不能自己确认。"), "", _("请另一位系统运维、审计员或办公室主任确认。"))
        if me == self.account.pk:
            raise self.refuse(_("和自己有关的，不能自己确认。"), "", _("请另一位系统运维、审计员或办公室主任确认。"))
        if not self.account.is_active:
            raise self.refuse(_("“%s”已经停用，没有办理。") % self.account.name)
        getattr(self, f"_check_{self.proposal.kind}", lambda: None)()

    def change(self) -> Result:
        details = dict(self.proposal.details)  # `decide` takes the secret parts out
        done = self.decide(Proposal.Decision.CONFIRMED)
        getattr(self, f"_do_{self.proposal.kind}")(details)
        return {**done, "account": str(self.account.pk)}

    def _check_post(self) -> None:
        self.post = posts.Post(**self.proposal.details)
        problem = posts.problem_of(self.post, posts.units([self.post]))
        if problem:
            raise self.refuse(problem.message)
        if posts.held([self.account.username]) & {(self.account.username, self.post.unit, self.post.role)}:
            raise self.refuse(_("已经在这个岗位上，没有变化。"))

    def _do_post(self, details: dict[str, object]) -> None:
        for made, post in posts.make([(self.account, self.post)], posts.units([self.post])):
            self.log(made, {}, {"account": self.account.username, "unit": post.unit, "role": post.role})

    def _check_token(self) -> None:
        """The post is still held, still with these permissions."""
        rows = Appointment.objects.filter(valid_to=None)
        self.appointment = self.get(rows, self.proposal.details["appointment"], lock=False, what=_("任职"))
        if not all(holds(self.appointment.role, p) for p in self.proposal.details["permissions"]):
            raise self.refuse(_("这个岗位已经没有令牌要的权限，没有办理。"))

    def _do_token(self, details: dict[str, object]) -> None:
        asked = {k: details[k] for k in ("name", "permissions", "digest", "hint")}
        day = date.fromisoformat(str(details["expires_on"]))
        made = ApiToken.objects.create(appointment=self.appointment, expires_on=day, **asked)
        self.log(made, {}, {"name": made.name, "permissions": made.permissions, "expires_on": made.expires_on})

    def _do_password(self, details: dict[str, object]) -> None:
        before = self.account.version
        self.account.password, self.account.must_change_password = str(details["password"]), True
        self.account.started_password_at, self.account.version = self.proposal.asked_at, before + 1
        self.account.browsers_era += 1
        self.account.save(
            update_fields=["password", "must_change_password", "started_password_at", "browsers_era", "version"]
        )
        self.log(self.account, {"version": before}, {"version": before + 1}, note="重设密码，下次登录要改")
        sign_ins.end_all(self.account, SignIn.End.OPERATOR)

    def _do_factor(self, details: dict[str, object]) -> None:
        SecondFactor.objects.filter(account=self.account).delete()
        self.log(self.account, {"factor": True}, {"factor": False}, note=f"重设动态口令：{details['reason']}")
        sign_ins.end_all(self.account, SignIn.End.OPERATOR)


class RefuseProposal(_OfProposal):
    """Do not let it happen, with the reason. The one who asked takes it back with the same words."""

    name = "access.proposal.refuse"
    title = gettext_lazy("不同意账号事项")

    class Input(base.Input):
        proposal: UUID
        reason: str = Field(min_length=4, max_length=200)

    def change(self) -> Result:
        own = self.actor.account.pk == self.proposal.asked_by_id
        decision = Proposal.Decision.WITHDRAWN if own else Proposal.Decision.REFUSED
        return {**self.decide(decision, self.data.reason), "withdrawn": own}
