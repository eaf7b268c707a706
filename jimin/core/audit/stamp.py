"""A stamp of everything that was changed: it moves with every action that is committed, and with no look.

What was reckoned under a stamp may be shown again under the same stamp. Actions commit in another order than they
begin, so the newest transaction in the trail is a stamp only when it is older than every transaction still running;
while one is, there is none, and nothing may be kept.
"""

from __future__ import annotations

from django.db import connection

from jimin.core.audit.looks import KINDS, Sort

# Transaction ids count within one cluster (`epoch`). What other running transactions wrote cannot be seen, and one of
# them could still commit below the newest id that can.
QUERY = """
    SELECT r.xid::text AS stamp, r.xid < pg_snapshot_xmin(pg_current_snapshot())
    FROM audit_auditrow r WHERE r.epoch = (SELECT system_identifier FROM pg_control_system()) AND r.action <> ALL (%s)
    ORDER BY r.epoch DESC, r.xid DESC LIMIT 1
"""


def stamp() -> str | None:
    """The stamp of what this transaction sees, or None when nothing may be kept now (or nothing was ever done)."""
    with connection.cursor() as cursor:
        # Whoever only looks, or signs in, changes nothing that was reckoned.
        cursor.execute(QUERY, [[kind.name for kind in KINDS.values() if kind.sort != Sort.CHANGE]])
        row = cursor.fetchone()
    return row[0] if row is not None and row[1] else None
