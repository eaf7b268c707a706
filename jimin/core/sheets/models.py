"""An import: who brings which file into which register, how far it has come, and its rows, sealed, a chunk each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core.access.models import Account, Appointment
from jimin.core.access.scope import Actor
from jimin.core.files.models import StoredFile
from jimin.core.records import Record
from jimin.core.secrets import cipher
from jimin.core.sheets.base import Fault, Line

KINDS = ("add", "change", "same", "wrong")


class ImportState(models.TextChoices):
    READING = "reading", _("读取中")
    READY = "ready", _("待确认")
    WRITING = "writing", _("写入中")
    DONE = "done", _("完成")
    UNREAD = "unread", _("没有读成")
    ABANDONED = "abandoned", _("已放弃")


OPEN = (ImportState.READING, ImportState.READY, ImportState.WRITING)
AT_WORK = (ImportState.READING, ImportState.WRITING)


class SheetImport(Record):
    """One file on its way into a register. Only who started it sees it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+", verbose_name=_("任职"))
    register = models.CharField(_("登记册"), max_length=80)
    language = models.CharField(max_length=10)  # of the page: the words that come back are the importer's
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    marked = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("标注后的文件"))  # fmt: skip
    partial = models.BooleanField(default=False)  # the marked file holds the wrong rows alone
    state = models.CharField(_("状态"), max_length=10, choices=ImportState, default=ImportState.READING)
    at = models.DateTimeField(_("开始"), db_default=Func(function="clock_timestamp"))
    moved_at = models.DateTimeField(_("最近进展"), db_default=Func(function="clock_timestamp"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    grid = models.CharField(_("工作表"), max_length=120, blank=True)
    heading = models.JSONField(default=dict)  # column → its letter
    notes = models.JSONField(_("提示"), default=list)
    problems = models.JSONField(_("没有读成的原因"), default=list)
    read = models.PositiveIntegerField(_("已读行数"), default=0)
    whole = models.BooleanField(default=False)  # the file was read to its end
    counts = models.JSONField(_("各类行数"), default=dict)  # add, change, same, wrong
    written = models.PositiveIntegerField(_("已写入行数"), default=0)
    refused = models.PositiveIntegerField(_("写入时不成的行数"), default=0)

    class Meta:
        verbose_name = _("表格导入")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["account", "register", "-at"], name="sheet_import_mine")]

    def __str__(self) -> str:
        return self.file.name

    @property
    def due(self) -> int:
        """How many rows are to be written."""
        return int(self.counts.get("add", 0)) + int(self.counts.get("change", 0))

    @property
    def wrong(self) -> int:
        """How many rows are wrong, also those that the write refused."""
        return int(self.counts.get("wrong", 0)) + self.refused

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class SheetChunk(models.Model):
    """Some rows of an import in their order: sealed, for a sheet may hold what no table keeps in clear."""

    deletable = True  # working state: swept some time after the import has ended

    sheet_import = models.ForeignKey(SheetImport, models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField(editable=False)
    counts = models.JSONField(default=dict)  # kind → rows
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sheet_import", "number"]
        constraints = [models.UniqueConstraint(fields=["sheet_import", "number"], name="sheet_chunk_once")]

    @property
    def lines(self) -> list[Line]:
        """The rows, opened."""
        return [_line(raw) for raw in json.loads(cipher.unseal(bytes(self.sealed), **self.place()))]

    def keep(self, lines: Sequence[Line]) -> None:
        """Seal the rows and count them; not yet saved."""
        body = json.dumps([_raw(line) for line in lines], ensure_ascii=False, separators=(",", ":"))
        self.sealed = cipher.seal(body, **self.place())
        self.counts = {kind: n for kind in KINDS if (n := sum(1 for line in lines if line.kind == kind))}

    def place(self) -> dict[str, Any]:
        """What the sealed rows are bound to."""
        return {"table": self._meta.db_table, "pk": f"{self.sheet_import_id}/{self.number}", "field": "sealed"}


def _raw(line: Line) -> dict[str, Any]:
    # Not asdict: its deep copies take a third of the time that the chunk takes.
    return {**vars(line), "faults": [vars(fault) for fault in line.faults]}


def _line(raw: dict[str, Any]) -> Line:
    return Line(**{**raw, "faults": [Fault(**f) for f in raw["faults"]]})


def mine(actor: Actor, pk: str) -> bool:
    """Whether an import is the actor's own: its files are."""
    return SheetImport.objects.filter(pk=pk, account=actor.account).exists()
