"""Jobs of the day: registered by the rooms, run once a day by the worker, made up when it was off.

    daily("alerts.run")(run_alerts)

The function runs in one transaction; a second run on the same day must change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from jimin.core import clock
from jimin.core.events.limits import limits
from jimin.core.events.models import DailyRun

SET_BACK = timedelta(minutes=10)  # a clock that goes back less than this was only corrected
Job = Callable[[], object]
DAILY: dict[str, Job] = {}


def daily(name: str) -> Callable[[Job], Job]:
    """Register a job of the day under a name that stays the same."""

    def register(job: Job) -> Job:
        if DAILY.setdefault(name, job) is not job:
            raise ValueError(f"daily job {name!r} is declared twice")
        return job

    return register


def due() -> list[str]:
    """The jobs that are not done today, once the hour has come."""
    now = clock.now()
    if now.hour < limits()["daily_from_hour"]:
        return []
    # A mark from the future was made by a clock that ran ahead: that day has not come, and its jobs are still to run.
    DailyRun.objects.filter(at__gt=now + SET_BACK).delete()
    done = set(DailyRun.objects.filter(day=now.date()).values_list("name", flat=True))
    return [name for name in sorted(DAILY) if name not in done]


def run(name: str, day: date) -> bool:
    """Run a job for a day unless it is done; says whether it ran. The job's failure is raised."""
    with transaction.atomic():
        _row, fresh = DailyRun.objects.get_or_create(name=name, day=day, defaults={"at": clock.now()})
        if fresh:
            DAILY[name]()
    return fresh
