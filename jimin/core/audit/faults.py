"""What a verification found, in words: which row or block, what the trail says of it, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from jimin.core import clock
from jimin.core.audit.looks import KINDS
from jimin.core.audit.models import AuditRow, Block

What = Literal["changed", "missing", "forged", "manifest", "block", "cut", "anchor", "time", "unanchored"]
SAID = {
    "changed": "审计记录 {id}（区块 {block}）被修改过",
    "missing": "审计记录 {id}（区块 {block}）被删除了",
    "forged": "审计记录 {id} 是事后插入的（{where}）",
    "manifest": "区块 {block} 的清单被改过（从记录 {id} 那一项起），记录本身与区块的根相符",
    "block": "区块 {block} {where}",
    "cut": "锚定过的区块 {block} 不在库里了：审计记录的末尾被截掉了",
    "anchor": "{where}",
    "time": "审计记录 {id}（{where}）",
    "unanchored": "{where}",
}
#: Nothing was found changed, and yet a person has to look: an exit code of its own.
DOUBTS = frozenset({"anchor", "time", "unanchored"})
KEPT = 1000  # further faults are counted
NEXT = (
    "先不要改动数据库，也不要重启；把库外的锚定文件和数据库日志另存一份；用 jimin audit export 导出核验包；"
    "从最近的备份里取出这条记录对照原来写的是什么；查这段时间谁有数据库管理员权限；报告审计员和派驻纪检监察组。"
)
NEXT_DOUBT = (
    "看后台进程这段时间是否停过、时钟是否拨过、锚定目录是否换过；用另一处保存的锚定文件再核验一次"
    "（jimin audit verify --anchors 目录）；说不清时按被改过处理。"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed. `id` is a row's, or None for a block or a file."""

    what: What
    block: int | None
    id: int | None = None
    where: str = ""

    @property
    def is_doubt(self) -> bool:
        return self.what in DOUBTS

    def __str__(self) -> str:
        where = self.where or f"区块 {self.block} 的范围内"
        return SAID[self.what].format(id=self.id, block=self.block, where=where)


@dataclass
class Report:
    """What was checked and what was found."""

    rows: int = 0
    blocks: int = 0
    anchored: int = 0
    waiting: int = 0  # rows that are not sealed yet
    faults: list[Fault] = field(default_factory=list)  # the first KEPT of each level
    doubts: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # worth knowing, nothing wrong by itself
    found: int = 0  # faults in all
    _first: Fault | None = None

    def add(self, fault: Fault) -> None:
        """Keep a fault, and remember the bad row with the smallest id."""
        kept = self.doubts if fault.is_doubt else self.faults
        if len(kept) < KEPT:
            kept.append(fault)
        if fault.is_doubt:
            return
        self.found += 1
        if fault.id is not None and (self._first is None or fault.id < (self._first.id or 0)):
            self._first = fault

    @property
    def first(self) -> Fault | None:
        """The bad row with the smallest id; without one, the first bad block; without any, the first doubt."""
        doubtful = sorted((d for d in self.doubts if d.id is not None), key=lambda d: d.id or 0) or self.doubts
        return self._first or next(iter(self.faults), None) or next(iter(doubtful), None)

    @property
    def exit_code(self) -> int:
        """0 nothing found, 1 something was changed, 3 nothing was, but a part is not guaranteed or not explained."""
        return 1 if self.faults else 3 if self.doubts else 0

    @property
    def next_step(self) -> str:
        return NEXT if self.faults else NEXT_DOUBT if self.doubts else ""


def about(fault: Fault) -> Iterator[str]:
    """Who, when and what of a bad row as far as anything is left to tell, and of its block."""
    row = AuditRow.objects.filter(id=fault.id).first() if fault.id is not None else None
    if row is not None:
        kind = KINDS.get(row.action)
        act = f"“{kind.title}”" if kind else row.action
        yield f"库里现在写的是：{_moment(row.at)} {row.actor} {act}（{row.action}），对象 {row.object_type} {row.object_id or '—'}"
    elif fault.id is not None:
        yield from _neighbours(fault.id)
    block = Block.objects.filter(no=fault.block).defer("manifest").first() if fault.block is not None else None
    if block is not None:
        yield f"所在区块：{block.no}，{block.n} 条，{_moment(block.at)} 封存"


def _neighbours(number: int) -> Iterator[str]:
    """Between which rows a missing one stood."""
    before = AuditRow.objects.filter(id__lt=number).order_by("-id").first()
    after = AuditRow.objects.filter(id__gt=number).order_by("id").first()
    for word, row in (("前", before), ("后", after)):
        if row is not None:
            yield f"{word}一条：{row.id}，{_moment(row.at)} {row.actor}（{row.action}）"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"
