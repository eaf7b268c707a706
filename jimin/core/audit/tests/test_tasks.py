"""The worker seals and anchors by itself, at the intervals that parameters.yaml states."""

import pytest
from procrastinate.contrib.django import app

from jimin.core.audit import tasks
from jimin.core.audit.anchor import folder, parameters, read
from jimin.core.audit.models import Block
from jimin.core.audit.tests.conftest import seal_all, write


def test_both_tasks_are_known_to_the_worker_with_the_stated_interval():
    app.perform_import_paths()
    stated = {p.task.name: p.cron for p in app.periodic_registry.periodic_tasks.values()}
    assert stated["audit.seal"] == parameters()["seal_cron"]
    assert stated["audit.anchor"] == parameters()["anchor_cron"]


@pytest.mark.django_db(transaction=True)
def test_the_tasks_seal_and_anchor():
    write(3)
    tasks.seal_rows(timestamp=0)
    write(2)
    tasks.anchor_blocks(timestamp=0)
    seal_all(5 - sum(Block.objects.values_list("n", flat=True)))
    tasks.anchor_blocks(timestamp=0)
    assert sum(a.block.n for a in read(folder())) == 5
