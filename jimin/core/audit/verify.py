"""Check the audit trail against its blocks, and the blocks against their anchors outside the database.

Where a block is anchored, the anchor is the truth: a history that was rewritten and sealed again is named by row all
the same. Rows after the last anchor are only as good as the database's administrator. What can be noticed and what
cannot: docs/operations.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from jimin.core import clock
from jimin.core.audit import tree
from jimin.core.audit.anchor import Anchor, AnchorFault, parameters, places, read
from jimin.core.audit.faults import Fault, Report
from jimin.core.audit.models import AuditRow, Block
from jimin.core.audit.seal import Row, hash_of, rows_of
from jimin.core.audit.unsealed import check_unsealed


def verify(since: int = 0, folders: Iterable[Path] | None = None) -> Report:
    """Check everything, or from the anchored block `since` on.

    `folders` are the places of the anchors (default: the configured ones). Raises LookupError when `since` is not
    anchored or a folder is not there.
    """
    report = Report()
    copies = [Copy(place, since, report) for place in (folders or places())]
    missing = [c.place for c in copies if not c.place.is_dir()]
    if folders and missing:
        raise LookupError(f"没有锚定目录 {missing[0]}；请写存放锚定文件（*.jsonl）的目录。")
    if since and not any(c.head and c.head.block.no == since for c in copies):
        raise LookupError(f"没有区块 {since} 的锚定；jimin audit anchor --list 列出已锚定的区块。")
    previous: Block | None = None
    for block, anchors in _in_order(since, copies):
        trusted = _trusted(block, anchors, report)
        if block is None:
            report.add(Fault("cut", trusted.no))
        else:
            report.blocks += 1
            report.anchored += bool(anchors)
            _check_block(block, previous, anchors, report, first=since or 1)
        _check_rows(trusted, block, previous, report)
        previous = block or previous
    for copy in copies:
        copy.finish()
    check_unsealed(previous, report)
    return report


class Copy:
    """The anchors of one place, read along with the blocks; what is wrong with its files goes into the report."""

    def __init__(self, place: Path, since: int, report: Report) -> None:
        self.place, self.since, self.report = place, since, report
        self.lines = read(place)
        self.last: Anchor | None = None
        self.absent: list[int] = []
        self.late: list[int] = []
        self.head = self._next()

    def take(self, no: int, stored: Block | None) -> Anchor | None:
        """The anchor of a block, if it is here. Remembers what came late, and what is old enough to be here and is not."""
        taken = self.head if self.head is not None and self.head.block.no == no else None
        patience = timedelta(minutes=int(parameters()["anchor_late_minutes"]))
        if taken is not None:
            self.head = self._next()
            if stored is not None and taken.when > stored.at + patience:
                self.late.append(no)
        elif stored is not None and stored.at < clock.now() - patience:
            self.absent.append(no)
        return taken

    def finish(self) -> None:
        """Tell of the blocks that are not here, and of those that came late."""
        if self.absent:
            said = f"{self.place} 里没有区块 {span(self.absent)} 的锚定：没有按时写，或者被拿走了"
            self.report.add(Fault("unanchored", self.absent[0], where=said))
        if self.late:
            said = f"{self.place}：区块 {span(self.late)} 封存后过了很久才锚定，可能是后台停过、目录是后来加的，也可能是锚定被删了重写"
            self.report.notes.append(said)

    def _next(self) -> Anchor | None:
        for found in self.lines:
            if isinstance(found, AnchorFault):
                self.report.add(Fault("anchor", None, where=str(found)))
                continue
            before, self.last = self.last, found
            if before and found.block.no <= before.block.no:
                self.last = before
                self._wrong(found, "编号没有递增：重复写入或事后添加")
            elif before and found.block.no == before.block.no + 1 and before.block.hash != found.block.prev:
                self._wrong(found, "与上一个锚定接不上")
            if self.last is found and found.block.no >= self.since:
                return found
        return None

    def _wrong(self, found: Anchor, said: str) -> None:
        self.report.add(Fault("anchor", found.block.no, where=f"锚定文件 {found.place}（区块 {found.block.no}）{said}"))


def _in_order(since: int, copies: list[Copy]) -> Iterator[tuple[Block | None, list[Anchor]]]:
    """Each block of the database or of an anchor, with its anchors."""
    blocks = Block.objects.filter(no__gte=since).order_by("no").iterator(chunk_size=10)
    block = next(blocks, None)
    while True:
        heads = [c.head.block.no for c in copies if c.head]
        if block is None and not heads:
            return
        no = min([*heads, *([block.no] if block else [])])
        if block is None:  # beyond the list's end: perhaps sealed and anchored since we began
            block = Block.objects.filter(no=no).first()
        here = block if block is not None and block.no == no else None
        found = [copy.take(no, here) for copy in copies]
        yield here, [anchor for anchor in found if anchor is not None]
        block = next(blocks, None) if here is not None else block


def span(numbers: list[int]) -> str:
    """Block numbers in few words."""
    return f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} 至 {numbers[-1]} 中的 {len(numbers)} 个"


def _trusted(block: Block | None, anchors: list[Anchor], report: Report) -> Block:
    """The content that counts: the farthest copy's. Copies that differ are told of."""
    for one, other in zip(anchors, anchors[1:], strict=False):
        if one.block.hash != other.block.hash or one.block.manifest != other.block.manifest:
            said = f"区块 {one.block.no} 的两份锚定不一致：{one.place} 与 {other.place}"
            report.add(Fault("anchor", one.block.no, where=said))
    if anchors:
        return anchors[-1].block
    assert block is not None
    return block


