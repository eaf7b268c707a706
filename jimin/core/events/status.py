"""How delivery stands, in words."""

from __future__ import annotations

from django.db import connection

SQL = """
SELECT count(*) FILTER (WHERE dead_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL),
       extract(epoch FROM clock_timestamp() - min(at) FILTER (WHERE dead_at IS NULL))::bigint,
       count(*) FILTER (WHERE dead_at IS NULL AND attempts > 0)
FROM events_outboxevent WHERE delivered_at IS NULL
"""
DEAD = (
    "SELECT id, name, subject, attempts, error FROM events_outboxevent WHERE dead_at IS NOT NULL ORDER BY id LIMIT 10"
)


def counts() -> dict[str, int]:
    """Events that wait, that are set aside, that are tried again, and the age of the oldest waiting one (seconds)."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        waiting, dead, age, failing = cursor.fetchone()
    return {"waiting": waiting, "dead": dead, "age_s": age or 0, "retrying": failing}


def lines() -> list[str]:
    """What `jimin status` says about events; set-aside ones are named with what to do."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        waiting, dead, age, failing = cursor.fetchone()
        cursor.execute(DEAD)
        rows = cursor.fetchall()
    said = [f"事件：等待送达 {waiting} 件" + (f"，最早的已等 {age} 秒" if waiting else "") + (f"，其中 {failing} 件正在重试" if failing else "") + "。"]  # fmt: skip
    if dead:
        said.append(f"✗ 有 {dead} 件事件多次送达失败，已停下等人处理（死信）：")
        said += [
            f"   {pk} {name} {subject}，失败 {attempts} 次：{error}" for pk, name, subject, attempts, error in rows
        ]
        said.append("   查明原因后用 jimin events retry [编号…] 重新送达。")
    return said
