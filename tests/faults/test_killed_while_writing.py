"""kill -9 in the middle of writing: an anchor, a content, a first start. The next run finishes what was begun."""

import os
import signal
import subprocess
import sys
import time
from random import Random

import psycopg
import pytest
from django.conf import settings as django_settings

from jimin.core.audit import anchor as anchoring
from jimin.core.audit.anchor import anchor, read
from jimin.core.audit.models import Block
from jimin.core.audit.tests.conftest import seal_all
from jimin.core.audit.tests.conftest import write as audit_rows
from jimin.core.audit.verify import verify
from jimin.core.files import blobs
from jimin.platform.embedded import Embedded
from jimin.platform.places import ROOT
from tests.faults.site import ENVIRONMENT, Site, waited
from tests.platform.harness import Run, folder, free_port, until

pytestmark = pytest.mark.slow
ROUNDS = 8
START = "import os, django; django.setup(); from django.conf import settings; "


def killed(script, started, random, **environment):
    """Run a script, kill it a moment after it has `started`; says whether it was still at work."""
    child = subprocess.Popen(
        [sys.executable, "-c", START + script], cwd=ROOT, env={**os.environ, "DJANGO_SETTINGS_MODULE": "jimin.platform.settings", **environment}
    )  # fmt: skip
    waited(lambda: started() or child.poll() is not None, 60, "the writing")
    time.sleep(random.uniform(0, 0.03))
    child.kill()
    return child.wait() == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_anchoring_that_is_killed_is_finished_by_the_next_without_a_gap_or_a_repeat(tmp_path, settings, test_database):
    settings.VAR, random, cut = tmp_path, Random(5), 0
    for n in range(120):
        audit_rows(1, n)
        seal_all(1)
    for _ in range(ROUNDS):
        before = size(tmp_path)
        cut += killed(
            "from jimin.core.audit.anchor import anchor; anchor()", lambda before=before: size(tmp_path) > before, random,
            JIMIN_VAR=str(tmp_path), JIMIN_DATABASE_URL=test_database.url(), JIMIN_SECRET_KEY="x",
        )  # fmt: skip
    assert cut >= 1, "never killed in the middle: nothing was tried"
    anchor()
    numbers = [a.block.no for a in read(anchoring.folder())]
    assert numbers == list(Block.objects.order_by("no").values_list("no", flat=True))
    assert verify().faults == []


def size(var):
    return sum(f.stat().st_size for f in (var / "anchors").glob("*.jsonl"))


def test_a_content_that_is_being_written_when_killed_is_there_whole_or_not_at_all(tmp_path, settings):
    settings.FILES_ROOT, random, drafts = tmp_path / "files", Random(7), 0

    def on_disk():
        return [p for p in settings.FILES_ROOT.glob("??/??/*") if p.is_file()]

    for n in range(ROUNDS):
        before = len(on_disk())
        killed(
            f"from jimin.core.files import blobs; [blobs.put(bytes([{n}, i]) * 4_000_000) for i in range(40)]",
            lambda before=before: len(on_disk()) > before, random,
            JIMIN_VAR=str(tmp_path), JIMIN_FILES=str(settings.FILES_ROOT), JIMIN_KEYS=django_settings.JIMIN_KEYS, JIMIN_SECRET_KEY="x",
        )  # fmt: skip
        drafts += len([p for p in on_disk() if p.name.startswith(blobs.DRAFT)])
    assert drafts >= 1, "never killed in the middle: nothing was tried"
    whole = [p for p in on_disk() if not p.name.startswith(blobs.DRAFT)]
    for place in whole:
        assert sum(len(chunk) for chunk in blobs.get(place.name)) == 8_000_000


def test_a_first_start_that_is_killed_again_and_again_ends_in_the_same_database_as_one_that_is_not():
    random = Random(11)
    with folder() as made, folder() as calm:
        var, port = made / "var", free_port()
        for _ in range(6):
            run = Run(var, port, **ENVIRONMENT)
            until(lambda run=run: run.said("已就绪"), random.uniform(1, 14))
            kill_all(run)
        disturbed, plain = Site(var), Site(calm / "var")
        try:
            for table in ("django_migrations", "divisions_division", "divisions_reportingunit", "indicators_indicator"):
                count = f"SELECT count(*) FROM {table}"
                assert disturbed.ask(count) == plain.ask(count), table
            # Each has a cluster of its own.
            steps = "SELECT step, digest FROM jimin_setup WHERE step <> 'cluster' ORDER BY 1"
            assert disturbed.ask(steps) == plain.ask(steps)
            acl = "SELECT datacl::text FROM pg_database WHERE datname = 'jimin'"
            assert disturbed.ask(acl) == plain.ask(acl)
            disturbed.jimin("audit", "verify")
        finally:
            disturbed.run.stop()
            plain.run.stop()


def test_a_demo_that_is_killed_while_it_is_built_leaves_nothing_of_itself():
    with folder() as made:
        run = Run(made / "var", JIMIN_DEMO="1")
        log = made / "var" / "log" / "demo.log"
        waited(lambda: log.exists() and log.stat().st_size > 0, 180, "the building of the demo")
        time.sleep(5)
        kill_all(run)
        server = Embedded(made / "var")
        server.start()
        try:
            with psycopg.connect(server.url(database="jimin_demo")) as connection:
                steps = {s for (s,) in connection.execute("SELECT step FROM jimin_setup")}
                plans = connection.execute("SELECT count(*) FROM planning_plan").fetchone()
                people = connection.execute("SELECT count(*) FROM access_account WHERE username = 'li.jia'").fetchone()
        finally:
            server.stop()
        assert "pack" in steps and "demo" not in steps
        assert plans == people == (0,)


def kill_all(run):
    """Everything of an installation, at once."""
    os.kill(run.process.pid, signal.SIGSTOP)
    postmaster = run.postgres()
    site = object.__new__(Site)
    site.var, site.run = run.var, run
    for process in site.processes():
        process.kill()
    if postmaster:
        os.kill(postmaster, signal.SIGKILL)
    run.process.kill()
    run.process.wait(10)
