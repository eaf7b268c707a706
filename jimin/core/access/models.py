"""Accounts, and the appointments (任职) that give them a role in an office."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core.access.roles import Role
from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **extra: Any) -> Account:
        """A new account; without a password it cannot sign in."""
        account = self.model(username=self.model.normalize_username(username), **extra)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(Record, AbstractBaseUser):
    """One person's way into the console or one system's way into the API."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    is_active = models.BooleanField(_("启用"), default=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Appointment(Record):
    """An account holds a role in a unit between dates. AB 角 is an appointment with `acting_for`."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="appointments")
    role = models.CharField(_("岗位"), max_length=24, choices=Role)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    charge = models.ManyToManyField(ReportingUnit, blank=True, related_name="led_by", verbose_name=_("分管单位"))
    acting_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    valid_from = models.DateField(_("任职日期"))
    valid_to = models.DateField(_("免职日期"), null=True, blank=True)

    class Meta:
        ordering = ["valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "unit", "role"], condition=models.Q(valid_to=None), name="appointment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_role_display()}"


class ApiToken(Record):
    """A token of another system or a script: it acts as one appointment, for named permissions only."""

    name = models.CharField(_("用途"), max_length=100)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="tokens")
    permissions = models.JSONField(_("准许"), default=list)  # dotted names; never more than the role's
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token; the token itself is shown once
    hint = models.CharField(max_length=8)  # the first characters, to tell tokens apart
    expires_on = models.DateField(_("到期日"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    def __str__(self) -> str:
        return self.name
