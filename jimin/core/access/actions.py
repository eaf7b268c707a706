"""Accounts and appointments: made and ended by an operator; a password changed by its holder."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, SecretStr

from jimin.core.access import once
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import ROLES_OF, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Problem, Refused
from jimin.core.divisions.models import ReportingUnit


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
        self.account.must_change_password = False
        self.account.version = before + 1
        self.account.save(update_fields=["password", "must_change_password", "version"])
        self.log(self.account, {"version": before}, {"version": before + 1}, note="修改密码")
        return {"account": str(self.account.id)}


class Appointing(base.Input):
    """One person in one post: account name, the person's name, the unit's code, the role, from when."""

    username: str = Field(pattern=r"^[a-z0-9_.-]{2,60}$")
    name: str = Field(min_length=1, max_length=60)
    unit: str
    role: Role
    title: str = Field("", max_length=60)
    charge: list[str] = []  # codes of the units a 分管 leader is in charge of
    acting_for: str = ""  # username of the one this appointment is the deputy (AB 角) of
    valid_from: date
    password: SecretStr | None = None  # without one the account cannot sign in
    start: bool = False  # a new account gets a start password, shown once and to be changed at the first sign-in


class Appoint(Action):
    """Give people their posts; an account that does not exist yet is made."""

    name = "access.appoint"
    title = gettext_lazy("任职登记")
    allowed = (Role.OPERATOR,)
    risk = gettext_lazy("任职决定能办理什么")

    class Input(base.Input):
        posts: list[Appointing] = Field(min_length=1)

    def load(self) -> None:
        names = {p.username for p in self.data.posts}
        codes = {c for p in self.data.posts for c in (p.unit, *p.charge)}
        self.accounts = {a.username: a for a in Account.objects.filter(username__in=names)}
        self.units = {u.code: u for u in ReportingUnit.objects.filter(code__in=codes, valid_to=None)}
        held = Appointment.objects.filter(account__username__in=names, valid_to=None)
        self.held = {(a.account.username, a.unit.code, a.role) for a in held.select_related("account", "unit")}

    def check(self) -> None:
        problems = []
        for i, post in enumerate(self.data.posts):
            if post.username == self.actor.account.username:
                problems.append(Problem(_("不能给自己任职。请另一位系统运维办理。"), f"posts.{i}.username"))
            unknown = [c for c in (post.unit, *post.charge) if c not in self.units]
            if unknown:
                problems.append(Problem(_("没有报送单位“%s”。") % "、".join(unknown), f"posts.{i}.unit"))
            elif post.role not in ROLES_OF[self.units[post.unit].kind]:
                told = {"unit": self.units[post.unit].name, "role": post.role.label}
                problems.append(Problem(_("“%(unit)s”没有“%(role)s”这个岗位。") % told, f"posts.{i}.role"))
        if problems:
            raise Refused(_("有 %d 处任职不能登记，全部没有登记。") % len(problems), *problems)

    def change(self) -> Result:
        self.start_passwords: list[str] = []
        fresh = {p.username: p for p in self.data.posts if p.username not in self.accounts}
        made = [self._account(p) for p in fresh.values()]
        Account.objects.bulk_create(made, batch_size=500)
        self.accounts |= {a.username: a for a in made}
        posts = [p for p in self.data.posts if (p.username, p.unit, p.role) not in self.held]
        appointments = [
            Appointment(
                account=self.accounts[p.username],
                unit=self.units[p.unit],
                role=p.role,
                title=p.title,
                valid_from=p.valid_from,
                acting_for=self._behind(p),
            )
            for p in posts
        ]
        Appointment.objects.bulk_create(appointments, batch_size=500)
        for post, appointment in zip(posts, appointments, strict=True):
            if post.charge:
                appointment.charge.set([self.units[c] for c in post.charge])
            self.log(appointment, {}, {"account": post.username, "unit": post.unit, "role": post.role})
        once.put(*self.start_passwords)
        return {"accounts": len(made), "appointments": len(appointments)}

    def _account(self, post: Appointing) -> Account:
        account = Account(username=post.username, name=post.name)
        if post.start:
            self.start_passwords.append(account.start_password())
        elif post.password is None:
            account.set_unusable_password()
        else:
            account.set_password(post.password.get_secret_value())
        return account

    def _behind(self, post: Appointing) -> Appointment | None:
        if not post.acting_for:
            return None
        found = Appointment.objects.filter(
            account__username=post.acting_for, unit__code=post.unit, valid_to=None
        ).first()
        if found is None:
            raise self.refuse(_("“%s”在这个单位没有任职，不能设 AB 角。") % post.acting_for, "acting_for")
        return found


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
        if self.data.on < self.appointment.valid_from:
            raise self.refuse(_("免职日期不能早于任职日期 %s。") % self.appointment.valid_from, "on")

    def change(self) -> Result:
        self.appointment.valid_to = self.data.on
        self.appointment.version += 1
        self.appointment.save(update_fields=["valid_to", "version"])
        self.log(self.appointment, {"valid_to": None}, {"valid_to": self.data.on, "version": self.appointment.version})
        return {"appointment": str(self.appointment.id)}
