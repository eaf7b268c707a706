"""After a day's work no number stands in clear anywhere on the machine: not in the database's files, its log or its
write-ahead log, not in a process's log, not among uploads, exports, anchors, sessions, temporary files, dumps and
backups. Numbers planted on purpose are found in each of these places, so that finding nothing means something.
"""

from __future__ import annotations

import base64
import gzip
import io
import logging
import os
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from jimin.core.parties.tests.conftest import (  # noqa: F401
    OTHER_COUNTYS_VILLAGE,
    VILLAGE,
    WANG,
    actors,
    key_file,
    province,
)
from jimin.core.secrets import logs
from jimin.platform.embedded import Embedded, wheel_binaries
from jimin.platform.places import ROOT
from jimin.platform.testing import Connection
from tests.platform.harness import Run, folder, free_port
from tests.security.leaks import Seeker, unpacked
from tests.security.number_story import Http, Story, client_of

CARD, PHONE = "6222020000000000018", "13912345678"


# -- the searcher itself -------------------------------------------------------------------------
@pytest.mark.parametrize("number", [WANG, "22012219510727996X", PHONE, CARD])
@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.encode(),
        lambda t: t.encode("gb18030"),
        lambda t: t.encode("utf-16"),
        lambda t: t.encode("utf-16-be"),
        lambda t: t.encode().hex().encode(),
        lambda t: base64.b64encode(t.encode()),
        lambda t: base64.b64encode(b"x" + t.encode()),
        lambda t: base64.b64encode(b"xy" + t.encode()),
    ],
)
def test_the_search_finds_a_number_however_it_is_written(number, write):
    seeker = Seeker([number, "220122198505219974"])
    assert seeker.find(write(f"身份证号：{number}，"), coded=True) == {number}
    assert seeker.find(write("身份证号：220122********9960，"), coded=True) == set()


def test_the_search_opens_archives_within_archives():
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet1.xml", f"<v>{WANG}</v>" * 50)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("名单.xlsx", inner.getvalue())
    seeker, packed = Seeker([WANG]), gzip.compress(outer.getvalue())
    assert seeker.find(packed, coded=True) == set()
    assert [name for name, part in unpacked("b.gz", packed) if seeker.find(part)] == ["b.gz!!名单.xlsx!sheet1.xml"]


def test_a_log_line_hides_what_looks_like_a_number_and_leaves_what_does_not():
    formatter = logs.Formatter("%(message)s")
    line = f"Not Found: /people/{WANG}/ 22012219510727996X {PHONE} {CARD} 区划 220122101202 第 42 行"
    said = formatter.format(logging.LogRecord("x", logging.WARNING, "", 0, line, (), None))
    assert Seeker([WANG, "22012219510727996X", PHONE, CARD]).find(said.encode()) == set()
    assert "220122101202" in said and "第 42 行" in said and "220*************60" in said


# -- the small one: one database, its tables, its files, the log -----------------------------------
@pytest.fixture
def story(transactional_db: None, settings: Any, tmp_path: Path, actors: dict[str, Any]) -> Story:  # noqa: F811
    settings.FILES_ROOT = tmp_path / "files"
    settings.JIMIN_ANCHORS = tmp_path / "anchors"
    near, far = client_of(actors["county"].account), client_of(actors["other_county"].account)
    from django.test import Client

    return Story(near, far, Client(), VILLAGE, OTHER_COUNTYS_VILLAGE)


def tables(owner: Connection) -> Iterator[tuple[str, bytes]]:
    """Every table of the database, as text."""
    rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    for (name,) in rows:
        with owner.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(str(name)))) as copied:
            yield str(name), b"".join(bytes(part) for part in copied)


def test_after_a_days_work_no_table_and_no_log_holds_a_number(story, as_owner, caplog):
    story.work(3)
    seeker = Seeker(story.told)
    formatted = "\n".join(logs.Formatter("%(name)s %(message)s").format(r) for r in caplog.records)
    assert caplog.records and seeker.find(formatted.encode(), coded=True) == set()
    assert {name: found for name, text in tables(as_owner) if (found := seeker.find(text, coded=True))} == {}
    as_owner.execute("CREATE TABLE leak (a text, b bytea)")
    one, two = sorted(story.told, key=len)[-2:]
    as_owner.execute("INSERT INTO leak VALUES (%s, %s)", [one, two.encode()])
    assert {name: found for name, text in tables(as_owner) if (found := seeker.find(text))} == {"leak": {one, two}}


# -- the whole one: a fresh cluster under the product's own launcher --------------------------------
COUNTY, OTHER = ("220122", "220122101202"), ("220183", "220183001001")


