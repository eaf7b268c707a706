"""What the worker does by the clock, besides delivering: jobs of the day, and jobs of a worker that died."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from jimin.core import clock
from jimin.core.events import daily
from jimin.core.events.limits import limits

log = logging.getLogger("jimin.events")


@app.periodic(cron="*/5 * * * *")
@app.task(name="events.daily", queueing_lock="events.daily")
def start_daily(timestamp: int) -> None:
    """Run each job of the day that is still due. One that fails is tried again at the next time; the others go on."""
    for name in daily.due():
        try:
            daily.run(name, clock.now().date())
        except Exception:
            log.exception("daily job %s failed; it is tried again in five minutes", name)


@app.periodic(cron="* * * * *")
@app.task(name="events.rescue", queueing_lock="events.rescue")
async def rescue(timestamp: int) -> None:
    """Put jobs of a worker that died back into the queue; jobs are safe to repeat."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=limits()["stalled_after"]):
        log.warning("job %s (%s) of a worker that died is put back", job.id, job.task_name)
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="events.sweep_jobs", queueing_lock="events.sweep_jobs")
async def sweep_jobs(timestamp: int) -> None:
    """Remove jobs that ended long ago: every minute makes some, and a queue that only grows fills the disk."""
    hours = 24 * limits()["jobs_kept"]
    await app.job_manager.delete_old_jobs(
        nb_hours=hours, include_failed=True, include_cancelled=True, include_aborted=True
    )
