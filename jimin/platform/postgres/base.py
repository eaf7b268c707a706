"""Django's PostgreSQL, but no statement is waited for longer than the server was asked to take.

The server's own statement_timeout does not help when the server itself hangs (a disk that does not answer, a frozen
machine): it then neither works nor gives up. So the pages give up a little later than the server would have, drop
the connection, and say so (findings: a hang of the database must not become a hang of the site).
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

GRACE = 5  # seconds more than the server's own limit


class Bounded(psycopg.Connection[Any]):
    """A connection whose waits end."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's, with the limit of settings.JIMIN_STATEMENT_SECONDS (0: none). Closes a connection that hangs."""
        limit = settings.JIMIN_STATEMENT_SECONDS + GRACE if settings.JIMIN_STATEMENT_SECONDS else None
        if timeout is not None:  # psycopg's own short waits
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, limit)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer from the database within {limit} s") from None


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects with Bounded; everything else is Django's."""

    Database: Any = SimpleNamespace(**{**vars(psycopg), "connect": Bounded.connect})
