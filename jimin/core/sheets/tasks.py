"""An import in the worker, and the sweep of rows that are no longer needed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jimin.core import clock
from jimin.core.sheets import steps
from jimin.core.sheets.actions import AbandonImport
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import OPEN, ImportState, SheetChunk, SheetImport


@app.task(name="sheets.work", pass_context=False, retry=RetryStrategy(max_attempts=3, wait=5))
def work(sheet_import: str) -> None:
    """Read or write an import to its end. A second run goes on where the first one stopped."""
    steps.work(UUID(sheet_import))


def hand_over(pk: UUID | str) -> None:
    """Let the worker go on with an import: queued in this transaction, one job at a time for each import."""
    work.configure(lock=f"sheets:{pk}").defer(sheet_import=str(pk))


def sweep() -> int:
    """Remove the rows of imports that ended some time ago, and give up what waits unconfirmed as long; the imports stay."""
    before = clock.now() - timedelta(days=limits()["kept_days"])
    for held in SheetImport.objects.filter(state=ImportState.READY, moved_at__lt=before):
        AbandonImport.perform(steps.owner(held), {"sheet_import": held.pk})
    ended = SheetChunk.objects.exclude(sheet_import__state__in=OPEN).filter(sheet_import__ended_at__lt=before)
    return ended.delete()[0]
