"""Signing in and out, wrong passwords and lock-outs, as they stand in the audit trail."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from jimin.core.access import address, lockout
from jimin.core.access.models import Account
from jimin.core.audit import api as audit
from jimin.core.audit.api import Change, Sort, Who

IN = audit.declare("access.signed_in", _("登录"), Sort.SESSION)
OUT = audit.declare("access.signed_out", _("退出登录"), Sort.SESSION)
FAILED = audit.declare("access.sign_in_failed", _("登录失败"), Sort.REFUSED)
LOCKED = audit.declare("access.locked_out", _("登录被暂时锁定"), Sort.REFUSED)
CODE_FAILED = audit.declare("access.code_failed", _("动态口令不对"), Sort.REFUSED)
CODE_LOCKED = audit.declare("access.code_locked", _("动态口令被暂时锁定"), Sort.REFUSED)
PASSWORD_FAILED = audit.declare("access.password_failed", _("登录以后又问密码时输错"), Sort.REFUSED)
EXPIRED = audit.declare("access.start_password_expired", _("用过期的初始密码登录"), Sort.REFUSED)
TOKEN_FAILED = audit.declare("access.token_failed", _("接口令牌不对"), Sort.REFUSED)
TOKENS_LOCKED = audit.declare("access.tokens_locked", _("接口令牌错得太多"), Sort.REFUSED)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **_more: Any) -> None:
    """An account came in."""
    _write(IN, user, request)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Account | None, **_more: Any) -> None:
    """An account left; a session that had ended before has nobody to name."""
    if user is not None:
        _write(OUT, user, request)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """A wrong password, or an account that does not exist; or a wrong token of another system."""
    kind = PASSWORD_FAILED if getattr(request, "inside", False) else FAILED
    _write(TOKEN_FAILED if lockout.is_of_tokens(request) else kind, str(credentials.get("username") or ""), request)


@receiver(user_locked_out)
def locked_out(request: HttpRequest, username: str, **_more: Any) -> None:
    """Too many wrong passwords, or wrong tokens. Axes counts a known browser apart, behind a #."""
    _write(TOKENS_LOCKED if lockout.is_of_tokens(request) else LOCKED, username.partition("#")[0], request)


def start_password_expired(account: Account, request: HttpRequest) -> None:
    """The start password was right, and too old."""
    _write(EXPIRED, account, request)


def code_failed(account: Account, request: HttpRequest | None, locks: bool) -> None:
    """A wrong code after the right password; the last of too many locks."""
    _write(CODE_FAILED, account, request)
    if locks:
        _write(CODE_LOCKED, account, request)


def _write(kind: audit.Kind, whom: Account | str, request: HttpRequest | None) -> None:
    """One row about the account. An unknown name is masked: people type their password into the wrong field."""
    account = whom if isinstance(whom, Account) else Account.objects.filter(username=whom).first()
    after = {"from": address.of(request) or ""} if request is not None else {}
    if kind in (TOKEN_FAILED, TOKENS_LOCKED):
        audit.write(Who(), kind.name, [Change("access.apitoken", "", {}, after)])
        return
    if account is None:
        change = Change(
            Account._meta.label_lower, "", {}, {**after, "sought": {"account": audit.trace_of("account", str(whom))}}
        )
        audit.write(Who(), kind.name, [change])
        return
    # Nobody has proved to be the holder when the password was wrong: the row is about the account, not by it.
    by = Who(account.id, None, account.name) if kind in (IN, OUT) else Who()
    audit.write(by, kind.name, [Change.to(account, {}, after)])
