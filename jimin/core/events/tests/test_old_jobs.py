"""Jobs that ended a week ago go; younger ones and those that still wait stay."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from jimin.core.events import tasks
from jimin.core.events.limits import limits
from jimin.platform.testing import in_a_loop_of_its_own

pytestmark = pytest.mark.django_db(transaction=True)

JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', %s, %s) RETURNING id"
EVENT = "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, now() - make_interval(days => %s))"


def job(name, status, days):
    with connection.cursor() as cursor:
        cursor.execute(JOB, [name, status])
        (pk,) = cursor.fetchone()
        cursor.execute(EVENT, [pk, status if status != "todo" else "deferred", days])


def test_only_jobs_that_ended_long_ago_are_removed(monkeypatch):
    kept = limits()["jobs_kept"]
    for name, status, days in (
        ("old", "succeeded", kept + 1), ("old failed", "failed", kept + 1), ("young", "succeeded", kept - 1), ("waits", "todo", kept + 1),
    ):  # fmt: skip
        job(name, status, days)

    async def sweep():
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            async with working.open_async():
                monkeypatch.setattr(tasks, "app", working)
                await tasks.sweep_jobs.func(timestamp=0)

    in_a_loop_of_its_own(sweep())
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY 1")
        assert [name for (name,) in cursor.fetchall()] == ["waits", "young"]
