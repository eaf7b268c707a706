"""Backup and restore of about 1 GB (database rows and sealed files), beside plain pg_dump | pg_restore and cp in the same run.

    python benchmarks/bench_backup.py [MEGABYTES]

A server of its own on the wheel's binaries, with fsync, in a temporary folder. Half of the volume is rows (audit rows with
JSON bodies, as they are stored), half is files of 200 kB. Seconds a GB are by the volume of what is backed up.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MB = 1_000_000
FILE = 200_000
ROWS = """INSERT INTO audit_auditrow (day, actor, unit, action, object_type, object_id, body)
    SELECT date '2026-01-01' + (n %% 300)::int, '农安县民政局 刘敏（经办）', '220122', 'planning.edit_entry', 'planning.entry',
    md5(n::text), json_build_object('before', json_build_object('value', n, 'note', md5(n::text)), 'after',
    json_build_object('value', n + 1, 'note', md5((n + 1)::text), 'why', '核实后更正，附件已上传', 'ref', md5((n * 7)::text)))::text
    FROM generate_series(%s::bigint, %s::bigint) n"""
ROW_BYTES = 440  # on the disk, without indexes


def main() -> None:
    wanted = (int(sys.argv[1]) if len(sys.argv) > 1 else 1000) * MB
    place = Path(tempfile.mkdtemp(prefix="jimin-bench-"))
    place.chmod(0o711)
    os.environ.update(JIMIN_VAR=str(place / "var"), JIMIN_DEMO="0", JIMIN_SECRET_KEY="bench", JIMIN_PORT="18777")
    os.environ["DJANGO_SETTINGS_MODULE"] = "jimin.platform.settings"
    for name in ("DATABASE_URL", "JIMIN_DATABASE_URL", "JIMIN_KEYS", "JIMIN_FILES"):
        os.environ.pop(name, None)
    try:
        measure(place, wanted)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def measure(place: Path, wanted: int) -> None:
    """Make the volume, back it up and restore it both ways, and print a line for each."""
    import django

    from jimin.platform import databases, steps
    from jimin.platform.embedded import Embedded
    from jimin.platform.instance import Instance
    from jimin.platform.secretfile import SecretFile

    django.setup()
    instance = Instance.from_environment()
    server = Embedded(instance.var)
    server.start()
    try:
        logins = databases.embedded(server, SecretFile(instance.var), demo=False)
        instance.environment(logins.app)
        command(["migrate"], {"JIMIN_OWNER_DATABASE_URL": logins.owner, "JIMIN_DATABASE_URL": logins.app})
        database = fill(logins.owner, wanted // 2)
        files = fill_files(wanted // 2, logins.owner)
        with databases.connect(logins.owner, "bench") as owner:
            owner.execute(steps.LEDGER)
            steps._record(owner, "mode", "real")
        for words in (["audit", "seal"], ["audit", "anchor"]):
            command(words, {"JIMIN_DATABASE_URL": logins.app})
        total = (database + files) / 1e9
        print(f"数据库 {database / 1e6:.0f} MB（不含索引），文件 {files / 1e6:.0f} MB；{os.cpu_count()} 核")
        floor(place, logins.owner, server, total)
        product(place, total)
    finally:
        server.stop()


def fill(owner: str, size: int) -> int:
    """Rows of `size` bytes; what the tables hold then."""
    import psycopg

    with psycopg.connect(owner, autocommit=True) as connection:
        step = 200_000
        for start in range(0, size // ROW_BYTES, step):
            connection.execute(ROWS, [start, min(start + step, size // ROW_BYTES) - 1])
        row = connection.execute("SELECT pg_table_size('audit_auditrow')").fetchone()
    return int(row[0])


def fill_files(size: int, owner: str) -> int:
    """Registered and sealed contents that do not shrink."""
    import psycopg

    from jimin.core.files import blobs
    from jimin.core.records import new_id

    with psycopg.connect(owner, autocommit=True) as connection, connection.cursor() as cursor:
        columns = "id, version, name, kind, size, sha256, owner_type, owner_id"
        with cursor.copy(f"COPY files_storedfile ({columns}) FROM STDIN") as copy:
            for _ in range(size // FILE):
                name = blobs.put(secrets.token_bytes(FILE))
                copy.write_row((str(new_id()), 1, "附件.pdf", "pdf", FILE, name, "", ""))
    return size // FILE * FILE


def floor(place: Path, owner: str, server: object, total: float) -> None:
    """pg_dump to a file and cp; pg_restore into an empty database and cp."""
    import psycopg

    from jimin.platform.backup import tools

    bare, environment = tools._bare(server.url(database="jimin")), tools._environment(server.url(database="jimin"))
    dump, copied, back = place / "plain.dump", place / "plain-files", place / "plain-back"
    program = [
        tools.program("pg_dump", 18),
        "-Fc",
        "--compress=gzip:1",
        "--no-owner",
        "--no-privileges",
        "-f",
        str(dump),
    ]
    out = timed(lambda: run([*program, "-d", bare], environment), lambda: run(["cp", "-r", str(place / "var/files"), str(copied)]), lambda: run(["sync"]))  # fmt: skip
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        superuser.execute("CREATE DATABASE plain OWNER jimin_owner TEMPLATE template0")
    to = bare.replace("'jimin'", "'plain'")
    restore = [
        tools.program("pg_restore", 18),
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
    ]
    into = timed(lambda: run([*restore, "-d", to, str(dump)], environment), lambda: run(["cp", "-r", str(copied), str(back)]), lambda: run(["sync"]))  # fmt: skip
    print(f"pg_dump + cp      {out:6.1f} s  {out / total:6.1f} s/GB   {dump.stat().st_size / 1e6:.0f} MB")
    print(f"pg_restore + cp   {into:6.1f} s  {into / total:6.1f} s/GB")
    floor.seconds = (out, into)
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        superuser.execute("DROP DATABASE plain WITH (FORCE)")
    for path in (copied, back):
        shutil.rmtree(path)
    dump.unlink()


def product(place: Path, total: float) -> None:
    """`jimin backup` twice (all, then only what is new), `--verify`, and `jimin restore` into another var folder."""
    shelf, keys, plain = place / "shelf", place / "keys", floor.seconds
    first = timed(lambda: command(["backup", str(shelf), "--keys-to", str(keys)]))
    print(f"jimin backup      {first:6.1f} s  {first / total:6.1f} s/GB   {first / plain[0]:.2f} × pg_dump + cp")
    again = timed(lambda: command(["backup", str(shelf), "--keys-to", str(keys)]))
    print(f"  第二份（增量）  {again:6.1f} s  {again / total:6.1f} s/GB")
    made = sorted(shelf.glob("jimin-*"))[-1]
    check = timed(lambda: command(["backup", "--verify", str(made)]))
    print(f"  --verify        {check:6.1f} s  {check / total:6.1f} s/GB")
    elsewhere = {"JIMIN_VAR": str(place / "new"), "JIMIN_PORT": "18778"}
    said: list[str] = []
    whole = timed(lambda: said.append(command(["restore", str(made), "--keys", str(keys)], elsewhere)))
    restored = float(next(line for line in said[0].splitlines() if "已恢复" in line).split("用时 ")[1].split()[0])
    print(f"jimin restore     {restored:6.1f} s  {restored / total:6.1f} s/GB   {restored / plain[1]:.2f} × pg_restore + cp（含先核对整份备份、建库、迁移检查）")  # fmt: skip
    print(
        f"  加上恢复后的核验 {whole:5.1f} s  {whole / total:6.1f} s/GB（audit verify、files verify、indicators check）"
    )


def command(words: list[str], more: dict[str, str] | None = None) -> str:
    """One of our commands as a person runs it; its output."""
    done = subprocess.run(
        [sys.executable, "-m", "jimin", *words], env={**os.environ, **(more or {})}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(words: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(words, env=environment, check=True, capture_output=True)


def timed(*parts: Callable[[], object]) -> float:
    began = time.monotonic()
    for part in parts:
        part()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
