"""What `jimin backup` writes, and what it refuses to write."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from jimin.core import health
from jimin.core.files import blobs
from jimin.core.secrets import keys as keyring
from jimin.platform.backup import check, copy, keycopy, make, manifest, snapshot, source, state
from jimin.platform.errors import Refusal
from jimin.platform.places import ROOT
from tests.platform.backup.conftest import quiet


def verified(folder, keys=True):
    return check.check(folder, keyring.ring() if keys else None, quiet)


def test_a_set_holds_the_rows_the_files_and_the_anchors_and_says_so(installation):
    folder, found = installation.back_up()
    report = verified(folder)
    assert report.faults == [] and report.opened
    assert report.files == found.files["count"] == 2 and found.files["lost"] == 0
    assert found.rows["files_storedfile"] == 2 and found.rows["audit_auditrow"] == 21
    assert found.audit["block"] == 1 and len(found.anchors) == 1
    assert "0001_initial" in found.migrations["files"]
    assert state.read()["good"]["folder"] == str(folder)


def test_a_dump_shows_no_clear_text_to_who_has_no_keys(installation):
    installation.hand_in(b"%PDF-1.4 three", "孙淑芬的来信.pdf")
    folder, _found = installation.back_up()
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        assert "孙淑芬".encode() not in path.read_bytes(), path
        assert b"PGDMP" not in path.read_bytes()  # the head of every dump of this format


def test_keys_go_to_their_own_place_and_never_into_the_set(installation):
    folder, _found = installation.back_up()
    ring = json.loads(Path(keyring.settings.JIMIN_KEYS).read_text())["keys"]
    secrets = [part for key in ring.values() for name, part in key.items() if name in ("encrypt", "token")]
    everything = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert [s for s in secrets if s.encode() in everything or bytes.fromhex(s) in everything] == []
    kept = keycopy.found(installation.keys)
    assert len(kept) == 1 and kept[0].stat().st_mode & 0o077 == 0
    assert kept[0].with_name(keycopy.SIGNING).read_text() == keyring.settings.SECRET_KEY


def test_the_command_refuses_until_somebody_says_where_the_keys_go(installation):
    done = subprocess.run(
        [sys.executable, "-m", "jimin", "backup", str(installation.shelf)], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "JIMIN_SECRET_KEY": "x"},
    )  # fmt: skip
    assert done.returncode == 2 and "--keys-to" in done.stderr and not installation.shelf.exists()


def test_keys_are_not_taken_into_the_backups_folder_or_the_data(installation):
    for place in (installation.shelf / "keys", installation.shelf, installation.var / "keys"):
        with pytest.raises(Refusal, match="分开存放"):
            installation.back_up(keys_to=place)


def test_a_target_inside_the_data_folder_is_refused(installation):
    for place in (installation.var, installation.var / "backup", installation.var.parent):
        with pytest.raises(Refusal, match="一坏就都坏"):
            installation.back_up(folder=place)


def test_no_room_is_seen_before_the_start(installation, monkeypatch):
    monkeypatch.setattr(health, "free_bytes", lambda folder: 1_000_000)
    with pytest.raises(Refusal, match="只剩 1 MB"):
        installation.back_up()
    assert installation.sets() == []


def test_a_disk_that_fills_up_leaves_nothing_behind(installation, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(copy, "files", full)
    with pytest.raises(Refusal, match="写满"):
        installation.back_up()
    assert installation.sets() == []


def test_a_second_set_links_what_the_first_has_and_copies_only_what_is_new(installation):
    first, _ = installation.back_up()
    new = installation.hand_in(b"%PDF-1.4 later")
    second, found = installation.back_up()
    assert found.files["new"] == 1 and found.files["count"] == 3
    for entry in copy.entries(first):
        one, two = (copy.place(s / manifest.BLOBS, entry.name) for s in (first, second))
        assert one.stat().st_ino == two.stat().st_ino
    assert copy.place(second / manifest.BLOBS, new).exists() and not copy.place(first / manifest.BLOBS, new).exists()
    copy.remove(first)
    assert verified(second).faults == []


def test_a_content_that_was_sealed_anew_is_copied_again(installation):
    installation.back_up()
    sha256 = installation.hand_in(b"%PDF-1.4 one")
    blobs._write(blobs.path_of(sha256), blobs.seal.seal_bytes(b"%PDF-1.4 one", sha256))
    second, found = installation.back_up()
    assert found.files["new"] == 1
    assert copy.place(second / manifest.BLOBS, sha256).read_bytes() == blobs.path_of(sha256).read_bytes()


def test_a_set_made_while_people_write_is_of_one_moment(installation):
    """Each writer adds a file and its audit row in one transaction: every set must have as many of one as of the other."""
    stop = threading.Event()

    def write():
        from django.db import connection, transaction

        number = 0
        while not stop.is_set():
            with transaction.atomic():
                installation.hand_in(f"%PDF-1.4 {threading.get_ident()} {number}".encode(), "并发.pdf")
                time.sleep(0.005)
                installation.act(1)
            number += 1
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        sets = [installation.back_up() for _ in range(2)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for folder, found in sets:
        assert found.rows["files_storedfile"] - 2 == found.rows["audit_auditrow"] - 21
        assert found.files["count"] == found.rows["files_storedfile"]
        assert verified(folder).faults == []
    assert sets[0][1].files["count"] < sets[1][1].files["count"]


def test_a_file_registered_during_the_backup_waits_for_the_next_one(installation, monkeypatch):
    late = []
    facts = snapshot.facts

    def meanwhile(*given):
        late.append(installation.hand_in(b"%PDF-1.4 meanwhile"))
        return facts(*given)

    monkeypatch.setattr(snapshot, "facts", meanwhile)
    first, found = installation.back_up()
    monkeypatch.undo()
    assert found.files["count"] == found.rows["files_storedfile"] == 2
    assert late[0] not in {e.name for e in copy.entries(first)} and verified(first).faults == []


def test_a_registered_file_that_is_gone_is_named_and_does_not_stop_the_backup(installation):
    sha256 = installation.hand_in(b"%PDF-1.4 lost")
    blobs.path_of(sha256).unlink()
    folder, found = installation.back_up()
    assert found.files["lost"] == 1 and found.files["missing"] == [sha256]
    assert verified(folder).faults == [] and state.read()["good"]["lost"] == 1


def test_a_login_that_does_not_see_every_row_is_refused(installation, as_owner):
    as_owner.execute("DROP POLICY scope ON parties_person; CREATE POLICY narrow ON parties_person USING (false)")
    with pytest.raises(Refusal, match="parties_person"):
        source.checked(installation.owner)


def test_a_superuser_sees_every_row_whatever_the_policies(installation, as_owner):
    as_owner.execute("DROP POLICY scope ON parties_person; CREATE POLICY narrow ON parties_person USING (false)")
    url = psycopg.conninfo.make_conninfo(os.environ["JIMIN_TEST_SERVER"], dbname=as_owner.info.dbname)
    assert not source.checked(_as_url(url)).by_policy


def _as_url(conninfo):
    from jimin.platform.urls import to_url

    return to_url(psycopg.conninfo.conninfo_to_dict(conninfo))


def test_two_backups_into_one_folder_do_not_mix(installation):
    installation.shelf.mkdir()
    with make._alone(installation.shelf), pytest.raises(Refusal, match="另一次备份"):
        installation.back_up()


@pytest.mark.parametrize("moment", ["dump", "files", "manifest"])
def test_a_backup_killed_in_the_middle_is_no_backup_and_the_next_one_clears_it_away(installation, moment):
    """The child stops itself at the moment and is killed there, as by a power cut."""
    code = f"""
