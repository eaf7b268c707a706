"""Take, list, check and drop snapshots. A snapshot is a folder: a Parquet file a table, and manifest.json, written last.

It is made beside its final place and renamed there when everything is on disk, so it is there whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from psycopg.conninfo import make_conninfo

from jimin.core import clock
from jimin.core.access.scope import Scope
from jimin.engines.lake import pseudonyms
from jimin.engines.lake.limits import limits
from jimin.engines.lake.tables import BELOW_TOWN, TABLES, Column, Kind, Table

FORMAT = 1
MANIFEST = "manifest.json"
NAME = re.compile(r"\d{4}-\d{2}-\d{2}(-\d+)?")
DRAFT = ".draft-"
PIECE = 1 << 20  # bytes read at a time for a hash
ARROW = {Kind.KEY: pa.int64(), Kind.DATE: pa.date32(), Kind.NUMBER: pa.int64(), Kind.TRUTH: pa.bool_()}


class LakeFault(Exception):
    """A snapshot cannot be taken, found or trusted; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a snapshot: rows, bytes, hash, each column's kind, and how many of its values were withheld."""

    rows: int
    bytes: int
    sm3: str
    columns: dict[str, str]
    withheld: dict[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that is complete."""

    folder: Path
    day: date
    taken_at: str
    key: str
    tables: dict[str, Part]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(p.rows for p in self.tables.values())

    def file(self, table: str) -> Path:
        """The Parquet file of a table. Raises LakeFault for one that the snapshot has not."""
        if table not in self.tables:
            raise LakeFault(
                f"快照 {self.name} 里没有表 {table}；有：{'、'.join(sorted(self.tables))}。请重新做一份快照。"
            )
        return self.folder / f"{table}.parquet"


def lake_folder() -> Path:
    """Where the snapshots lie (setting JIMIN_LAKE)."""
    return Path(settings.JIMIN_LAKE)


# -- taking ------------------------------------------------------------------------------------------------------
@contextmanager
def draft(name: str) -> Iterator[Path]:
    """A folder beside the snapshots, the owner's alone; whatever is left of it at the end goes."""
    lake = lake_folder()
    lake.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = lake / f"{DRAFT}{name}-{os.getpid()}-{secrets.token_hex(3)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(folder: Path, day: date, scope: Scope, tables: Iterable[Table] | None = None) -> Snapshot:
    """Read every declared table in one moment of the database and write it into an empty folder. Raises LakeFault."""
    secret = pseudonyms.lake_key()
    wanted = list(TABLES.values() if tables is None else tables)
    with _reading(scope) as cursor:
        parts = {table.name: _table(cursor, table, folder, secret) for table in wanted}
    made = Snapshot(folder, day, clock.now().isoformat(timespec="seconds"), pseudonyms.name_of(secret), parts)
    content = {"format": FORMAT, "day": day.isoformat(), "taken_at": made.taken_at, "key": made.key}
    content["tables"] = {name: asdict(part) for name, part in parts.items()}  # type: ignore[assignment]
    file = folder / MANIFEST
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    for each in (*folder.iterdir(), folder):
        _sync(each)
    return made


def place(folder: Path, name: str) -> Path:
    """Give a finished draft its name; the next free one of that day when there is one already."""
    lake = lake_folder()
    for number in range(1, 1000):
        target = lake / (name if number == 1 else f"{name}-{number}")
        try:
            os.rename(folder, target)  # an existing snapshot is not empty, so it is never replaced
        except OSError:
            if not target.exists():
                raise
        else:
            _sync(lake)
            return target
    raise LakeFault(f"{name} 已有太多快照；请先 jimin lake drop 一些。")


@contextmanager
def _reading(scope: Scope) -> Iterator[Any]:
    """A cursor of ADBC in one read-only transaction that sees one moment, under the scope's row-level security."""
    db = settings.DATABASES["default"]
    given = {
        "dbname": db["NAME"],
        "user": db["USER"],
        "password": db["PASSWORD"],
        "host": db["HOST"],
        "port": db["PORT"],
    }
    with (
        adbc.connect(make_conninfo(**{k: str(v) for k, v in given.items() if v})) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(
            "SELECT set_config('jimin.scope_level', $1, true), set_config('jimin.scope_codes', $2, true)",
            [scope.level, ",".join(scope.codes)],
        )
        cursor.fetchall()
        yield cursor
        connection.rollback()


def _table(cursor: Any, table: Table, folder: Path, secret: bytes) -> Part:
    schema = pa.schema([(n, ARROW.get(c.kind, pa.string())) for n, c in table.columns.items()])
    file = folder / f"{table.name}.parquet"
    withheld: dict[str, int] = {}
    names: list[pa.Array] = []
    rows = 0
    cursor.execute(table.select)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in cursor.fetch_record_batch():
            columns = [carry(column, batch.column(name), secret) for name, column in table.columns.items()]
            for name, before, after in zip(table.columns, batch.columns, columns, strict=True):
                if lost := _given(before) - _given(after):
                    withheld[name] = withheld.get(name, 0) + lost
            rows += batch.num_rows
            names += [columns[list(table.columns).index(table.unique)]] if table.unique else []
            writer.write_batch(pa.record_batch(columns, schema=schema), row_group_size=limits()["rows_per_group"])
    if names and len(pc.unique(pa.chunked_array(names))) != rows:
        raise LakeFault(f"表 {table.name} 有两条记录的假名相同；请换一把数据湖的密钥（docs/operations.md）再做。")
    kinds = {name: str(column.kind) for name, column in table.columns.items()}
    return Part(rows, file.stat().st_size, digest(file), kinds, withheld)


def _given(values: pa.Array) -> int:
    """How many are neither null nor an empty text."""
    empty = pc.sum(pc.equal(values, "")).as_py() or 0 if pa.types.is_string(values.type) else 0
    return len(values) - values.null_count - empty


def carry(column: Column, values: pa.Array, secret: bytes) -> pa.Array:
    """A column of PostgreSQL as it may stand in the lake; null where it may not."""
    if column.kind is Kind.KEY:
        return pseudonyms.pseudonyms(secret, column.of, values)
    if column.kind is Kind.PLACE:
        fits = pc.match_substring_regex(values, rf"^\d{{{BELOW_TOWN}}}000$")
        return pc.if_else(fits, values, pa.scalar(None, pa.string())).cast(pa.string())
    if column.kind is Kind.OPTION:
        known = pc.is_in(values, pa.array(column.options, pa.string()))
        return pc.if_else(known, values, pa.scalar(None, pa.string())).cast(pa.string())
    return values.cast(ARROW[column.kind])


# -- reading ----------------------------------------------------------------------------------------------------
def snapshots() -> list[Snapshot]:
    """Every complete snapshot, the oldest first."""
    lake = lake_folder()
    found = [p for p in lake.iterdir() if NAME.fullmatch(p.name)] if lake.is_dir() else []
    return sorted((read(p) for p in found), key=lambda s: (s.day, s.taken_at))


def find(name: str = "") -> Snapshot:
    """The snapshot of a name; without one the newest. Raises LakeFault."""
    if name and (not NAME.fullmatch(name) or not (lake_folder() / name / MANIFEST).exists()):
        known = "、".join(s.name for s in snapshots()) or "还没有，请先 jimin lake snapshot"
        raise LakeFault(f"没有快照“{name}”（现有：{known}）。")
    if name:
        return read(lake_folder() / name)
    found = snapshots()
    if not found:
        raise LakeFault("还没有快照；请先 jimin lake snapshot。")
    return found[-1]


def read(folder: Path) -> Snapshot:
    """The snapshot in a folder. Raises LakeFault when it has no manifest that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
        parts = {name: Part(**part) for name, part in content["tables"].items()}
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
        return Snapshot(folder, date.fromisoformat(content["day"]), content["taken_at"], content["key"], parts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeFault(f"快照 {folder.name} 的 {MANIFEST} 读不出来（{error}）；请删掉这个目录重新做。") from None


def faults(found: Snapshot) -> Iterator[str]:
    """What is wrong with the files of a snapshot, one line each."""
    for name, part in found.tables.items():
        file = found.file(name)
        if not file.exists():
            yield f"{found.name}：少了 {file.name}"
        elif digest(file) != part.sm3:
            yield f"{found.name}：{file.name} 和做的时候不一样"
    extra = {p.stem for p in found.folder.glob("*.parquet")} - set(found.tables)
    yield from (f"{found.name}：多了 {name}.parquet" for name in sorted(extra))


def outdated(today: date) -> list[Snapshot]:
    """The snapshots that are past their days."""
    limit = today - timedelta(days=limits()["keep_days"])
    return [s for s in snapshots() if s.day < limit]


def sweep(before: datetime) -> None:
    """Away with what a killed run left behind before a moment."""
    for left in lake_folder().glob(f"{DRAFT}*"):
        if left.stat().st_mtime < before.timestamp():
            shutil.rmtree(left, ignore_errors=True)


def drop(found: Snapshot) -> None:
    """Away with a snapshot and what was made beside it: first out of sight, then off the disk."""
    hidden = found.folder.with_name(f"{DRAFT}gone-{found.name}-{secrets.token_hex(3)}")
    os.rename(found.folder, hidden)
    shutil.rmtree(hidden)


def digest(file: Path) -> str:
    """SM3 of a file, in hex."""
    mark = hashes.Hash(hashes.SM3())
    with open(file, "rb") as content:
        while piece := content.read(PIECE):
            mark.update(piece)
    return mark.finalize().hex()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
