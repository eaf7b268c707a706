"""The sealer: takes rows that are certainly committed into blocks, without standing in a writer's way.

A sequence's order is not the order of commits, so a high-water mark over ids would miss rows. Below
the snapshot's xmin every transaction has ended; its rows, ordered by (xid, id), can never get a new
neighbour in between. One open writing transaction (in any database of the server: ids are shared)
holds the sealer back until it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from jimin.core.audit import tree
from jimin.core.audit.models import Block

LOCK = 0x6A696D_01  # advisory: one sealer at a time
ROWS_A_BLOCK = 10_000  # also splits one huge transaction

#: A row's line: every stored column as text, in one JSON array without spaces. What is hashed is what is stored,
#: whatever a client makes of it, and anybody can ask for it in SQL (docs/operations.md).
LINE = (
    "array_to_json(ARRAY[epoch::text, xid::text, id::text, (extract(epoch from at) * 1000000)::bigint::text,"
    " to_char(day, 'YYYY-MM-DD'), account::text, appointment::text, actor, unit, action, object_type, object_id,"
    " body])::text"
)
ROW = f"xid::text::bigint, id, at, {LINE}"
Row = tuple[int, int, datetime, str]  # transaction, id, time, line


@dataclass(frozen=True, slots=True)
class Reach:
    """Rows of one epoch with after < (xid, id) <= upto."""

    epoch: int
    after: tuple[int, int]
    upto: tuple[int, int]


def seal() -> int:
    """Seal all that can be sealed now. Returns the number of rows; another sealer at work makes it 0."""
    total = 0
    while count := _seal_one():
        total += count
    return total


def _seal_one() -> int:
    with transaction.atomic(durable=False), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s), (pg_control_system()).system_identifier", [LOCK])
        mine, cluster = cursor.fetchone()
        if not mine:
            return 0
        last = Block.objects.defer("manifest").order_by("no").last()
        if last is None:  # a dump may have been restored before its first seal: the oldest row's cluster comes first
            cursor.execute("SELECT epoch FROM audit_auditrow ORDER BY id LIMIT 1")
            oldest = cursor.fetchone()
            return _write(cursor, None, oldest[0] if oldest else cluster, (0, 0), cluster)
        count = _write(cursor, last, last.epoch, (last.upto_xid, last.upto_id), cluster)
        if count == 0 and last.epoch != cluster:  # the old cluster's rows are all sealed: the new epoch begins
            count = _write(cursor, last, cluster, (0, 0), cluster)
        return count


def _write(cursor: Any, last: Block | None, epoch: int, after: tuple[int, int], cluster: int) -> int:
    # The snapshot of this one statement gives both the rows and the bound. Rows of an earlier cluster have ended.
    bound = "AND xid < pg_snapshot_xmin(pg_current_snapshot())" if epoch == cluster else ""
    cursor.execute(
        f"SELECT {ROW} FROM audit_auditrow AS r WHERE epoch = %s AND (xid, id) > (%s::text::xid8, %s) {bound}"  # noqa: S608
        " ORDER BY r.xid, r.id LIMIT %s",
        [epoch, str(after[0]), after[1], ROWS_A_BLOCK],
    )
    rows = cursor.fetchall()
    if rows:
        make_block(last, Reach(epoch, after, rows[-1][:2]), rows).save(force_insert=True)
    return len(rows)


def make_block(last: Block | None, reach: Reach, rows: Iterable[Row]) -> Block:
    """The block over `rows`, chained to `last`; not yet saved."""
    entries = [(number, tree.leaf(line)) for _xid, number, _at, line in rows]
    block = Block(
        no=(last.no if last else 0) + 1,
        epoch=reach.epoch,
        after_xid=reach.after[0],
        after_id=reach.after[1],
        upto_xid=reach.upto[0],
        upto_id=reach.upto[1],
        n=len(entries),
        root=tree.root([mark for _, mark in entries]),
        prev=bytes(last.hash) if last else tree.GENESIS,
        manifest=tree.pack(entries),
    )
    block.hash = hash_of(block)
    return block


def numbers(block: Block) -> tuple[int, ...]:
    """The numbers of a block that its hash binds."""
    return (block.no, block.epoch, block.after_xid, block.after_id, block.upto_xid, block.upto_id, block.n)


def hash_of(block: Block) -> bytes:
    """What a block's hash has to be."""
    return tree.block(numbers(block), bytes(block.root), bytes(block.prev))


def rows_of(block: Block) -> list[Row]:
    """The stored rows a block reaches over, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ROW} FROM audit_auditrow AS r WHERE epoch = %s"  # noqa: S608
            " AND (xid, id) > (%s::text::xid8, %s) AND (xid, id) <= (%s::text::xid8, %s) ORDER BY r.xid, r.id",
            [block.epoch, str(block.after_xid), block.after_id, str(block.upto_xid), block.upto_id],
        )
        return list(cursor.fetchall())
