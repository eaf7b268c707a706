"""Accounts and appointments: made and ended by an operator; a password changed by its holder."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, SecretStr

from jimin.core.access import once, posts, second
from jimin.core.access.models import Account, Appointment, Proposal
from jimin.core.access.own_password import WithPassword
from jimin.core.access.posts import Post
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Problem, Refused


class ChangePassword(WithPassword):
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
        self.take_password(self.data.old, "old")
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
        self.account.must_change_password, self.account.started_password_at = False, None
        self.account.browsers_era += 1
        self.account.version = before + 1
        self.account.save(
            update_fields=["password", "must_change_password", "started_password_at", "browsers_era", "version"]
        )
        self.log(self.account, {"version": before}, {"version": before + 1}, note="修改密码")
        return {"account": str(self.account.id)}


class Appointing(Post):
    """One person in one post: account name, the person's name, and the post."""

    username: str = Field(pattern=r"^[a-z0-9_.-]{2,60}$")
    name: str = Field(min_length=1, max_length=60)
    password: SecretStr | None = None  # without one the account cannot sign in
    start: bool = False  # a new account gets a start password, shown once and to be changed at the first sign-in

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.username, self.unit, self.role)


class Appoint(Action):
    """Give people their posts; an account that does not exist yet is made. A powerful post waits for a second person."""

    name = "access.appoint"
    title = gettext_lazy("任职登记")
    allowed = (Role.OPERATOR,)
    risk = gettext_lazy("任职决定能办理什么")

    class Input(base.Input):
        posts: list[Appointing] = Field(min_length=1)

    def load(self) -> None:
        names = {p.username for p in self.data.posts}
        self.accounts = {a.username: a for a in Account.objects.filter(username__in=names)}
        self.units = posts.units(self.data.posts)
        asked = second.waiting().filter(kind=Proposal.Kind.POST, account__username__in=names).select_related("account")
        self.held = posts.held(names) | {
            (p.account.username, p.details["unit"], p.details["role"]) for p in asked
        }  # fmt: skip

    def check(self) -> None:
        problems = []
        for i, post in enumerate(self.data.posts):
            if post.username == self.actor.account.username:
                problems.append(Problem(_("不能给自己任职。请另一位系统运维办理。"), f"posts.{i}.username"))
            if problem := posts.problem_of(post, self.units):
                problems.append(Problem(problem.message, f"posts.{i}.{problem.field}"))
        if problems:
            raise Refused(_("有 %d 处任职不能登记，全部没有登记。") % len(problems), *problems)

    def change(self) -> Result:
        self.start_passwords: list[str] = []
        fresh = {p.username: p for p in self.data.posts if p.username not in self.accounts}
        made = [self._account(p) for p in fresh.values()]
        Account.objects.bulk_create(made, batch_size=500)
        self.accounts |= {a.username: a for a in made}
        wanted = [p for p in self.data.posts if p.key not in self.held]
        waits = [p for p in wanted if second.post_needs(self.actor, p.role, self.units[p.unit])]
        at_once = [(self.accounts[p.username], p) for p in wanted if p not in waits]
        for appointment, post in posts.make(at_once, self.units):
            after = {"account": appointment.account.username, "unit": post.unit, "role": post.role}
            self.log(appointment, {}, after)
        for post in waits:
            details = post.model_dump(mode="json", include=set(Post.model_fields))
            words = second.post_in_words(self.units[post.unit], post.role)
            second.propose(self, Proposal.Kind.POST, self.accounts[post.username], words, details)
        once.put(*self.start_passwords)
        return {"accounts": len(made), "appointments": len(at_once), "waiting": len(waits)}

    def _account(self, post: Appointing) -> Account:
        account = Account(username=post.username, name=post.name)
        if post.start:
            self.start_passwords.append(account.start_password())
        elif post.password is None:
            account.set_unusable_password()
        else:
            account.set_password(post.password.get_secret_value())
        return account


class EndAppointment(Action):
    """End an appointment on a day; what was done under it stays as it was."""

    name = "access.end_appointment"
    title = gettext_lazy("免职登记")
    allowed = (Role.OPERATOR,)

    class Input(base.Input):
        appointment: UUID
        on: date

    def load(self) -> None:
        self.appointment = self.get(Appointment.objects.filter(valid_to=None), self.data.appointment, what=_("任职"))

    def check(self) -> None:
        second.not_oneself(self, self.appointment.account, _("不能登记自己的免职。"))
        if self.data.on < self.appointment.valid_from:
            raise self.refuse(_("免职日期不能早于任职日期 %s。") % self.appointment.valid_from, "on")

    def change(self) -> Result:
        self.appointment.valid_to = self.data.on
        self.appointment.version += 1
        self.appointment.save(update_fields=["valid_to", "version"])
        self.log(self.appointment, {"valid_to": None}, {"valid_to": self.data.on, "version": self.appointment.version})
        return {"appointment": str(self.appointment.id)}
