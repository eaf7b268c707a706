"""Put a set into an empty installation, in an order in which a kill at any moment leaves nothing that looks finished.

Everything is checked before anything is touched. A note in var (restoring.json) stands from the first change to the
last; while it stands `make run` refuses, and a second restore may start over. The database comes in one transaction.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from jimin.core import health
from jimin.core.secrets.keys import Ring
from jimin.platform import databases, grants
from jimin.platform.backup import adopt, check, copy, keycopy, manifest, snapshot, tools
from jimin.platform.backup.manifest import Manifest
from jimin.platform.embedded import Embedded
from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance
from jimin.platform.secretfile import SecretFile, write_private
from jimin.platform.steps import LEDGER
from jimin.platform.urls import parts

NOTE = "restoring.json"
Say = Callable[[str], None]


@dataclass
class Restore:
    """One restore of a set into the installation of `instance`. `confirm` asks a person to type the database's name."""

    instance: Instance
    folder: Path
    keys: Path | None
    replace: bool
    confirm: Callable[[str], str]
    say: Say
    server: Embedded | None = None

    def run(self) -> tuple[Manifest, databases.Logins]:
        """Restore and return what was restored and how to reach it. Refusal before anything is changed, or after a fault."""
        found, key_file, ring = self._check()
        self.instance.claim()
        self.stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        try:
            self._note(found, self._target(found))
            logins = self._database(found, ring)
            if found.files is not None:
                self._files()
            self._anchors(found)
            self._keys(key_file)
            (self.instance.var / NOTE).unlink()
        except BaseException:
            self.stop()
            raise
        return found, logins

    def stop(self) -> None:
        """Stop a server that was started for the restore."""
        if self.server:
            self.server.stop()

    # --- before anything is touched -----------------------------------------------------------------

    def _check(self) -> tuple[Manifest, Path, Ring]:
        found = manifest.read(self.folder)
        _known_migrations(found)
        if self.instance.pack.name != found.pack:
            raise Refusal(
                f"这份备份用的资料包是 {found.pack}，现在是 {self.instance.pack.name}。请设 JIMIN_PACK={found.pack}。"
            )
        key_file = self._key_file(found)
        ring = keycopy.taken(key_file)
        self.say("核对备份 …")
        check.insist(check.check(self.folder, ring, self.say))
        return found, key_file, ring

    def _key_file(self, found: Manifest) -> Path:
        if self.keys is not None:
            return keycopy.fitting(self.keys, found.keys)
        inside, own = self.folder / manifest.KEYS, Path(settings.JIMIN_KEYS)
        if found.with_keys or own.exists():
            return keycopy.fitting(inside if found.with_keys else own, found.keys)
        raise Refusal("这份备份里没有密钥（应当如此）。请用 --keys 指定另存的密钥目录；没有密钥，谁也恢复不了。")

    def _target(self, found: Manifest) -> str:
        """What is there must be empty, or be moved aside by somebody who typed its name. Returns the database's name."""
        demo = found.mode == "demo"
        if self.instance.demo != demo:
            raise Refusal(
                f"这份备份是{'演示' if demo else '正式'}数据。请设 JIMIN_DEMO={'1' if demo else '0'} 再恢复。"
            )
        if given := os.environ.get("DATABASE_URL"):
            name = str(parts(given)["dbname"])
            begun = self._begun(name)
            with databases.connect(given, "DATABASE_URL") as owner:
                if _tables(owner):
                    raise Refusal(
                        f"DATABASE_URL 的库 {name} 里已有数据，不覆盖。请建一个空库，让 DATABASE_URL 指它，再恢复。"
                    )
                self._check_major(found, owner)
        else:
            self.server = Embedded(self.instance.var)
            self.server.start()
            name = databases.DEMO if demo else databases.REAL
            begun = self._begun(name)
            self._check_embedded(name, begun)
        full = [] if begun else self._occupied(found)
        if full and not self.replace:
            raise Refusal(
                f"{'、'.join(full)} 里已有数据，恢复只进空的安装。请用 JIMIN_VAR=新目录；"
                "确要替换，加 --replace（现有的会改名留着，不删除）。"
            )
        self._room(found)
        if full and self.confirm(name) != name:
            raise Refusal("没有确认，什么都没有动。")
        self._move_aside(found, begun)
        return name

    def _begun(self, name: str) -> bool:
        """Whether an earlier restore into this very database was left half done; what stands in any other is data."""
        try:
            note = json.loads((self.instance.var / NOTE).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return False
        return bool(note.get("database") == name)

    def _check_embedded(self, name: str, begun: bool) -> None:
        """A database with tables is data; half of an earlier restore is not, and goes."""
        assert self.server is not None  # noqa: S101
        with psycopg.connect(self.server.url(), autocommit=True) as superuser:
            exists = superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if exists and begun:
                superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _occupied(self, found: Manifest) -> list[str]:
        full = []
        if self.server:
            name = databases.DEMO if found.mode == "demo" else databases.REAL
            if self._has_tables(name):
                full.append(f"库 {name}")
        if found.files is not None and any(self._root().glob("??/??/*")):
            full.append(str(self._root()))
        if any(self._anchor_folder().glob("*.jsonl")):
            full.append(str(self._anchor_folder()))
        return full

    def _has_tables(self, name: str) -> bool:
        assert self.server is not None  # noqa: S101
        try:
            with psycopg.connect(self.server.url(database=name), autocommit=True) as there:
                return _tables(there)
        except psycopg.OperationalError:
            return False

    def _move_aside(self, found: Manifest, begun: bool) -> None:
        """Nothing is deleted: database, files and anchors get a name with the time."""
        if self.server and not begun:
            name = databases.DEMO if found.mode == "demo" else databases.REAL
            if self._has_tables(name):
                aside = f"{name}_before_{self.stamp.lower()}"
                with psycopg.connect(self.server.url(), autocommit=True) as superuser:
                    superuser.execute(
                        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(aside))
                    )
                self.say(f"现有的库改名为 {aside}，确认不要后可自己删除。")
        for folder in ([self._root()] if found.files is not None else []) + [self._anchor_folder()]:
            if folder.exists() and any(folder.iterdir()):
                aside_folder = folder.with_name(f"{folder.name}.before-{self.stamp}")
                folder.rename(aside_folder)
                self.say(f"现有的 {folder.name} 改名为 {aside_folder}。")

    def _check_major(self, found: Manifest, owner: databases.Connection) -> None:
        there, then = owner.info.server_version // 10000, found.postgresql // 10000
        if there < then:
            raise Refusal(f"备份来自 PostgreSQL {then}，这个服务器是 {there}。请用 {then} 或更新的服务器。")

    def _room(self, found: Manifest) -> None:
        need = int((found.files or {}).get("bytes", 0)) + (
            found.database.size * 6 if found.database and self.server else 0
        )
        free = health.free_bytes(self._root())
        if free < need:
            raise Refusal(
                f"{self._root()} 所在磁盘只剩 {free / 1e6:.0f} MB，恢复约要 {need / 1e6:.0f} MB。请先腾出地方。"
            )

    def _note(self, found: Manifest, database: str) -> None:
        about = {"set": found.id, "from": str(self.folder), "database": database}
        write_private(self.instance.var / NOTE, json.dumps(about))

    # --- the parts ----------------------------------------------------------------------------------

    def _database(self, found: Manifest, ring: Ring) -> databases.Logins:
        secrets = SecretFile(self.instance.var)
        if given := os.environ.get("DATABASE_URL"):
            logins = databases.given(given, secrets)
        else:
            assert self.server is not None  # noqa: S101
            logins = databases.embedded(self.server, secrets, found.mode == "demo")
        began = time.monotonic()
        with psycopg.connect(logins.owner, autocommit=True) as owner:
            major = owner.info.server_version // 10000
            self._pour(found, ring, logins.owner, major)
            owner.execute(LEDGER)
            adopt.adopt(owner)
            grants.apply(owner, str(parts(logins.app)["user"]))
            owner.execute("SELECT set_config('jimin.scope_level', 'province', false)")
            _compare_rows(found.rows, snapshot.rows(owner))
            owner.execute("ANALYZE")
        self.say(f"数据库：{sum(found.rows.values()):,} 行，用时 {time.monotonic() - began:.1f} 秒")
        return logins

    def _pour(self, found: Manifest, ring: Ring, url: str, major: int) -> None:
        self.say("恢复数据库 …")
        loader = tools.load(url, major)
        try:
            check.pour(self.folder, found, ring, loader)
        except BaseException:
            loader.kill()  # nothing was committed
            loader.wait()
            raise
        if loader.stdin:
            loader.stdin.close()
        words = tools.last_words(loader)
        if loader.wait():
            raise Refusal(f"数据库没有恢复成（{words}）。库里没有留下内容；请查明后再恢复一次。")

    def _files(self) -> None:
        root, began = self._root(), time.monotonic()
        draft = root.with_name(f"{root.name}.restoring")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        count = size = 0
        for entry in copy.entries(self.folder):
            target = copy.place(draft, entry.name)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = copy.copied(copy.place(self.folder / manifest.BLOBS, entry.name), target)
            if part.sha256 != entry.sealed:
                raise Refusal(f"文件 {entry.name[:12]} 在核对之后变了。恢复没有做完；请检查备份的磁盘后再恢复一次。")
            count, size = count + 1, size + part.size
        if root.exists():
            shutil.rmtree(root)  # empty, or of the restore that was begun before
        os.sync()
        draft.rename(root)
        self._give(root)
        self.say(f"文件：{count:,} 份 {size / 1e6:.1f} MB，用时 {time.monotonic() - began:.1f} 秒")

    def _anchors(self, found: Manifest) -> None:
        folder = self._anchor_folder()
        folder.mkdir(exist_ok=True)
        for name in found.anchors:
            (folder / name).unlink(missing_ok=True)
            copy.copied(self.folder / manifest.ANCHORS / name, folder / name)
        self._give(folder)

    def _keys(self, key_file: Path) -> None:
        """The ring becomes this installation's, and what signs sessions and codes with it."""
        own = Path(settings.JIMIN_KEYS)
        text = key_file.read_text("utf-8")
        if not own.exists() or own.read_text("utf-8") != text:
            if own.exists():
                own.rename(own.with_name(f"{own.name}.before-{self.stamp}"))
            write_private(own, text)
        signing = key_file.with_name(keycopy.SIGNING)
        if signing.exists() and not os.environ.get("JIMIN_SECRET_KEY"):
            SecretFile(self.instance.var).put("secret_key", signing.read_text("utf-8"))

    def _root(self) -> Path:
        return Path(settings.FILES_ROOT)

    def _anchor_folder(self) -> Path:
        return self.instance.var / "anchors"

    def _give(self, folder: Path) -> None:
        """What root restores belongs to the one who runs the installation."""
        if os.geteuid():
            return
        owner = self.instance.var.stat()
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)


