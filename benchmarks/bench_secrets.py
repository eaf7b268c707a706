"""Sealed numbers beside clear ones: loading, looking up, and a change of keys, for people with id, phone and bank card.

    python benchmarks/bench_secrets.py [--rows 200000]     on a fresh server of its own, or on
    JIMIN_BENCH_SERVER=postgresql://superuser@host:port/postgres

The clear table has the same rows and index; it is the floor that the machine gives in the same run.
"""

from __future__ import annotations

import argparse
import atexit
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
from bench_audit import server
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
NAME = "jimin_bench_secrets"
COLUMNS = ("id_number", "phone", "bank_card")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--lookups", type=int, default=2000)
    options = parser.parse_args()
    with server() as url, psycopg.connect(url, autocommit=True) as root:
        root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        root.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(NAME)))
        try:
            operator = prepare(url)
            measure(operator, options.rows, options.lookups)
        finally:
            from django.db import connections

            connections.close_all()
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))


def prepare(url: str) -> Any:
    """Django on the bench's own database, with keys of its own; an operator of the department."""
    at = conninfo_to_dict(url)
    host = str(at.get("host") or "").replace("/", "%2F")
    user = f"{at.get('user', '')}:{at.get('password', '')}".rstrip(":")
    home = tempfile.mkdtemp(prefix="jimin-bench-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ |= {
        "JIMIN_DATABASE_URL": f"postgresql://{user}@:{at.get('port', 5432)}/{NAME}?host={host}",
        "JIMIN_VAR": home,
        "JIMIN_KEYS": f"{home}/keys.json",
        "JIMIN_FILES": f"{home}/files",
    }
    os.environ.setdefault("JIMIN_SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from jimin.core.secrets import keys

    call_command("migrate", verbosity=0, interactive=False)
    keys.ensure_keys()
    from jimin.core.access.roles import Role
    from jimin.core.divisions.models import UnitKind
    from jimin.core.parties.tests.conftest import make_actor, make_province

    make_province()
    return make_actor("installer", UnitKind.OFFICE, "990000000000", Role.OPERATOR)


def people(rows: int) -> list[tuple[str, str, str]]:
    """Numbers that are all different and well formed."""
    from jimin.core.secrets.numbers import id_check

    made = []
    for n in range(rows):
        first = f"22{n % 9000 + 1000:04}{1950 + n // 9000 % 60}0101{n // 9000 // 60 % 1000:03}"
        made.append((first + id_check(first), f"13{n:09}", f"6222{n:014}"))
    return made


def measure(operator: Any, rows: int, lookups: int) -> None:
    """Every step for both, and a line for each."""
    numbers = people(rows)
    print(f"{rows:,} people, 3 numbers each; one process")
    values(numbers[:20_000])
    say("load, clear", rows, timed(lambda: load_clear(numbers)))
    say("load, sealed with marks", rows, timed(lambda: load_sealed(operator, numbers)))
    sizes()
    wanted = random.Random(1).sample(numbers, min(lookups, rows))
    times("look-up, clear", wanted, find_clear)
    find = finder(operator)
    times("look-up, sealed, one key", wanted, find)
    say("rewrite in batches, clear", rows, timed(rewrite_clear))
    from jimin.core.secrets.actions import AddKey, DropKey

    AddKey.perform(operator)
    times("look-up, sealed, two keys", wanted, find)
    say("change of keys", rows, timed(lambda: rotate(operator)))
    times("look-up, after it", wanted, find)
    say("count and drop the old key", rows, timed(lambda: DropKey.perform(operator, {"key": 1})))
    sizes()


def values(numbers: list[tuple[str, str, str]]) -> None:
    """One value at a time, without a database."""
    from jimin.core.secrets import cipher

    place = {"table": "parties_person", "pk": "1", "field": "id_number"}
    ids = [n[0] for n in numbers]
    sealed = [cipher.seal(i, **place) for i in ids]
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("seal", lambda: [cipher.seal(i, **place) for i in ids]),
        ("open", lambda: [cipher.unseal(s, **place) for s in sealed]),
        ("token", lambda: [cipher.token("id", i) for i in ids]),
    ]
    for name, step in steps:
        print(f"  {name:<28}{timed(step) / len(ids) * 1e6:>9.1f} µs a value")