def _check_block(block: Block, previous: Block | None, anchors: list[Anchor], report: Report, first: int) -> None:
    def bad(where: str) -> None:
        report.add(Fault("block", block.no, where=where))

    if (previous is None and block.no != first) or (previous and block.no != previous.no + 1):
        bad("之前缺少区块")
    elif (previous and bytes(block.prev) != bytes(previous.hash)) or (
        block.no == 1 and bytes(block.prev) != tree.GENESIS
    ):
        bad("与上一个区块接不上")
    if bytes(block.hash) != hash_of(block):
        bad("的摘要与其内容不符")
    if anchors and bytes(block.hash) != anchors[-1].block.hash:
        bad(f"与 {anchors[-1].at} 的锚定不符：事后重新封存过")
    after = (block.after_xid, block.after_id)
    # Between the reach of two blocks no row may hide.
    expected = (previous.upto_xid, previous.upto_id) if previous and previous.epoch == block.epoch else (0, 0)
    if (previous or block.no == 1) and after != expected:
        bad("与上一个区块之间有空隙")


def _check_rows(trusted: Block, stored: Block | None, previous: Block | None, report: Report) -> None:
    """The rows a block reaches over against its manifest, and the manifest against the root."""
    rows = rows_of(trusted)
    report.rows += len(rows)
    actual = [(number, tree.leaf(line)) for _xid, number, _at, line in rows]
    manifest = bytes(trusted.manifest)
    if tree.pack(actual) != manifest:
        _name_rows(actual, manifest, trusted, report)
    elif len(actual) != trusted.n or tree.root([mark for _, mark in actual]) != bytes(trusted.root):
        report.add(Fault("block", trusted.no, where="的清单与其根不符"))
    if stored is not None and stored is not trusted and bytes(stored.manifest) != manifest:
        report.add(Fault("manifest", trusted.no, _first_difference(bytes(stored.manifest), manifest)))
    if stored is not None:
        _check_times(rows, stored, previous, report)


def _name_rows(actual: list[tuple[int, bytes]], manifest: bytes, block: Block, report: Report) -> None:
    """Which rows are not those of the manifest, when the manifest itself is the sealed one."""
    try:
        sealed = tree.unpack(manifest)
    except ValueError:
        sealed = []
    if len(sealed) != block.n or tree.root([mark for _, mark in sealed]) != bytes(block.root):
        if len(actual) == block.n and tree.root([mark for _, mark in actual]) == bytes(block.root):
            report.add(Fault("manifest", block.no, _first_difference(manifest, tree.pack(actual))))
        else:
            report.add(Fault("block", block.no, where="的清单与其根不符，记录也与根不符：认不出原来是哪几条"))
        return
    expected = dict(sealed)
    for number, mark in actual:
        known = expected.pop(number, None)
        if known is None:
            report.add(Fault("forged", block.no, number))
        elif known != mark:
            report.add(Fault("changed", block.no, number))
    # A row whose place (epoch, xid) was changed is somewhere else now.
    elsewhere = set(AuditRow.objects.filter(id__in=list(expected)).values_list("id", flat=True)) if expected else set()
    for number in expected:
        report.add(Fault("changed" if number in elsewhere else "missing", block.no, number))


def _first_difference(found: bytes, right: bytes) -> int:
    """The row at the first entry in which two manifests differ."""
    for at in range(0, max(len(found), len(right)), tree.ENTRY):
        if found[at : at + tree.ENTRY] != right[at : at + tree.ENTRY]:
            entry = right[at : at + 8] or found[at : at + 8]
            return int.from_bytes(entry.ljust(8, b"\0"), "big", signed=True)
    raise ValueError("the manifests are the same")


def _check_times(rows: list[Row], block: Block, previous: Block | None, report: Report) -> None:
    """A row was written before its own block was sealed, and not long before the block before that was."""
    latest = block.at + timedelta(minutes=int(parameters()["written_after_minutes"]))
    earliest: datetime | None = None
    if previous is not None and previous.epoch == block.epoch:
        earliest = previous.at - timedelta(hours=int(parameters()["written_before_hours"]))
    for _xid, number, at, _line in rows:
        if at > latest or (earliest and at < earliest):
            said = f"写的时间是 {at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}，与区块 {block.no} 的封存时间合不上"
            report.add(Fault("time", block.no, number, f"{said}：伪造的时间，或系统时钟拨动过"))
