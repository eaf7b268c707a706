"""How far the trail is sealed and anchored, and whether an interval was missed: for the auditor's page and `jimin status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from jimin.core import clock
from jimin.core.audit.anchor import Anchor, AnchorFault, last_of, parameters, places
from jimin.core.audit.models import AuditRow, Block, Verification
from jimin.core.audit.unsealed import BEYOND

COUNT_TO = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """One folder of anchors: its newest anchor, the time of the oldest block that should be here and is not, a fault."""

    folder: Path
    last: Anchor | None
    overdue: datetime | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where the seal stands."""

    block: Block | None
    waiting: int  # at most COUNT_TO + 1
    oldest: datetime | None
    places: list[Place]
    verification: Verification | None  # the last one that ended

    @property
    def seal_is_late(self) -> bool:
        """Whether rows wait longer for their seal than they should."""
        patience = timedelta(minutes=int(parameters()["seal_late_minutes"]))
        return self.oldest is not None and self.oldest < clock.now() - patience

    @property
    def is_well(self) -> bool:
        return not self.seal_is_late and not any(p.overdue or p.fault for p in self.places)


def state() -> State:
    """The present state."""
    block = Block.objects.defer("manifest").order_by("no").last()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_control_system()).system_identifier")
        epoch = block.epoch if block else cursor.fetchone()[0]
        reach = [epoch, str(block.upto_xid if block else 0), block.upto_id if block else 0]
        waiting = f"SELECT at FROM audit_auditrow WHERE {BEYOND} LIMIT {COUNT_TO + 1}"  # noqa: S608
        cursor.execute(f"SELECT count(*), min(at) FROM ({waiting}) AS w", reach)  # noqa: S608
        count, oldest = cursor.fetchone()
    ended = Verification.objects.exclude(state=Verification.State.RUNNING).first()
    return State(block, count, oldest, [_place(folder) for folder in places()], ended)


def _place(folder: Path) -> Place:
    try:
        last = last_of(folder) if folder.is_dir() else None
    except (AnchorFault, OSError) as error:
        return Place(folder, None, None, str(error))
    patience = timedelta(minutes=int(parameters()["anchor_late_minutes"]))
    first = (
        Block.objects.filter(no__gt=last.block.no if last else 0).order_by("no").values_list("at", flat=True).first()
    )
    overdue = first if first is not None and first < clock.now() - patience else None
    return Place(folder, last, overdue, "" if folder.is_dir() or overdue is None else "目录不在")


def anchored(row: AuditRow) -> tuple[Block | None, bool]:
    """The block a row is sealed in, and whether every place has its anchor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(no) FROM audit_block WHERE epoch = %s AND (after_xid, after_id) < (%s, %s)"
            " AND (upto_xid, upto_id) >= (%s, %s)",
            [row.epoch, row.xid, row.id, row.xid, row.id],
        )
        no = cursor.fetchone()[0]
    if no is None:
        return None, False
    block = Block.objects.defer("manifest").get(no=no)
    found = [_place(folder) for folder in places()]
    return block, all(p.last is not None and p.last.block.no >= no for p in found)


def lines(now: State) -> list[str]:
    """What `jimin status` says of the audit trail."""
    said = f"审计：已封存到区块 {now.block.no if now.block else 0}，等待封存 {_count(now.waiting)} 条"
    found = [said + "。"]
    if now.seal_is_late and now.oldest:
        found.append(f"✗ 最早的一条从 {_moment(now.oldest)} 起等待封存：看后台进程和没有结束的数据库事务。")
    for place in now.places:
        at = f"锚定到区块 {place.last.block.no}（{place.last.at}）" if place.last else "还没有锚定"
        found.append(f"  {place.folder}：{at}")
        if place.fault:
            found.append(f"✗ {place.fault}")
        if place.overdue:
            found.append(
                f"✗ 漏了锚定：{_moment(place.overdue)} 封存的区块还没有写到这里；看后台进程，或运行 jimin audit anchor。"
            )
    return found


def _count(number: int) -> str:
    return f"{COUNT_TO:,}+" if number > COUNT_TO else f"{number:,}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