class Installation:
    """A running installation without demo data, its commands, and everywhere it writes."""

    def __init__(self, home: Path, temporary: Path) -> None:
        self.home, self.var, self.temporary = home, home / "var", temporary
        environment = {
            "TMPDIR": str(self.temporary),
            "JIMIN_LIVE_APP": "jimin.sites.live.asgi:application",
            "DJANGO_SETTINGS_MODULE": "jimin.platform.settings",
        }
        self.run = Run(self.var, free_port(), **environment).ready(240)
        self.printed: list[str] = []

    def command(self, *arguments: str) -> str:
        """A command in another window; what it prints is searched at the end."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=self.run.environment, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
        self.printed += [done.stdout, done.stderr]
        assert done.returncode == 0, (arguments[:3], done.stdout[-2000:], done.stderr[-4000:])
        return done.stdout

    def clerk(self, unit: str) -> Http:
        name = f"clerk.{unit}"
        said = self.command(
            "jimin", "account", "add", "--username", name, "--name", "某经办", "--unit", unit, "--role", "county_clerk"
        )  # fmt: skip
        browser = Http(self.run.port)
        first, own = said.partition("：")[2].split()[0], "li-shan-he-hai-77"
        assert browser.sign_in(name, first).status_code == 302
        changed = browser.post("/console/password/", {"key": str(uuid.uuid4()), "old": first, "new": own, "again": own})
        assert changed.status_code == 302
        assert browser.get("/console/people/").status_code == 200
        return browser

    def dump(self) -> Path:
        """What pg_dump writes, uncompressed."""
        target = self.home / "dump.sql"
        with open(target, "wb") as out:
            subprocess.run(
                [str(wheel_binaries() / "pg_dump"), Embedded(self.var).url(database="jimin")], stdout=out, check=True
            )
        return target

    def sql(self, statement: str) -> None:
        with psycopg.connect(Embedded(self.var).url(database="jimin"), autocommit=True) as connection:
            connection.execute(statement)

    def search(self, seeker: Seeker, *more: str) -> dict[str, set[str]]:
        """Every file this installation has written, what it printed, and `more`."""
        self.sql("CHECKPOINT")
        folders = {self.home, self.temporary, Embedded(self.var).data}
        found = seeker.in_files(*folders)
        texts = {"supervisor": self.run.output, "commands": "\n".join(self.printed), **dict(enumerate(more))}
        return found | {str(k): n for k, text in texts.items() if (n := seeker.find(text.encode(), coded=True))}


@pytest.mark.slow
def test_a_whole_installation_leaves_no_number_anywhere(monkeypatch):
    with folder() as home, tempfile.TemporaryDirectory(prefix="jimin-leaks-") as temporary:
        os.chmod(temporary, 0o1777)
        monkeypatch.setattr(tempfile, "tempdir", temporary)  # the socket's folder is looked for there too
        site = Installation(home, Path(temporary))
        try:
            _tell(site)
        finally:
            site.run.stop()


def _tell(site: Installation) -> None:
    near, far = site.clerk(COUNTY[0]), site.clerk(OTHER[0])
    story = Story(near, far, Http(site.run.port), COUNTY[1], OTHER[1])
    story.work(40)
    numbers = sorted(story.told)
    large = ("\n".join(numbers) * (4_000_000 // (19 * len(numbers)))).encode()
    for content in (large, "\n".join(numbers).encode("utf-16")):
        assert near.upload("/console/people/search/", "名单.txt", content).status_code == 422
    sessions = site.command("tests.security.inside", *[n for n in numbers if len(n) == 18][:12])
    site.command("jimin", "keys", "add")
    site.command("jimin", "keys", "rotate", "--batch", "7")
    site.command("jimin", "keys", "list")
    site.command("jimin", "keys", "drop", "1")
    site.command("jimin", "audit", "anchor")
    site.command("jimin", "files", "verify")
    site.command("jimin", "backup", str(site.home / "backups"), "--keys-to", str(site.home / "keys"))
    assert near.post("/console/people/search/", {"q": story.people[3]["id_number"]}).status_code == 200
    site.dump()
    seeker = Seeker([*numbers, *(control := _controls())])
    assert site.search(seeker, sessions) == {}
    _plant(site, control)
    found = site.search(seeker, site.command("tests.security.inside", "--control", control[4]))
    assert set().union(*found.values()) == set(control), found
    places = {number: [name for name, numbers in found.items() if number in numbers] for number in control}
    assert any("/base/" in f"/{name}" or name.split("/")[-2].isdigit() for name in places[control[0]]), places
    assert any("pg_wal" in name for name in places[control[0]]), places
    assert any(name.endswith("dump.sql") for name in places[control[0]]), places
    assert any(name.endswith("postgres.log") for name in places[control[1]]), places
    assert any("files" in name for name in places[control[2]]) and any(
        "control.gz" in name for name in places[control[3]]
    )
    assert {"commands"} <= set(places[control[4]]), places


def _controls() -> list[str]:
    """Five numbers that are planted, each of another kind of place."""
    from tests.security.number_story import Browser

    teller = Story(*[Browser] * 3, "", "", seed=99)  # type: ignore[arg-type]
    return [teller.id_number() for _ in range(5)]


def _plant(site: Installation, control: list[str]) -> None:
    site.sql("CREATE TABLE leak (number text)")
    site.sql(f"INSERT INTO leak SELECT '{control[0]}' FROM generate_series(1, 50)")
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        site.sql(f"SELECT '号{control[1]}'::int")
    (site.var / "files" / "control.txt").write_bytes(control[2].encode("utf-16"))
    (site.temporary / "control.gz").write_bytes(gzip.compress(f"身份证号{control[3]}".encode("gb18030")))
    os.sync()
    site.dump()
