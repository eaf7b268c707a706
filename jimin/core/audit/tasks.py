"""What the worker does by itself: seal, anchor and check at the stated intervals; and checks that somebody asked for."""

from __future__ import annotations

import logging
import time
from typing import Any

from procrastinate.contrib.django import app

from jimin.core.access import system
from jimin.core.actions.errors import Refused
from jimin.core.audit.anchor import anchor, parameters
from jimin.core.audit.cli import as_json
from jimin.core.audit.models import Verification
from jimin.core.audit.seal import seal
from jimin.core.audit.verify import verify

log = logging.getLogger("jimin.audit")


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


@app.periodic(cron=parameters()["verify_cron"])
@app.task(name="audit.verify_all", queueing_lock="audit.verify_all", pass_context=False)
def verify_regularly(timestamp: int) -> None:
    """Ask for a check of everything, unless one is running."""
    from jimin.core.audit.actions import StartVerification

    try:
        StartVerification.perform(system.actor())
    except Refused as refusal:
        log.info("no check was begun: %s", refusal)


@app.task(name="audit.verify", pass_context=False)
def verify_trail(verification: str) -> None:
    """Check everything and keep the result; safe to repeat."""
    from jimin.core.audit.actions import FinishVerification

    began = time.monotonic()
    report: dict[str, Any]
    try:
        found = verify()
    except Exception as error:  # kept as the result, then shown to the worker's log
        report, state = {"error": f"{type(error).__name__}：{error}"}, Verification.State.FAILED
        _finish(FinishVerification, verification, state, began, report)
        raise
    state = {0: Verification.State.CLEAN, 1: Verification.State.CHANGED, 3: Verification.State.DOUBTFUL}[
        found.exit_code
    ]
    report = as_json(found, time.monotonic() - began)
    report |= {name: report[name][:100] for name in ("faults", "doubts")}
    _finish(FinishVerification, verification, state, began, report)


def _finish(action: Any, verification: str, state: str, began: float, report: dict[str, Any]) -> None:
    data = {
        "verification": verification,
        "state": state,
        "seconds": round(time.monotonic() - began, 2),
        "report": report,
    }
    action.perform(system.actor(), data)
