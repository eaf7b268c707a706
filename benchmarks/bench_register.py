"""A register's page on a million rows: keyset through the Register, the same by hand-written SQL, and offset with a full count.

    python benchmarks/bench_register.py [rows]     on a fresh server of its own, or on
    JIMIN_BENCH_SERVER=postgresql://superuser@host:port/postgres

One run, the three ways interleaved, so that the ratios hold whatever else the machine does. Prints medians
and the 90th percentile in milliseconds. The database is made and dropped by the run.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.bench_audit import server

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS, PAGE, COUNTIES = 30, 50, 60
NAME = f"jimin_bench_register_{os.getpid()}"

FILL = f"""
INSERT INTO events_outboxevent (day, name, subject, payload, prefecture, county, town, attempts, error)
SELECT date '2023-01-01' + (random() * 360)::int, 'event ' || n % 7, 'planning.report:' || n, '{{}}',
       '22' || lpad((n % 9)::text, 10, '0'), '22' || lpad((n % {COUNTIES})::text, 10, '0'), '', 0, ''
FROM generate_series(1, {ROWS}) n
"""


def prepare(url: str) -> None:
    """The product's tables and the rows, in the bench's own database."""
    info = psycopg.conninfo.conninfo_to_dict(url)
    host = str(info.get("host") or "").replace("/", "%2F")
    os.environ["JIMIN_DATABASE_URL"] = (
        f"postgresql://{info['user']}:{info.get('password', '')}@:{info.get('port', 5432)}/{NAME}?host={host}"
    )
    os.environ.setdefault("JIMIN_SECRET_KEY", "bench")
    os.environ["DJANGO_SETTINGS_MODULE"] = "jimin.platform.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    with psycopg.connect(make_conninfo(url, dbname=NAME), autocommit=True) as database:
        began = time.perf_counter()
        database.execute(FILL)
        database.execute("CREATE INDEX bench_list ON events_outboxevent (county, day DESC, id)")
        database.execute("CREATE INDEX bench_whole ON events_outboxevent (day DESC, id)")
        database.execute("VACUUM ANALYZE events_outboxevent")
        print(f"{ROWS:,} rows in {time.perf_counter() - began:.0f} s")


def measure(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Milliseconds of each way, interleaved; one warm-up round is not counted."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):
        for name, way in random.sample(list(ways.items()), len(ways)):
            began = time.perf_counter()
            way()
            if turn:
                took[name].append((time.perf_counter() - began) * 1000)
    return took


def main() -> None:
    """Measure first, middle and deep pages for a county and for the province."""
    from django.db import connection
    from django.db.models import F

    from jimin.core.access.scope import Scope
    from jimin.core.events.models import OutboxEvent
    from jimin.core.registers.api import Column, Register

    class Anyone:
        """Somebody with a scope; the accounts' tables have no part in this measurement."""

        def __init__(self, scope: Scope) -> None:
            self.scope = scope

        def may(self, permission: str) -> bool:
            return True

        def visible(self, rows):  # noqa: ANN001, ANN202
            return rows.filter(self.scope.q())

    class Events(Register):
        name = "bench.events"
        title = "事件"
        model = OutboxEvent
        columns = (Column("id", "编号", kind="number"), Column("name", "名称"), Column("day", "日期", kind="date"))
        order = ("-day", "id")
        page_size = PAGE

    register = Events()
    fields = ", ".join(f.column for f in OutboxEvent._meta.concrete_fields if f.column != "xid")

    def floor(scope: Scope, day: object, pk: int) -> list[tuple[object, ...]]:
        where = "county = %s AND" if scope.level == "county" else ""
        given = [scope.codes[0]] if where else []
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {fields} FROM events_outboxevent WHERE {where} day <= %s AND (day < %s OR id > %s)"
                f" ORDER BY day DESC, id LIMIT {PAGE + 1}",
                [*given, day, day, pk],
            )
            rows = cursor.fetchall()
            cursor.execute(
                f"SELECT count(*) FROM (SELECT id FROM events_outboxevent {'WHERE county = %s' if where else ''} LIMIT 10001) t",
                given or None,
            )
            cursor.fetchone()
        return rows

    def offset(scope: Scope, skip: int) -> list[object]:
        rows = OutboxEvent.objects.filter(scope.q()).order_by(F("day").desc(), "id")
        rows.count()
        return list(rows[skip : skip + PAGE])

    county = Scope("county", ("22" + "7".rjust(10, "0"),))
    province = Scope("province", ("220000000000",))
    print(f"\n{'page':<28}{'way':<20}{'p50 ms':>9}{'p90 ms':>9}{'× floor':>9}")
    for label, scope, total in (("county", county, ROWS // COUNTIES), ("province", province, ROWS)):
        ordered = OutboxEvent.objects.filter(scope.q()).order_by(F("day").desc(), "id")
        for place, skip in (("first", 0), ("middle", total // 2), ("deep", total - 2 * PAGE)):
            record = ordered[max(skip - 1, 0)]
            actor = Anyone(scope)
            position = register.read(actor, {}).order.position(register.name, record) if skip else ""
            took = measure(
                {
                    "hand-written SQL": partial(floor, scope, record.day, record.pk if skip else 0),
                    "Register.page": partial(register.page, actor, {"after": position} if skip else {}),
                    "offset + count": partial(offset, scope, skip),
                }
            )
            base = statistics.median(took["hand-written SQL"])
            for way, times in took.items():
                p50, p90 = statistics.median(times), sorted(times)[int(len(times) * 0.9) - 1]
                print(f"{label + ', ' + place:<28}{way:<20}{p50:>9.2f}{p90:>9.2f}{p50 / base:>9.1f}")


if __name__ == "__main__":
    with server() as url, psycopg.connect(url, autocommit=True) as root:
        root.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            prepare(url)
            main()
        finally:
            root.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
