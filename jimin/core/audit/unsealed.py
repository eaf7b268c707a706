"""Rows that no block reaches: the newest are waiting for their seal; any other was slipped in."""

from __future__ import annotations

from typing import Any

from django.db import connection

from jimin.core.audit.anchor import parameters
from jimin.core.audit.faults import Fault, Report
from jimin.core.audit.models import Block

NAMED = 100  # rows named of each sort


def check_unsealed(last: Block | None, report: Report) -> None:
    """Count the waiting rows, and name those that cannot have been written as rows are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_control_system()).system_identifier")
        cluster = cursor.fetchone()[0]
        past = set(Block.objects.values_list("epoch", flat=True).distinct())
        alive = {cluster} | ({last.epoch} if last else set())
        ended = past - alive
        _name(cursor, report, "它的集群从未封存过", "NOT (epoch = ANY(%s))", [list(alive | ended)])
        for epoch in ended:
            end = Block.objects.filter(epoch=epoch).defer("manifest").order_by("no").last()
            if end is not None:
                said = f"已结束的集群 {epoch} 的最后一个区块之后"
                _name(cursor, report, said, BEYOND, [epoch, str(end.upto_xid), end.upto_id])
        for epoch in alive:
            after = (last.upto_xid, last.upto_id) if last and last.epoch == epoch else (0, 0)
            reach = [epoch, str(after[0]), after[1]]
            cursor.execute(f"SELECT count(*) FROM audit_auditrow WHERE {BEYOND}", reach)  # noqa: S608
            report.waiting += cursor.fetchone()[0]
            _check_times(cursor, last if last and last.epoch == epoch else None, reach, report)
        future = f"{BEYOND} AND xid >= pg_snapshot_xmax(pg_current_snapshot())"
        after = (last.upto_xid, last.upto_id) if last and last.epoch == cluster else (0, 0)
        _name(cursor, report, "它的事务号还没有发出过", future, [cluster, str(after[0]), after[1]])
        _name(cursor, report, "它的编号还没有发出过", UNISSUED, [])


BEYOND = "epoch = %s AND (xid, id) > (%s::text::xid8, %s)"
# Ids come from the sequence alone. It never goes back, so a row with a higher id was written around it.
UNISSUED = "id > (SELECT last_value FROM audit_auditrow_id_seq) OR id <= 0"


def _name(cursor: Any, report: Report, where: str, condition: str, values: list[Any]) -> None:
    cursor.execute(f"SELECT id FROM audit_auditrow WHERE {condition} ORDER BY id LIMIT {NAMED}", values)  # noqa: S608
    for (number,) in cursor.fetchall():
        report.add(Fault("forged", None, number, where))


def _check_times(cursor: Any, last: Block | None, reach: list[Any], report: Report) -> None:
    limits = parameters()
    cursor.execute(
        f"SELECT id, to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') FROM audit_auditrow WHERE {BEYOND}"  # noqa: S608
        " AND (at > clock_timestamp() + make_interval(mins => %s) OR at < %s::timestamptz - make_interval(hours => %s))"
        f" ORDER BY id LIMIT {NAMED}",
        [*reach, int(limits["written_after_minutes"]), last.at if last else None, int(limits["written_before_hours"])],
    )
    for number, at in cursor.fetchall():
        said = f"写的时间是 {at}，与它在记录里的位置合不上：伪造的时间，或系统时钟拨动过"
        report.add(Fault("time", None, number, said))
