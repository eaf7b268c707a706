"""动态口令: the second factor of a sign-in (TOTP, RFC 6238, as every authenticator app makes it).

The secret is sealed with the installation's keys (core.secrets): a copy of the database alone makes no code. Each code
is taken once: only a time step newer than the last accepted one counts, so what was seen over a shoulder or on the wire
is worth nothing. Real time, never the business day.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access import limits
from jimin.core.access.models import Account, RecoveryCode, SecondFactor
from jimin.core.secrets import cipher

DIGITS = 6  # what the apps of phones support
ISSUER = "济民"  # how the app on the phone names us, whatever the language of the page
SECRET_BYTES = 20  # RFC 4226: 160 bits
CODE_BYTES = 10  # of a recovery code: 80 bits, 16 letters and digits
TABLE, FIELD = "access_secondfactor", "secret"


class Wrong(Exception):
    """The code was not taken. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A code that was taken: with the phone, or one of the recovery codes and how many are left."""

    recovery: bool = False
    left: int = 0


def active(account: Account) -> SecondFactor | None:
    """The second factor in force, or None."""
    return SecondFactor.objects.filter(account=account).exclude(confirmed_at=None).first()


def required(roles: AbstractSet[str]) -> bool:
    """Whether one of the roles must sign in with a code today; in the demo nobody must."""
    return not clock.is_demo() and bool(limits.required_for(clock.now().date()) & roles)


# -- the secret -----------------------------------------------------------------------------------


def place(factor: SecondFactor) -> dict[str, Any]:
    """What the sealed secret is bound to."""
    return {"table": TABLE, "pk": factor.pk, "field": FIELD}


def new_secret(factor: SecondFactor) -> None:
    """Give a factor (which has its id) another secret, sealed for this row alone."""
    text = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    factor.secret_sealed = cipher.seal(text, **place(factor))


def secret(factor: SecondFactor) -> str:
    """The secret in base 32, for the enrolment page alone."""
    return cipher.unseal(bytes(factor.secret_sealed), **place(factor))


def uri(factor: SecondFactor) -> str:
    """What the QR code says (otpauth://…). Never an address of ours, never logged."""
    return _totp(factor).get_provisioning_uri(factor.account.username, ISSUER)


def code_at(factor: SecondFactor, moment: datetime) -> str:
    """The code of a moment: what the phone shows (tests and nothing else need it)."""
    return _totp(factor).generate(moment.timestamp()).decode()


def _totp(factor: SecondFactor) -> TOTP:
    key = base64.b32decode(secret(factor))
    return TOTP(key, DIGITS, SHA1(), limits.seconds("code_step"))  # noqa: S303 - SHA-1 in HMAC: the one that all apps know


# -- checking -------------------------------------------------------------------------------------


def check(account: Account, text: str, moment: datetime | None = None) -> Taken:
    """Take a code or a recovery code. Raises Wrong; the caller then calls `failed`, outside what it rolls back."""
    now = moment or clock.now()
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(account=account).first()
        if factor is None:
            raise Wrong(_("还没有绑定动态口令。请先绑定。"))
        if factor.locked_until and now < factor.locked_until:
            raise Wrong(_locked(factor.locked_until, now))
        plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
        taken = _step(factor, plain, now) if re.fullmatch(r"\d{6}", plain) else _recovery(factor, plain, now)
        factor.failures, factor.locked_until = 0, None
        factor.save(update_fields=["failures", "locked_until", "last_step"])
        return taken


def _step(factor: SecondFactor, code: str, now: datetime) -> Taken:
    """One of the codes around now, newer than the last accepted one."""
    seconds, drift = limits.seconds("code_step"), limits.count("code_drift")
    here, totp = int(now.timestamp()) // seconds, _totp(factor)
    # Every step is computed, so that the time taken says nothing.
    steps = [s for s in range(here - drift, here + drift + 1) if _same(totp.generate(s * seconds).decode(), code)]
    if not steps:
        raise Wrong(_("动态口令不对。请看手机上现在显示的 6 位数；一直不对时，请把手机时间设成自动。"))
    if steps[-1] <= factor.last_step:
        raise Wrong(_("这个动态口令已经用过。请等手机上换成下一个再填。"))
    factor.last_step = steps[-1]
    return Taken()


def _recovery(factor: SecondFactor, code: str, now: datetime) -> Taken:
    found = RecoveryCode.objects.filter(factor=factor, digest=digest(factor, code), used_at=None).first()
    if found is None:
        raise Wrong(_("动态口令是 6 位数字，恢复码是 16 位字母和数字。这个不对，或恢复码已经用过。"))
    found.used_at = now
    found.save(update_fields=["used_at"])
    return Taken(True, RecoveryCode.objects.filter(factor=factor, used_at=None).count())


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(a, b)


def failed(account: Account, moment: datetime | None = None) -> bool:
    """Count a wrong code; at the limit the factor rests for a while. Returns whether this one locked it.

    Only who has the password gets here, so this lock cannot be used against somebody by strangers.
    """
    now = moment or clock.now()
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(account=account).first()
        if factor is None or (factor.locked_until and now < factor.locked_until):
            return False
        factor.failures += 1
        locks = factor.failures >= limits.count("code_tries")
        if locks:
            factor.failures, factor.locked_until = 0, now + timedelta(seconds=limits.seconds("code_lock"))
        factor.save(update_fields=["failures", "locked_until"])
        return locks


def _locked(until: datetime, now: datetime) -> str:
    minutes = max(1, -(-int((until - now).total_seconds()) // 60))
    return _("动态口令连续错了几次，先停一停。请过 %d 分钟再试；急用时请系统管理员重设动态口令。") % minutes


# -- recovery codes -------------------------------------------------------------------------------


def digest(factor: SecondFactor, code: str) -> str:
    """What is stored of a recovery code."""
    return hashlib.sha256(f"{factor.pk}:{code}".encode()).hexdigest()


def new_codes(factor: SecondFactor) -> tuple[str, ...]:
    """Fresh recovery codes in place of the old ones; the clear texts are returned and stored nowhere."""
    codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode() for _n in range(limits.count("recovery_codes"))]
    factor.codes.all().delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(factor=factor, digest=digest(factor, code)) for code in codes])
    return tuple("-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes)


def codes_left(factor: SecondFactor) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(factor=factor, used_at=None).count()
