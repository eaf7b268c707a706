"""A page or an answer for what no code of ours is to blame for: no database, a full disk, a record that is held.

Django comes to `server_error` with the error still at hand; what kind it is decides the words. All are 503 with
Retry-After, and what was typed can be sent again with its own key, so that it is carried out once (decision 0011).
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import errors as pg

from jimin.core.secrets.keys import KeyFault

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Outage:
    """The words, and after how many seconds another try makes sense."""

    title: Text
    what: Text
    next_step: Text
    retry_after: int


AWAY = Outage(
    _("数据库暂时连不上"),
    _("系统正在等它恢复，会自己接上。这一次的操作没有办理；以前已经办成的不受影响。"),
    _("请过半分钟再试。一直这样，请告诉系统管理员。"),
    10,
)
FULL = Outage(
    _("服务器的磁盘满了"),
    _("这一次的操作没有办理，也没有存下一半。磁盘有了空间，系统会自己恢复。"),
    _("请告诉系统管理员清理磁盘（jimin status 会说是哪一个）；查看一般不受影响。"),
    60,
)
BUSY = Outage(
    _("别人正在改同一份记录"),
    _("等了一会儿还没有轮到，这一次的操作没有办理。"),
    _("请稍等片刻再提交一次。"),
    5,
)
KEYS = Outage(
    _("加密的号码和文件暂时打不开"),
    _("服务器上的密钥文件不在、不能读或已损坏。这一次的操作没有办理；号码和文件没有丢。"),
    _("请告诉系统管理员（jimin status 会说是哪里不对）；不涉及号码和文件的页面不受影响。"),
    60,
)
SLOW = Outage(
    _("这一页算得太久，先停下了"),
    _("服务器现在很忙，或者要的数据太多。这一次的操作没有办理。"),
    _("请过一会儿再试；查列表时可以把范围缩小一些。"),
    30,
)

DISK = (errno.ENOSPC, errno.EDQUOT)
TOO_MUCH = (pg.ProgramLimitExceeded, pg.StatementTooComplex, pg.TooManyColumns, pg.TooManyArguments)  # ours to mend
HELD = (pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure)


def outage_of(error: BaseException | None) -> Outage | None:
    """The kind of outage behind an error; None for a fault of ours."""
    chain = list(_chain(error))
    if any(isinstance(e, pg.DiskFull) or (isinstance(e, OSError) and e.errno in DISK) for e in chain):
        return FULL
    if any(isinstance(e, KeyFault) for e in chain):
        return KEYS
    if any(isinstance(e, HELD) for e in chain):
        return BUSY
    if any(isinstance(e, pg.QueryCanceled) for e in chain):
        return SLOW
    if any(isinstance(e, TOO_MUCH) for e in chain):
        return None
    if any(isinstance(e, OperationalError | InterfaceError | pg.IdleInTransactionSessionTimeout) for e in chain):
        return AWAY
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and its causes; beyond a database error not what was being handled when it came."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if isinstance(error, Error) else error.__context__)


#: Never kept and never sent back to the browser: words in a field's name, and whole names (changing a password).
SECRET_WORDS, SECRET_NAMES = ("password", "otp"), frozenset({"old", "new", "again"})


def again(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that can be sent once more as they are; empty for one with files or with a password."""
    if request.method != "POST" or request.content_type != "application/x-www-form-urlencoded":
        return []
    found = [(name, value) for name, values in request.POST.lists() for value in values]
    return [] if holds_secret(request) else found


def holds_secret(request: HttpRequest) -> bool:
    """Whether a form brings a password or a code: its view says so, or (when it was not reached) its fields' names."""
    if hasattr(request, "sensitive_post_parameters"):
        return True
    names = [name.lower() for name in request.POST]
    return any(name in SECRET_NAMES or any(word in name for word in SECRET_WORDS) for name in names)


class Brief(logging.Filter):
    """An outage is one line for each request in the log, not a page of traceback: a log must not fill the disk too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten; keep every record."""
        error = record.exc_info[1] if record.exc_info else None
        if getattr(record, "status_code", 0) == 503 and isinstance(error, OperationalError | OSError):
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__})", ()
            record.exc_info, record.exc_text = None, None
        return True
