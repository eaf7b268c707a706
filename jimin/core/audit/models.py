"""The audit trail: one row for each record an action changed, written in the action's transaction.

Rows are never updated. They carry the transaction's id so that the sealer can take only what is
certainly committed, in the order (xid, id). Transaction ids start again when a dump is restored into
another cluster, so each row also says in which cluster it was written (`epoch`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core import clock
from jimin.core.records import Record


class Xid8Field(models.Field):
    """PostgreSQL's xid8, read as an int; the database fills it with the current transaction's id."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return f"({sql})::text::bigint", params


def _cluster() -> Func:
    return Func(
        function="pg_control_system",
        template="(%(function)s()).system_identifier",
        output_field=models.BigIntegerField(),
    )


class AuditRow(models.Model):
    """Who did what to which record, when, and what was before and after (canonical JSON text)."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    xid = Xid8Field(db_default=Func(function="pg_current_xact_id"), editable=False)
    epoch = models.BigIntegerField(db_default=_cluster(), editable=False)
    at = models.DateTimeField(_("时间"), db_default=Func(function="clock_timestamp"))
    day = models.DateField(_("业务日"))
    account = models.UUIDField(_("账号"), null=True)
    appointment = models.UUIDField(_("任职"), null=True)
    actor = models.CharField(_("办理人"), max_length=200)
    unit = models.CharField(_("单位代码"), max_length=40)
    action = models.CharField(_("动作"), max_length=80)
    object_type = models.CharField(_("对象"), max_length=60)
    object_id = models.CharField(_("对象编号"), max_length=40)
    body = models.TextField(_("内容"))

    class Meta:
        verbose_name = _("审计记录")
        indexes = [
            models.Index(fields=["epoch", "xid", "id"]),
            models.Index(fields=["object_id", "id"]),
            # What an auditor picks by, each in the order of time.
            models.Index(fields=["at", "id"]),
            models.Index(fields=["account", "at", "id"]),
            models.Index(fields=["unit", "at", "id"]),
            models.Index(fields=["action", "at", "id"]),
            BrinIndex(fields=["day"]),
        ]


class Block(models.Model):
    """A sealed stretch of rows: the Merkle root over their hashes, chained to the block before (RFC 9162's tree, SM3).

    It covers the rows of one epoch with (after_xid, after_id) < (xid, id) <= (upto_xid, upto_id).
    `manifest` holds, row by row, the id (8 bytes) and the hash (32 bytes), so that a changed row can be named.
    """

    append_only = True

    no = models.BigIntegerField(primary_key=True)
    epoch = models.BigIntegerField()
    after_xid = models.BigIntegerField()
    after_id = models.BigIntegerField()
    upto_xid = models.BigIntegerField()
    upto_id = models.BigIntegerField()
    n = models.PositiveIntegerField()
    root = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    manifest = models.BinaryField()
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))


class Verification(Record):
    """One check of the trail that somebody asked for, and what it found."""

    class State(models.TextChoices):
        RUNNING = "running", _("核验中")
        CLEAN = "clean", _("没有发现改动")
        CHANGED = "changed", _("发现改动")
        DOUBTFUL = "doubtful", _("没有发现改动，有待查明")
        FAILED = "failed", _("没有核验成")

    at = models.DateTimeField(_("提出时间"), db_default=Func(function="clock_timestamp"))
    by = models.CharField(_("提出人"), max_length=200)
    state = models.CharField(_("结果"), max_length=10, choices=State, default=State.RUNNING)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    seconds = models.FloatField(_("用时（秒）"), default=0)
    rows = models.BigIntegerField(_("核验条数"), default=0)
    blocks = models.BigIntegerField(_("核验区块"), default=0)
    first_bad = models.BigIntegerField(_("第一条有问题的记录"), null=True, blank=True)
    report = models.TextField(_("核验报告"), blank=True)  # JSON, as `jimin audit verify --json` prints it

    class Meta:
        verbose_name = _("审计核验")
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return f"{self.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
