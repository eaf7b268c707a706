"""The registers of accounts and of tokens: who may work here, in which posts, and how their sign-in stands."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from jimin.core import clock
from jimin.core.access import lockout, second, system
from jimin.core.access.models import Account, ApiToken, Appointment, Proposal, SecondFactor
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.access.second_actions import SECOND
from jimin.core.registers.api import Choice, Column, DateRange, Register, Status, YesNo


def in_post(day: Any) -> Q:
    """Appointments held on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def _posts(account: Account) -> str:
    held = [
        f"{p.unit.short_name} {p.get_role_display()}" + (_("（AB 角）") if p.acting_for_id else "")
        for p in account.posts_now  # type: ignore[attr-defined]
    ]
    return "；".join(held + [_("待确认：%s") % p.what for p in account.waiting_now])  # type: ignore[attr-defined]


def state_of(account: Account, locked: bool) -> Status:
    """Closed, locked, a start password not yet changed, or in order."""
    if not account.is_active:
        return Status("none", _("已停用"))
    if locked:
        return Status("late", _("登录锁定"))
    if account.start_password_expired:
        return Status("late", _("初始密码已过期"))
    if account.must_change_password:
        return Status("slow", _("待改初始密码"))
    return Status("ok", _("正常"))


class Accounts(Register):
    """账号与岗位: an operator's and an auditor's; nobody's case, no person's data."""

    name = "access.accounts"
    title = lazy("账号与岗位")
    model = Account
    allowed = (Role.OPERATOR, Role.AUDITOR)
    note = lazy("谁能登录、在哪个单位的什么岗位。这里看不到任何业务内容和群众的资料。")
    columns = (
        Column("username", lazy("账号"), kind="code", sort="username"),
        Column("name", lazy("姓名"), sort="name"),
        Column("posts", lazy("现任岗位"), value=_posts, width=40),
        Column("last_login", lazy("上次登录"), kind="moment", sort="last_login"),
        Column("code", lazy("动态口令"), value=lambda a: _("已绑定") if a.has_factor else _("未绑定"), width=10),
        Column("state", lazy("状态"), kind="status", value=lambda a: state_of(a, a.is_locked), width=12),
    )
    filters = (
        Choice("role", lazy("岗位"), choices=Role.choices,
               condition=lambda role: Q(appointments__role=role) & Q(pk__in=_holders(role))),
        YesNo("closed", lazy("已停用"), condition=Q(is_active=False)),
        YesNo("waiting", lazy("有事项待确认"), condition=Q(proposals__decision="", proposals__lapses_at__gt=Now())),
        YesNo("code", lazy("已绑动态口令"), condition=Q(factor__confirmed_at__isnull=False)),
    )  # fmt: skip
    search = ("username", "name", "appointments__unit__short_name")
    order = ("username",)

    def rows(self, actor: Actor) -> QuerySet[Any]:
        day = clock.business_day()
        now = Prefetch("appointments", Appointment.objects.filter(in_post(day)).select_related("unit"), "posts_now")
        bound = SecondFactor.objects.filter(account=OuterRef("pk")).exclude(confirmed_at=None)
        locked = Account.objects.filter(pk=OuterRef("pk"), username__in=lockout.locked())
        waiting = Prefetch("proposals", second.waiting(), "waiting_now")
        people = Account.objects.exclude(username=system.USERNAME).prefetch_related(now, waiting)
        return people.annotate(has_factor=Exists(bound), is_locked=Exists(locked)).distinct()

    def url(self, record: Account) -> str:
        return reverse("console:account", args=[record.pk])


def _holders(role: str) -> QuerySet[Any]:
    return Appointment.objects.filter(in_post(clock.business_day()), role=role).values("account")


def token_state(token: ApiToken) -> Status:
    """Whether a token opens anything today, and if not, why."""
    day, post = clock.business_day(), token.appointment
    if token.revoked_at is not None:
        return Status("none", _("已停用"))
    if token.expires_on < day:
        return Status("none", _("已到期"))
    if not post.account.is_active or post.valid_from > day or (post.valid_to is not None and post.valid_to <= day):
        return Status("late", _("岗位已结束"))
    return Status("ok", _("有效"))


class Tokens(Register):
    """接口令牌: which other systems may call, as whom, until when. The tokens themselves stand nowhere."""

    name = "access.tokens"
    title = lazy("接口令牌")
    model = ApiToken
    allowed = (Role.OPERATOR, Role.AUDITOR)
    note = lazy(
        "其他系统凭令牌以某个岗位办事，只能做写明的几项。令牌本身只在发放时显示一次。发放：从“账号与岗位”打开账号，在岗位旁边点“发令牌”。"
    )
    columns = (
        Column("name", lazy("用途"), sort="name", width=30),
        Column("hint", lazy("开头"), value=lambda t: f"{t.hint}…", kind="code", width=12),
        Column("account", lazy("代表谁"), value="appointment.account.name", sort="appointment__account__name"),
        Column("post", lazy("岗位"), value=lambda t: str(t.appointment), width=30),
        Column("n", lazy("准许几项"), value=lambda t: len(t.permissions), kind="number"),
        Column("expires_on", lazy("到期日"), kind="date", sort="expires_on"),
        Column("last_used_on", pgettext_lazy("token", "最近使用"), kind="date", sort="last_used_on"),
        Column("state", lazy("状态"), kind="status", value=token_state, width=12),
    )
    filters = (
        YesNo("revoked", lazy("已停用"), condition=Q(revoked_at__isnull=False)),
        DateRange("expires_on", lazy("到期日")),
    )
    search = ("name", "hint", "appointment__account__name")
    order = ("-id",)
    empty = lazy("还没有发过接口令牌。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return ApiToken.objects.select_related("appointment__account", "appointment__unit")

    def url(self, record: ApiToken) -> str:
        return reverse("console:token", args=[record.pk])


def proposal_state(proposal: Proposal) -> Status:
    """Waiting, decided, or too late."""
    if proposal.waits:
        return Status("slow", _("等确认"))
    if not proposal.decision:
        return Status("none", _("过期作废"))
    kind = "ok" if proposal.decision == Proposal.Decision.CONFIRMED else "none"
    return Status(kind, proposal.get_decision_display())


class Proposals(Register):
    """待确认的账号事项: what an operator wants and somebody else has to confirm."""

    name = "access.proposals"
    title = lazy("待确认的账号事项")
    model = Proposal
    allowed = SECOND
    note = lazy(
        "签批、审计、运维等岗位的任职和密码，以及接口令牌，要提出人以外的系统运维、审计员或办公室主任确认才生效。"
    )
    columns = (
        Column("kind", lazy("事项"), value=lambda p: p.get_kind_display(), width=12),
        Column("account", lazy("谁"), value="account.name", sort="account__name"),
        Column("what", lazy("内容"), width=40),
        Column("asked_by", lazy("提出人"), value="asked_by.name"),
        Column("asked_at", lazy("提出时间"), kind="moment", sort="asked_at"),
        Column("lapses_at", lazy("最迟确认"), kind="moment", sort="lapses_at"),
        Column("state", lazy("状态"), kind="status", value=proposal_state, width=12),
    )
    filters = (
        YesNo("waiting", lazy("等确认"), condition=Q(decision="", lapses_at__gt=Now())),
        Choice("kind", lazy("事项"), choices=Proposal.Kind.choices),
    )
    search = ("account__name", "account__username", "what")
    order = ("-id",)
    empty = lazy("没有要确认的。")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return Proposal.objects.select_related("account", "asked_by", "decided_by")

    def url(self, record: Proposal) -> str:
        return reverse("console:proposal", args=[record.pk])