def _tables(connection: databases.Connection) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    ).fetchone()
    return bool(row and row[0])


def _known_migrations(found: Manifest) -> None:
    """A set of a newer version holds what this code knows nothing of."""
    from django.db.migrations.loader import MigrationLoader

    disk = MigrationLoader(None).disk_migrations
    known = set(disk) | {(app, name) for migration in disk.values() for app, name in migration.replaces}
    applied = [(app, name) for app, names in found.migrations.items() for name in names]
    strange = [f"{app}.{name}" for app, name in applied if (app, name) not in known]
    if strange:
        more = f" 等 {len(strange)} 个" if len(strange) > 1 else ""
        raise Refusal(
            f"这份备份是更新的版本（{found.version}）做的：本版本没有迁移 {strange[0]}{more}。"
            "请先把程序升级到做备份时的版本，再恢复。"
        )


def _compare_rows(then: dict[str, int], now: dict[str, int]) -> None:
    # The setup ledger gains rows of its own when a database is adopted.
    wrong = [
        f"{t}（应有 {n} 行，实有 {now.get(t, 0)} 行）"
        for t, n in then.items()
        if t != "jimin_setup" and now.get(t, 0) != n
    ]
    if wrong:
        raise Refusal(f"恢复后的行数不符：{'、'.join(wrong[:3])}。请不要启动，查明原因。")
