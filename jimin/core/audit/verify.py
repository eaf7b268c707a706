"""Check the audit trail against its blocks, and the blocks against their anchors outside the database.

Where a block is anchored, the anchor is the truth: a history that was rewritten and sealed again is
named by row all the same. Rows after the last anchor are only as good as the database's administrator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.db import connection

from jimin.core.audit import tree
from jimin.core.audit.anchor import Anchor, anchors
from jimin.core.audit.models import AuditRow, Block
from jimin.core.audit.seal import ID, hash_of, rows_of

What = Literal["changed", "missing", "forged", "block", "cut"]
SAID = {
    "changed": "审计记录 {id}（区块 {block}）被修改过",
    "missing": "审计记录 {id}（区块 {block}）被删除了",
    "forged": "审计记录 {id} 是事后插入的（{where}）",
    "block": "区块 {block} {where}",
    "cut": "锚定过的区块 {block} 不在库里了：审计记录的末尾被截掉了",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed. `id` is a row's, or None for a block."""

    what: What
    block: int | None
    id: int | None = None
    where: str = ""

    def __str__(self) -> str:
        where = self.where or f"区块 {self.block} 的范围内"
        return SAID[self.what].format(id=self.id, block=self.block, where=where)


@dataclass
class Report:
    """What was checked and what was found, first the row with the smallest id."""

    rows: int = 0
    blocks: int = 0
    anchored: int = 0
    waiting: int = 0  # rows that are not sealed yet
    faults: list[Fault] = field(default_factory=list)

    @property
    def first(self) -> Fault | None:
        """The bad row with the smallest id; without one, the first bad block."""
        rows = [f for f in self.faults if f.id is not None]
        return min(rows, key=lambda f: f.id or 0) if rows else next(iter(self.faults), None)


def verify(since: int = 0) -> Report:
    """Check everything, or from the anchored block `since` on. Raises AnchorFault for a damaged anchor file."""
    report = Report()
    known = {a.block.no: a for a in anchors() if a.block.no >= since}
    if since and since not in known:
        raise LookupError(f"没有区块 {since} 的锚定；jimin audit anchor --list 列出已锚定的区块。")
    _check_anchor_chain(known, report)
    previous: Block | None = None
    for block in _blocks(since):
        anchored = known.pop(block.no, None)
        if anchored:
            report.anchored += 1
        _check_block(block, previous, anchored, report, first=since or 1)
        _check_rows(anchored.block if anchored else block, report)
        report.blocks += 1
        previous = block
    for no in sorted(known):
        report.faults.append(Fault("cut", no))
        _check_rows(known[no].block, report)
    _check_the_rest(previous, report)
    return report


def _blocks(since: int) -> Iterator[Block]:
    return Block.objects.filter(no__gte=since).order_by("no").iterator(chunk_size=10)


def _check_anchor_chain(known: dict[int, Anchor], report: Report) -> None:
    for no, anchor in known.items():
        before = known.get(no - 1)
        if before and before.block.hash != anchor.block.prev:
            report.faults.append(Fault("block", no, where=f"的锚定与上一个锚定接不上（{anchor.place}）"))


def _check_block(block: Block, previous: Block | None, anchored: Anchor | None, report: Report, first: int) -> None:
    def bad(where: str) -> None:
        report.faults.append(Fault("block", block.no, where=where))

    if previous is None and block.no != first or previous and block.no != previous.no + 1:
        bad("之前缺少区块")
    elif previous and bytes(block.prev) != bytes(previous.hash) or block.no == 1 and bytes(block.prev) != tree.GENESIS:
        bad("与上一个区块接不上")
    if bytes(block.hash) != hash_of(block):
        bad("的摘要与其内容不符")
    if anchored and bytes(block.hash) != anchored.block.hash:
        bad(f"与 {anchored.at} 的锚定不符：事后重新封存过")
    after = (block.after_xid, block.after_id)
    # Between the reach of two blocks no row may hide.
    expected = (previous.upto_xid, previous.upto_id) if previous and previous.epoch == block.epoch else (0, 0)
    if (previous or block.no == 1) and after != expected:
        bad("与上一个区块之间有空隙")


def _check_rows(block: Block, report: Report) -> None:
    """The rows a block reaches over against its manifest, and the manifest against the root."""
    try:
        sealed = tree.unpack(bytes(block.manifest))
    except ValueError:
        sealed = []
    if len(sealed) != block.n or tree.root([mark for _, mark in sealed]) != bytes(block.root):
        report.faults.append(Fault("block", block.no, where="的清单与其根不符"))
        return
    expected = dict(sealed)
    for row in rows_of(block):
        number = int(row[ID] or 0)
        mark = expected.pop(number, None)
        report.rows += 1
        if mark is None:
            report.faults.append(Fault("forged", block.no, number))
        elif mark != tree.leaf(row):
            report.faults.append(Fault("changed", block.no, number))
    # A row whose place (epoch, xid) was changed is somewhere else now.
    elsewhere = set(AuditRow.objects.filter(id__in=list(expected)).values_list("id", flat=True)) if expected else set()
    for number in expected:
        report.faults.append(Fault("changed" if number in elsewhere else "missing", block.no, number))


def _check_the_rest(last: Block | None, report: Report) -> None:
    """Rows that no block reaches: the newest are waiting; in an epoch that no block knows they are forged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_control_system()).system_identifier")
        cluster = cursor.fetchone()[0]
        past = set(Block.objects.values_list("epoch", flat=True))
        ended = past - {last.epoch, cluster} if last else set()
        alive = {cluster} | ({last.epoch} if last else set())
        cursor.execute(
            "SELECT id FROM audit_auditrow WHERE NOT (epoch = ANY(%s)) ORDER BY id LIMIT 100", [list(alive | ended)]
        )
        for (number,) in cursor.fetchall():
            report.faults.append(Fault("forged", None, number, "它的集群从未封存过"))
        for epoch in ended:
            _check_ended(cursor, epoch, report)
        for epoch in alive:
            after = (last.upto_xid, last.upto_id) if last and last.epoch == epoch else (0, 0)
            cursor.execute(
                "SELECT count(*) FROM audit_auditrow WHERE epoch = %s AND (xid, id) > (%s::text::xid8, %s)",
                [epoch, str(after[0]), after[1]],
            )
            report.waiting += cursor.fetchone()[0]


def _check_ended(cursor: object, epoch: int, report: Report) -> None:
    """An epoch that a later one followed holds nothing beyond its last block."""
    end = Block.objects.filter(epoch=epoch).order_by("no").last()
    if end is None:
        return
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT id FROM audit_auditrow WHERE epoch = %s AND (xid, id) > (%s::text::xid8, %s) ORDER BY id LIMIT 100",
        [epoch, str(end.upto_xid), end.upto_id],
    )
    for (number,) in cursor.fetchall():  # type: ignore[attr-defined]
        report.faults.append(Fault("forged", None, number, f"已结束的集群 {epoch} 的最后一个区块之后"))
