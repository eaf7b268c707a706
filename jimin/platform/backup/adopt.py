"""A database that came from another cluster: what counts in transaction ids is put right, once.

Transaction ids start anew in a new cluster. The audit trail knows that (`epoch`). The outbox does not: it hands out an
event only below the oldest running transaction, and an id of the old cluster may lie far above that. What can be seen
here is committed for certain, so waiting events get the lowest ordinary id; their order is that of their own ids.
"""

from __future__ import annotations

from psycopg import Connection

CLUSTER = "cluster"  # a step of jimin_setup: where this database was at home last
# 3 is the first ordinary transaction id: below every transaction that can still run.
WITHIN_REACH = "UPDATE events_outboxevent SET xid = '3' WHERE delivered_at IS NULL AND xid > '3'"
RECORD = """INSERT INTO jimin_setup (step, digest) SELECT 'cluster', system_identifier::text FROM pg_control_system()
    ON CONFLICT (step) DO UPDATE SET digest = excluded.digest, done_at = now()"""


def adopt(owner: Connection[tuple[object, ...]]) -> bool:
    """Say whether the database came from another cluster (or never said from which); then its events are put within
    reach. `owner` is an autocommit connection of the tables' owner, before anything else works here. Repeatable."""
    here = owner.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    if owner.execute("SELECT digest FROM jimin_setup WHERE step = %s", [CLUSTER]).fetchone() == here:
        return False
    with owner.transaction():
        if owner.execute("SELECT to_regclass('public.events_outboxevent')").fetchone() != (None,):
            owner.execute(WITHIN_REACH)
        owner.execute(RECORD)
    return True
