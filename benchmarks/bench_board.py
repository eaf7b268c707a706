"""The board with a million ledger rows behind it and 32 clients, against a hand-written query on the same server.

`python benchmarks/bench_board.py [rows] [seconds]`; JIMIN_TEST_SERVER names a PostgreSQL server to use (a superuser's
URL), else one is started for the run. Clients, pages and database share the machine's cores.
"""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

NAME, PORT, CLIENTS = "jimin_bench_board", 8390, 32
MEASURES = 20


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server's URL."""
    if given := os.environ.get("JIMIN_TEST_SERVER"):
        yield given
        return
    from jimin.platform.embedded import UNSAFE_AND_FAST, Embedded

    with tempfile.TemporaryDirectory(prefix="jimin-bench-") as folder:
        cluster = Embedded(Path(folder), UNSAFE_AND_FAST)
        try:
            cluster.start()
            yield cluster.url()
        finally:
            cluster.stop()


def prepare(rows: int) -> str:
    """Divisions, offices, a plan of 46 points with 20 numbers, and the rows. Returns a session's cookie."""
    import django

    django.setup()
    import yaml
    from django.conf import settings
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection, transaction

    from jimin.core.access.models import Account, Appointment
    from jimin.core.divisions import loading
    from jimin.core.divisions.models import ReportingUnit
    from jimin.domains.planning.models import Chapter, Plan, Point, Target, Task
    from jimin.engines.indicators import api as indicators
    from jimin.engines.indicators.models import Goal, Indicator

    call_command("migrate", verbosity=0, interactive=False)
    pack = settings.PACK
    with transaction.atomic():
        loading.load_divisions(pack / "divisions.csv", "benchmark")
        loading.load_units(yaml.safe_load((pack / "reporting_units.yaml").read_text("utf-8")))
        office = ReportingUnit.objects.get(powers__contains="plan_office")
        account = Account.objects.create_user("bench", secrets.token_hex(8), name="bench")
        Appointment.objects.create(account=account, unit=office, role="office_clerk", valid_from=date(2023, 1, 1))
        end = date(2023, 12, 31)
        plan = Plan.objects.create(year=2023, title="benchmark", state="in_force", digest="0" * 64)
        chapters = [Chapter.objects.create(plan=plan, no=n, title=f"第{n}章") for n in range(1, 11)]
        for no in range(1, 47):
            text = f"第{no}项工作完成达到9000个。" * 8
            point = Point.objects.create(
                plan=plan, chapter=chapters[(no - 1) // 5], no=no, title=f"工作{no}", text=text, lead=office
            )
            if no <= MEASURES:
                measure = Indicator.objects.create(
                    code=f"bench.m{no:02}", title=f"指标{no}", shape="count", unit="个", numerator_title="数量",
                    method="computed", computation="planning.items",
                )  # fmt: skip
                goal = Goal.objects.create(
                    indicator=measure, comparator="ge", value=rows // MEASURES, deadline=end, from_plan=True, source="x"
                )
                Target.objects.create(
                    point=point, sentence=0, quote=text[:12], start=0, end=12, subject="x", comparator="ge",
                    value=goal.value, unit="个", deadline=end, found="sure", indicator=measure, goal=goal,
                )  # fmt: skip
                Task.objects.create(point=point, title=measure.title, lead=office, indicator=measure, due_on=end)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH u AS (SELECT id, jurisdiction, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS k
                       FROM divisions_reportingunit WHERE kind IN ('县局', '开发区')),
                 m AS (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM indicators_indicator)
            INSERT INTO planning_ledgeritem (id, version, prefecture, county, town, village, indicator_id, unit_id, name,
                division, address, quantity, stage, since, state, confirmed_on, void_reason)
            SELECT gen_random_uuid(), 1, left(u.jurisdiction, 4) || '00000000', u.jurisdiction, '', '', m.id, u.id,
                'row ' || g, u.jurisdiction, '', 1, '', date '2023-01-01' + (g / 20 %% 280), 'confirmed',
                date '2023-01-01' + (g / 20 %% 280), ''
            FROM generate_series(1, %s) g JOIN u ON u.n = (g / %s) %% u.k JOIN m ON m.n = g %% %s
            """,
            [rows, MEASURES, MEASURES],
        )
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    with transaction.atomic():
        indicators.refresh(Indicator.objects.all())
    print(
        f"{rows:,} rows; all {MEASURES} figures rewritten from them in {time.perf_counter() - began:.1f} s", flush=True
    )
    note_an_action()
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = account.get_session_auth_hash()
    session["seen"] = int(time.time())
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def note_an_action() -> None:
    """What an action leaves behind: pages kept before it are made anew."""
    from django.db import transaction

    from jimin.core.audit import api as audit

    with transaction.atomic():
        audit.write(None, "bench", [audit.Change("bench.thing", "1", {}, {"a": 1})])


def measure(name: str, path: str, cookie: str, seconds: float, clients: int = CLIENTS, every: float = 0) -> None:
    """Closed loop: each client asks again as soon as it is answered; with `every`, an action is noted so often."""
    taken: list[float] = []
    stop = time.monotonic() + seconds
    lock = threading.Lock()

    def client() -> None:
        mine = []
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        while time.monotonic() < stop:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "zh-CN"})
            answer = connection.getresponse()
            answer.read()
            mine.append(time.perf_counter() - began)
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status}")
        with lock:
            taken.extend(mine)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    while every and time.monotonic() < stop:
        note_an_action()
        time.sleep(every)
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"{name}: {clients} clients, {len(taken) / seconds:.0f} a second, "
        f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms ({len(taken)} answers)",
        flush=True,
    )


def main(rows: int, seconds: float) -> None:
    with server() as url:
        info = psycopg.conninfo.conninfo_to_dict(url)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")
        host = str(info.get("host") or "127.0.0.1")
        user, password = info.get("user") or "postgres", info.get("password") or ""
        os.environ.update(
            JIMIN_DATABASE_URL=f"postgresql://{user}:{password}@/{NAME}?host={host}&port={info.get('port') or 5432}",
            DJANGO_SETTINGS_MODULE="jimin.platform.settings", JIMIN_SECRET_KEY=secrets.token_hex(16), JIMIN_DEMO="1",
            JIMIN_BUSINESS_DAY="2023-10-10", PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
        )  # fmt: skip
        cookie = prepare(rows)
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT),
            "--workers", "2", "--blocking-threads", "4", "--log-level", "warning", "board_wsgi:application",
        ]  # fmt: skip
        pages = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        try:
            _wait()
            county = "220122"
            for name, path, every in (
                ("hand-written SQL", "/floor", 0.0),
                ("board", "/console/plan/", 0.0),
                ("board, an action a second", "/console/plan/", 1.0),
                ("one point", "/console/plan/7/", 0.0),
                ("figure by office", "/console/plan/i/bench.m07/?month=2023-10&unit=2201", 0.0),
                ("county's rows behind a figure", f"/console/plan/i/bench.m07/?month=2023-10&unit={county}", 0.0),
            ):
                measure(name, path, cookie, seconds, every=every)
            measure("board", "/console/plan/", cookie, seconds, clients=1)
            measure("board, an action each 20 ms", "/console/plan/", cookie, seconds, clients=1, every=0.02)
        finally:
            os.killpg(pages.pid, signal.SIGTERM)
            pages.wait(20)
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _wait() -> None:
    until = time.monotonic() + 60
    while True:
        try:
            http.client.HTTPConnection("127.0.0.1", PORT, timeout=5).request("GET", "/floor")
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, float(sys.argv[2]) if len(sys.argv) > 2 else 10)
