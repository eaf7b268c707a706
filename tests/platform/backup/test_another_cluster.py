"""A whole installation with its embedded server, restored into another one: another cluster, other transaction ids."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from jimin.platform import databases
from jimin.platform.backup import manifest
from jimin.platform.embedded import Embedded
from jimin.platform.places import ROOT
from jimin.platform.secretfile import SecretFile
from tests.platform.harness import Run, folder, until

pytestmark = pytest.mark.slow

EVENT = """INSERT INTO events_outboxevent (day, name, subject, payload, prefecture, county, town, attempts, error)
    VALUES (current_date, 'test.waits', 'test.thing:1', '{}', '', '', '', 0, '')"""


def jimin(var, *words, typed=""):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JIMIN_") and k != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "jimin", *map(str, words)], cwd=ROOT, capture_output=True, text=True, input=typed,
        env={**kept, "JIMIN_VAR": str(var), "JIMIN_DEMO": "0"},
    )  # fmt: skip


def owner(var) -> psycopg.Connection:
    server = Embedded(var)
    return psycopg.connect(server.url(database=databases.REAL), autocommit=True)


def burn_transactions(var, count):
    """Let a cluster's transaction ids run ahead, as a year of work does."""
    with owner(var) as there:
        there.execute(f"DO $$ BEGIN FOR i IN 1..{count} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")


def test_a_running_installation_comes_back_whole_in_another_cluster_and_goes_on():
    with folder() as place:
        old, new, shelf, keys = place / "old", place / "new", place / "shelf", place / "keys"
        first = Run(old).ready(180)
        burn_transactions(old, 20_000)
        with owner(old) as there:
            there.execute(EVENT)  # its transaction id is far above what a fresh cluster has given out
            there.execute(
                "UPDATE events_outboxevent SET retry_at = now() + interval '1 hour' WHERE name = 'test.waits'"
            )
        assert until(lambda: jimin(old, "audit", "seal").returncode == 0)
        done = jimin(old, "backup", shelf, "--keys-to", keys)
        assert done.returncode == 0, done.stdout + done.stderr
        (made,) = manifest.sets(shelf)
        then = first.note["pid"]
        assert first.process.poll() is None and then == first.process.pid  # it went on running
        secret = SecretFile(old).get("secret_key")
        first.stop()

        restored = jimin(new, "restore", made, "--keys", keys)
        assert restored.returncode == 0, restored.stdout + restored.stderr
        for said in ("没有发现改动", "0 份打不开", "都核验通过"):
            assert said in restored.stdout
        assert SecretFile(new).get("secret_key") == secret

        second = Run(new).ready(180)
        with owner(new) as there:
            assert there.execute("SELECT count(DISTINCT epoch) FROM audit_auditrow").fetchone() == (2,)
            there.execute("UPDATE events_outboxevent SET retry_at = NULL WHERE name = 'test.waits'")
            waits = "SELECT delivered_at IS NOT NULL FROM events_outboxevent WHERE name = 'test.waits'"
            assert until(lambda: there.execute(waits).fetchone() == (True,), 30), "the event of the old cluster waits"
            sealed = (
                "SELECT count(*) FROM audit_block WHERE epoch = (SELECT system_identifier FROM pg_control_system())"
            )
            assert until(
                lambda: jimin(new, "audit", "seal").returncode == 0 and there.execute(sealed).fetchone()[0] > 0
            )
        assert jimin(new, "audit", "verify").returncode in (0, 3)
        assert second.get() == 200

        # over it again: refused while it runs, refused over data, and aside when the name is typed
        busy = jimin(new, "restore", made, "--keys", keys)
        assert busy.returncode == 2 and "已经在运行" in busy.stderr
        second.stop()
        over = jimin(new, "restore", made, "--keys", keys)
        assert over.returncode == 2 and "--replace" in over.stderr
        replaced = jimin(new, "restore", made, "--keys", keys, "--replace", typed="jimin\n")
        assert replaced.returncode == 0, replaced.stdout + replaced.stderr
        assert "jimin_before_" in replaced.stdout


def test_a_restore_killed_in_the_middle_is_started_over():
    with folder() as place:
        old, new, shelf, keys = place / "old", place / "new", place / "shelf", place / "keys"
        first = Run(old).ready(180)
        assert jimin(old, "backup", shelf, "--keys-to", keys).returncode == 0
        first.stop()
        (made,) = manifest.sets(shelf)
        code = (
            "import os, signal, sys\nfrom jimin.platform import cli\nfrom jimin.platform.backup import restore\n"
            "restore.Restore._anchors = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
            f"cli.main(['restore', {str(made)!r}, '--keys', {str(keys)!r}])"
        )
        kept = {k: v for k, v in os.environ.items() if not k.startswith("JIMIN_") and k != "DATABASE_URL"}
        environment = {**kept, "JIMIN_VAR": str(new), "JIMIN_DEMO": "0"}
        killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert killed.returncode == -9, killed.stderr
        assert json.loads((new / "restoring.json").read_text())["set"] == made.name
        assert "恢复没有做完" in Run(new).refused()
        again = jimin(new, "restore", made, "--keys", keys)
        assert again.returncode == 0, again.stdout + again.stderr
        assert not (new / "restoring.json").exists()
        Run(new).ready(180).stop()
