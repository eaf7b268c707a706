"""`jimin restore` into an empty installation on the same server; another cluster is in the faults tests."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from jimin.core import health
from jimin.core.secrets import keys as keyring
from jimin.platform.backup import copy, manifest, restore
from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance
from jimin.platform.places import ROOT
from tests.platform.backup.conftest import superuser


def jimin(environment, *words, typed=""):
    """A command of ours as a person runs it in another installation."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JIMIN_") and k != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "jimin", *map(str, words)],
        cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, input=typed,
    )  # fmt: skip


def nothing_there(environment):
    with superuser(environment["DATABASE_URL"]) as there:
        tables = there.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()
    left = {p.name for p in (ROOT / environment["JIMIN_VAR"]).iterdir()} - {"log", "run.lock", ".secrets.lock"}
    return tables == (0,) and left == set()


def test_rows_files_keys_and_rights_come_back_and_the_trail_verifies(installation, empty_place):
    folder, found = installation.back_up()
    _var, environment = empty_place()
    done = jimin(environment, "restore", folder, "--keys", installation.keys)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("已恢复", "没有发现改动", "核对 2 份，0 份打不开", "指标都核验通过"):
        assert said in done.stdout, done.stdout
    with superuser(environment["DATABASE_URL"]) as there:
        assert there.execute("SELECT count(*) FROM files_storedfile").fetchone() == (2,)
        # one row more than the set: that it was restored, and from what
        rows = there.execute("SELECT action, object_id FROM audit_auditrow ORDER BY id DESC LIMIT 2").fetchall()
        assert rows[0] == ("platform.restore", found.id) and rows[1][0] == "test.act"
        assert _rights(there) == _rights(superuser(installation.owner))
        assert _policies(there) == _policies(superuser(installation.owner))
    with psycopg.connect(environment["JIMIN_APP_DATABASE_URL"]) as app:
        assert app.execute("SELECT count(*) FROM parties_person").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE audit_auditrow SET body = ''")


def _rights(database):
    return database.execute(
        "SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE a.grantee = 'jimin_app'::regrole AND c.relnamespace = 'public'::regnamespace"
        " AND c.relname <> 'jimin_setup' ORDER BY 1, 2"
    ).fetchall()


def _policies(database):
    return database.execute(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, pg_get_expr(p.polqual, p.polrelid)"
        " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 4"
    ).fetchall()


def test_a_restore_over_data_is_refused(installation, empty_place):
    folder, _found = installation.back_up()
    var, environment = empty_place()
    full = {**environment, "DATABASE_URL": installation.owner}
    done = jimin(full, "restore", folder, "--keys", installation.keys)
    assert done.returncode == 2 and "不覆盖" in done.stderr
    (var / "files" / "ab" / "cd").mkdir(parents=True)
    (var / "files" / "ab" / "cd" / ("ab" * 32)).write_bytes(b"somebody's")
    done = jimin(environment, "restore", folder, "--keys", installation.keys)
    assert done.returncode == 2 and str(var / "files") in done.stderr and "--replace" in done.stderr
    assert (var / "files" / "ab" / "cd" / ("ab" * 32)).read_bytes() == b"somebody's"


def test_a_note_about_another_database_does_not_make_this_ones_data_half_a_restore(installation, empty_place):
    folder, _found = installation.back_up()
    var, environment = empty_place()
    (var / "files" / "ab" / "cd").mkdir(parents=True)
    (var / "files" / "ab" / "cd" / ("ab" * 32)).write_bytes(b"somebody's")
    (var / "restoring.json").write_text('{"set": "of the demo", "database": "jimin_demo"}')
    done = jimin(environment, "restore", folder, "--keys", installation.keys)
    assert done.returncode == 2 and "--replace" in done.stderr
    assert (var / "files" / "ab" / "cd" / ("ab" * 32)).read_bytes() == b"somebody's"


