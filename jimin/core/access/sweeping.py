"""What is of no more use goes once a day: ended sessions, old sign-ins, wrong tries that count no more. Audit rows stay."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from jimin.core import clock
from jimin.core.access import limits, lockout
from jimin.core.access.models import Proposal, SignIn
from jimin.core.access.second import SECRET


def sweep() -> dict[str, int]:
    """Delete them; what lapsed without a decision loses its digests. Returns how many of each."""
    now = clock.now()
    sessions = Session.objects.filter(expire_date__lt=now).delete()[0]
    old = SignIn.objects.filter(started_at__lt=now - timedelta(seconds=limits.seconds("sign_ins_kept"))).delete()[0]
    tries = AccessAttempt.objects.filter(attempt_time__lt=now - lockout.cool_off()).delete()[0]
    lapsed = list(Proposal.objects.filter(decision="", lapses_at__lt=now, details__has_any_keys=list(SECRET)))
    for proposal in lapsed:
        proposal.details = {k: v for k, v in proposal.details.items() if k not in SECRET}
        proposal.save(update_fields=["details"])
    return {"sessions": sessions, "sign_ins": old, "tries": tries, "digests": len(lapsed)}
