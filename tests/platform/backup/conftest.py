"""A small installation of the test database: a var folder, some people, files and audit rows, and sets of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from jimin.core.audit import anchor, seal
from jimin.core.audit import api as audit
from jimin.core.audit.models import AuditRow, Block
from jimin.core.files import blobs
from jimin.core.files.models import StoredFile
from jimin.platform import grants, testing
from jimin.platform.backup import make, source
from jimin.platform.backup.manifest import Manifest
from jimin.platform.steps import LEDGER, _record
from tests.platform.harness import until


def quiet(line: str) -> None:
    """Progress that nobody reads."""


@dataclass
class Installation:
    """What a test works with: where things lie, and the owner's login that a server of one's own would have."""

    var: Path
    files: Path
    owner: str
    shelf: Path  # where sets go
    keys: Path  # where keys go

    def hand_in(self, content: bytes, name: str = "来信.pdf") -> str:
        """A registered file; its SHA-256."""
        sha256 = blobs.put(content)
        StoredFile.objects.create(name=name, kind="pdf", size=len(content), sha256=sha256)
        return sha256

    def act(self, number: int = 1) -> None:
        """Audit rows, as actions leave them."""
        with transaction.atomic():
            audit.write(None, "test.act", [audit.Change("test.thing", str(n), {}, {"n": n}) for n in range(number)])

    def back_up(self, **wish: object) -> tuple[Path, Manifest]:
        """A set, as `jimin backup` writes it."""
        given = {"folder": self.shelf, "files": self.files, "keys_to": self.keys, **wish}
        return make.make(source.checked(self.owner), make.Wish(**given), quiet)

    def sets(self) -> list[str]:
        return sorted(p.name for p in self.shelf.iterdir() if not p.name.startswith(".lock"))


@pytest.fixture
def installation(transactional_db, test_database, tmp_path, monkeypatch, settings) -> Installation:
    """An installation with two files, sealed and anchored audit rows, and one row that is not sealed yet."""
    var = tmp_path / "var"
    var.mkdir()
    monkeypatch.setenv("JIMIN_VAR", str(var))
    monkeypatch.setenv("DATABASE_URL", test_database.url(grants.OWNER_ROLE))
    monkeypatch.delenv("JIMIN_OWNER_DATABASE_URL", raising=False)
    settings.VAR, settings.FILES_ROOT = var, var / "files"
    with psycopg.connect(test_database.url(grants.OWNER_ROLE), autocommit=True) as owner:
        owner.execute(LEDGER)
        _record(owner, "mode", "real")
        owner.execute("GRANT SELECT ON jimin_setup TO jimin_app")
    made = Installation(var, var / "files", test_database.url(grants.OWNER_ROLE), tmp_path / "shelf", tmp_path / "safe")
    made.hand_in(b"%PDF-1.4 one")
    made.hand_in(b"%PDF-1.4 two" * 100_000, "名册.pdf")
    made.act(20)
    # Another database's open transaction on the test server holds the sealer back for its time.
    assert until(_all_sealed, 60)
    anchor.anchor()
    made.act(1)
    return made


def _all_sealed() -> bool:
    seal.seal()
    return sum(Block.objects.values_list("n", flat=True)) == AuditRow.objects.count()


@pytest.fixture
def empty_place(test_database, tmp_path) -> Iterator[Callable[[], tuple[Path, dict[str, str]]]]:
    """Makes empty installations on the test server: a var folder and the environment that names an empty database."""
    made: list[str] = []

    def place() -> tuple[Path, dict[str, str]]:
        name = f"jimin_test_{test_database.name.split('_')[2]}_restore_{secrets.token_hex(3)}"
        test_database.server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(grants.OWNER_ROLE)
            )
        )
        made.append(name)
        var = tmp_path / f"new-{len(made)}"
        var.mkdir()
        return var, {
            "JIMIN_VAR": str(var),
            "JIMIN_FILES": str(var / "files"),
            "JIMIN_KEYS": str(var / "keys.json"),
            "JIMIN_DEMO": "0",
            "DATABASE_URL": testing._url(grants.OWNER_ROLE, name),
            "JIMIN_APP_DATABASE_URL": testing._url(grants.APP_ROLE, name),
        }

    yield place
    connection.close()
    for name in made:
        test_database.server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def superuser(name: str) -> psycopg.Connection:
    """Past every policy, into a database by its URL."""
    database = psycopg.conninfo.conninfo_to_dict(name)["dbname"]
    return psycopg.connect(make_conninfo(testing.server_url(), dbname=database), autocommit=True)