import os, signal, sys, django
django.setup()
from pathlib import Path
from jimin.platform.backup import make, source, tools, copy, manifest
def dead(*a, **k): os.kill(os.getpid(), signal.SIGKILL)
where = {{"dump": (tools.Dump, "finish"), "files": (copy, "copied"), "manifest": (manifest, "write")}}[{moment!r}]
setattr(*where, dead)
wish = make.Wish(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
make.make(source.checked(os.environ["DATABASE_URL"]), wish, print)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(installation.shelf), str(installation.files), str(installation.keys)],
        cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "jimin.platform.settings", "JIMIN_SECRET_KEY": "x",
             "JIMIN_KEYS": keyring.settings.JIMIN_KEYS, "JIMIN_FILES": str(installation.files)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = installation.sets()
    assert left.startswith(".partial-") and manifest.sets(installation.shelf) == []
    with pytest.raises(Refusal, match="不是一份做完的备份"):
        verified(installation.shelf / left)
    folder, _found = installation.back_up()
    assert installation.sets() == [folder.name]


def test_sets_are_listed_oldest_first_whoever_made_them(installation):
    made = [installation.back_up(prefix=prefix)[0] for prefix in ("", "daily-", "", "before-migration-", "")]
    assert manifest.sets(installation.shelf) == made