def test_without_room_nothing_is_moved_aside(installation, empty_place, monkeypatch, settings):
    folder, found = installation.back_up()
    var, environment = empty_place()
    monkeypatch.setenv("DATABASE_URL", environment["DATABASE_URL"])
    monkeypatch.setattr(health, "free_bytes", lambda path: 1)
    settings.FILES_ROOT = var / "files"
    (var / "files" / "ab" / "cd").mkdir(parents=True)
    (var / "files" / "ab" / "cd" / ("ab" * 32)).write_bytes(b"somebody's")
    name = psycopg.conninfo.conninfo_to_dict(environment["DATABASE_URL"])["dbname"]
    here = Instance(var, var, 0, 0, demo=False)
    with pytest.raises(Refusal, match="腾出地方"):
        restore.Restore(here, folder, installation.keys, True, lambda asked: name, print)._target(found)
    assert (var / "files" / "ab" / "cd" / ("ab" * 32)).read_bytes() == b"somebody's"


def test_replacing_needs_the_typed_name_and_keeps_what_was_there_under_another_name(installation, empty_place):
    folder, _found = installation.back_up()
    var, environment = empty_place()
    (var / "files" / "ab" / "cd").mkdir(parents=True)
    (var / "files" / "ab" / "cd" / ("ab" * 32)).write_bytes(b"somebody's")
    words = ("restore", folder, "--keys", installation.keys, "--replace")
    done = jimin(environment, *words, typed="yes\n")
    assert done.returncode == 2 and "什么都没有动" in done.stderr
    name = psycopg.conninfo.conninfo_to_dict(environment["DATABASE_URL"])["dbname"]
    done = jimin(environment, *words, typed=f"{name}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    (aside,) = var.glob("files.before-*")
    assert (aside / "ab" / "cd" / ("ab" * 32)).read_bytes() == b"somebody's"


def test_a_bad_set_leaves_the_empty_installation_empty(installation, empty_place):
    """A flipped byte, and keys of another installation."""
    folder, _found = installation.back_up()
    _var, environment = empty_place()
    entry = next(copy.entries(folder))
    path = copy.place(folder / manifest.BLOBS, entry.name)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = jimin(environment, "restore", folder, "--keys", installation.keys)
    assert done.returncode == 2 and "什么都没有动" in done.stderr and nothing_there(environment)
    path.write_bytes(whole)
    other = installation.var.parent / "other-keys"
    other.mkdir()
    (other / "keys.json").write_text(
        json.dumps({"current": "1", "keys": {"1": {"encrypt": "11" * 16, "token": "22" * 32}}})
    )
    done = jimin(environment, "restore", folder, "--keys", other)
    assert done.returncode == 2 and "密钥不对" in done.stderr and nothing_there(environment)


def test_a_newer_versions_set_is_refused_with_the_migration_it_lacks(installation, empty_place):
    folder, about = installation.back_up()
    about.migrations["files"].append("0099_from_the_future")
    manifest.write(folder, about, keyring.ring())
    _var, environment = empty_place()
    done = jimin(environment, "restore", folder, "--keys", installation.keys)
    assert done.returncode == 2 and "files.0099_from_the_future" in done.stderr and nothing_there(environment)


def test_an_unfinished_restore_keeps_the_installation_from_starting(installation, empty_place):
    var, environment = empty_place()
    (var / "restoring.json").write_text("{}")
    done = jimin({**environment, "JIMIN_PORT": "0"}, "run")
    assert done.returncode == 2
    done = jimin({**environment, "JIMIN_PORT": "18999"}, "run")
    assert done.returncode == 2 and "恢复没有做完" in done.stderr


def test_a_set_of_the_database_alone_leaves_the_files_as_they_are(installation, empty_place):
    """The dump before a migration goes back beside files that stayed where they are."""
    folder, _found = installation.back_up(files=None, keys_to=None)
    var, environment = empty_place()
    (var / "files" / "ab" / "cd").mkdir(parents=True)
    (var / "files" / "ab" / "cd" / ("ab" * 32)).write_bytes(b"stays")
    done = jimin(environment, "restore", folder, "--keys", keyring.settings.JIMIN_KEYS)
    # its files are not there in this test, and the check says so
    assert "已恢复" in done.stdout and done.returncode == 1 and "files verify" in done.stderr
    assert (var / "files" / "ab" / "cd" / ("ab" * 32)).read_bytes() == b"stays"