def load_clear(numbers: list[tuple[str, str, str]]) -> None:
    """COPY into a table of clear text, its indexes there."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_clear (pk serial PRIMARY KEY, id_number text, phone text, bank_card text)")
        cursor.execute("CREATE UNIQUE INDEX ON bench_clear (id_number)")
        cursor.execute("CREATE INDEX ON bench_clear (phone)")
        copy(cursor, "COPY bench_clear (id_number, phone, bank_card) FROM STDIN", numbers)


def load_sealed(operator: Any, numbers: list[tuple[str, str, str]]) -> None:
    """The same into the product's table: sealed, with tokens and the marks of numbers only one may hold."""
    from django.db import connection

    from jimin.core.access.scope import working_as
    from jimin.core.parties.models import Party, Person
    from jimin.core.secrets import cipher
    from jimin.core.secrets.models import HeldNumber

    columns = [f"{c}_{part}" for c in COLUMNS for part in ("sealed", "token")]
    rest = "prefecture,county,town,village,name,sex,disability,address,description,version"
    place = ("990100000000", "990122000000", "990122110000", "", "某人", "未知", "", "", "", 1)
    parties = [Party(kind="person") for _ in numbers]
    rows, marks = [], []
    for party, three in zip(parties, numbers, strict=True):
        row: list[Any] = []
        for name, text in zip(COLUMNS, three, strict=True):
            kind = getattr(Person, name).kind.code
            row += [cipher.seal(text, table="parties_person", pk=party.pk, field=name), cipher.token(kind, text)]
        rows.append((party.pk, *row, *place))
        marks.append((row[1], "parties_person.id_number", str(party.pk)))
    with working_as(operator), connection.cursor() as cursor:
        copy(cursor, "COPY parties_party (id, version, kind) FROM STDIN", ((p.pk, 1, "person") for p in parties))
        copy(cursor, f"COPY parties_person (party_id, {','.join(columns)}, {rest}) FROM STDIN", rows)
        copy(cursor, f"COPY {HeldNumber._meta.db_table} (token, place, record) FROM STDIN", marks)


def copy(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows into a table."""
    with cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)


def find_clear(three: tuple[str, str, str]) -> object:
    """One person by the clear number."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pk, id_number FROM bench_clear WHERE id_number = %s", [three[0]])
        return cursor.fetchone()


def finder(operator: Any) -> Callable[[tuple[str, str, str]], object]:
    """One person by the number, as the product asks: in one transaction under the scope."""
    from django.db import transaction

    from jimin.core.access.scope import set_scope
    from jimin.core.parties import api

    def find(three: tuple[str, str, str]) -> object:
        with transaction.atomic():
            set_scope(operator.scope)
            began = time.perf_counter()
            found = api.by_id_number(operator, three[0])
            find.taken = time.perf_counter() - began  # type: ignore[attr-defined]
            return found

    return find


def times(name: str, wanted: list[tuple[str, str, str]], find: Callable[[tuple[str, str, str]], object]) -> None:
    """p50 and p99 of looking each of them up."""
    taken = []
    for three in wanted:
        began = time.perf_counter()
        found = find(three)
        taken.append(getattr(find, "taken", time.perf_counter() - began) * 1000)
        assert found is not None, name
    taken.sort()
    print(
        f"  {name:<28}{statistics.median(taken):>9.2f} ms p50{taken[int(len(taken) * 0.99)]:>9.2f} ms p99", flush=True
    )


def rewrite_clear() -> None:
    """The same rows read and written back in the same batches, nothing sealed."""
    from django.db import connection, transaction

    from jimin.core.secrets.limits import limits

    last, size = 0, limits()["rows_per_batch"]
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pk, id_number, phone, bank_card FROM bench_clear WHERE pk > %s ORDER BY pk LIMIT %s FOR UPDATE",
                [last, size],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.execute(
                "UPDATE bench_clear t SET id_number = v.a, phone = v.b, bank_card = v.c"
                " FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) v(k, a, b, c) WHERE t.pk = v.k",
                [list(c) for c in zip(*rows, strict=True)],
            )
            last = rows[-1][0]


def rotate(operator: Any) -> None:
    """Every batch through the action, with its audit row, as `jimin keys rotate` does."""
    from jimin.core.secrets.actions import Reseal

    while not Reseal.perform(operator, {"holder": "parties_person"})["end"]:
        pass


def sizes() -> None:
    """The tables on disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_table_size(oid) / 1e6, pg_indexes_size(oid) / 1e6 FROM pg_class WHERE relname = ANY (%s)"
            " ORDER BY 1",
            [["bench_clear", "parties_person", "secrets_heldnumber"]],
        )
        for name, table, indexes in cursor.fetchall():
            print(f"  {name:<28}{table:>9.0f} MB, indexes {indexes:.0f} MB")


def timed(step: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def say(name: str, rows: int, seconds: float) -> None:
    """One line."""
    print(f"  {name:<28}{rows / seconds / 1000:>9.1f} krow/s{seconds:>9.1f} s", flush=True)


if __name__ == "__main__":
    main()
