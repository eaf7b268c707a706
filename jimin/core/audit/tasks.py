"""What the worker does by itself: seal, and anchor at the stated interval."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jimin.core.audit.anchor import anchor, parameters
from jimin.core.audit.seal import seal


@app.periodic(cron=parameters()["seal_cron"])
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal_rows(timestamp: int) -> None:
    """Seal what is committed. Late or missed runs are made up by the next."""
    seal()


@app.periodic(cron=parameters()["anchor_cron"])
@app.task(name="audit.anchor", queueing_lock="audit.anchor", pass_context=False)
def anchor_blocks(timestamp: int) -> None:
    """Copy new blocks out of the database."""
    seal()
    anchor()
