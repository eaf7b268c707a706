"""Accounts, and the appointments (任职) that give them a role in an office."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from jimin.core import clock
from jimin.core.access import limits
from jimin.core.access.roles import Role
from jimin.core.divisions.models import ReportingUnit
from jimin.core.records import Record, new_id

START_PASSWORD_BYTES = 9  # 12 letters and digits
#: Marks in a User-Agent, the more particular first.
BROWSERS = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
            ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
           ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


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
    must_change_password = models.BooleanField(_("下次登录要改密码"), default=False)  # after a start password
    started_password_at = models.DateTimeField(
        _("初始密码何时给的"), null=True, blank=True
    )  # it does not hold for ever
    browsers_era = models.PositiveIntegerField(default=0)  # known browsers of earlier eras are strangers again

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def start_password_until(self) -> datetime | None:
        """Until when the start password signs in; None when the password is the holder's own."""
        if not self.must_change_password or self.started_password_at is None:
            return None
        return self.started_password_at + timedelta(seconds=limits.seconds("start_password"))

    @property
    def start_password_expired(self) -> bool:
        """Whether there is a start password and it came too late."""
        until = self.start_password_until
        return until is not None and until <= clock.now()

    def start_password(self) -> str:
        """Set a password to begin with, which must be changed at the next sign-in; it is returned and not kept."""
        password = secrets.token_urlsafe(START_PASSWORD_BYTES)
        self.set_password(password)
        self.must_change_password = True
        self.started_password_at = clock.now()
        return password


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
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True)  # the real date, written once a day

    def __str__(self) -> str:
        return self.name


class Proposal(Record):
    """What an operator wants and a second person has to confirm (core.access.second); nothing is in force before."""

    class Kind(models.TextChoices):
        POST = "post", _("任职")
        TOKEN = "token", _("接口令牌")
        PASSWORD = "password", _("重设密码")
        FACTOR = "factor", _("重设动态口令")

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", _("已确认")
        REFUSED = "refused", _("不同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    kind = models.CharField(_("事项"), max_length=10, choices=Kind)
    account = models.ForeignKey(Account, models.PROTECT, related_name="proposals")  # whom it is about
    what = models.CharField(_("内容"), max_length=300)  # in words, for the one who confirms
    details = models.JSONField(default=dict)  # what will be carried out; no clear password, no token
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提出时间"))
    lapses_at = models.DateTimeField(_("最迟确认"))
    decision = models.CharField(_("决定"), max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.what}"

    @property
    def waits(self) -> bool:
        """Whether somebody may still decide."""
        return not self.decision and self.lapses_at > clock.now()


class SecondFactor(Record):
    """An account's 动态口令. The secret is sealed (core.secrets); without `confirmed_at` it is not in force yet."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="factor")
    secret_sealed = models.BinaryField(editable=False)
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(_("绑定时间"), null=True, blank=True)
    last_step = models.BigIntegerField(default=0)  # the time step of the newest accepted code: none is taken twice
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    deletable = True

    def __str__(self) -> str:
        return str(self.account)


class RecoveryCode(Record):
    """One of the codes for when the phone is gone: stored as a digest, good once."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)  # SHA-256 of 80 random bits: nothing to guess from
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)

    deletable = True

    def __str__(self) -> str:
        return str(self.factor)


class SignIn(models.Model):
    """One sign-in of an account: where, when, last used, how it ended."""

    class End(models.TextChoices):
        OUT = "out", _("自己退出")
        IDLE = "idle", _("长时间没有操作")
        LONGEST = "longest", _("到了最长时间")
        OTHERS = "others", _("从另一台设备退出")
        OPERATOR = "operator", _("系统运维处理账号时退出")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40, db_index=True, blank=True)  # emptied when it ends
    address = models.GenericIPAddressField(_("地址"), null=True, blank=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))
    ended_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    end = models.CharField(_("怎么退出的"), max_length=10, choices=End, blank=True)

    deletable = True  # old ones go (core.access.sweeping); the audit rows of signing in and out stay

    class Meta:
        indexes = [models.Index(fields=["account", "-started_at"], name="signin_of_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def device(self) -> str:
        """The browser and the system, as far as the browser says; else what it says."""
        browser = next((name for mark, name in BROWSERS if mark in self.agent), "")
        system = next((name for mark, name in SYSTEMS if mark in self.agent), "")
        return " · ".join(part for part in (browser, system) if part) or self.agent[:40] or "—"
