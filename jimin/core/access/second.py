"""A second person for what gives power: powerful posts, tokens, and the way into a powerful person's account.

An operator's action that needs one makes a `Proposal` instead of the change; the change is made when somebody else, an
operator, an auditor or the head of the office, confirms (core.access.second_actions). The system's own hand needs
nobody: it is the command line of the machine, and the first people of an empty installation.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access import limits, permissions, system
from jimin.core.access.models import Account, Appointment, Proposal
from jimin.core.access.scope import Actor
from jimin.core.actions.base import Action
from jimin.core.divisions.models import ReportingUnit

#: Parts of a proposal's details that are kept no longer than until the decision.
SECRET = ("password", "digest")


def is_hand(actor: Actor) -> bool:
    """Whether this is the system's own hand."""
    return bool(actor.account.username == system.USERNAME)


def post_needs(actor: Actor, role: str, unit: ReportingUnit) -> bool:
    """Whether appointing somebody to this post waits for a second person."""
    return not is_hand(actor) and permissions.powerful(role, unit.is_provincial)


def account_needs(actor: Actor, account: Account) -> bool:
    """Whether opening a way into this account waits for a second person: it holds a powerful post, now or later."""
    posts = Appointment.objects.filter(account=account).filter(Q(valid_to=None) | Q(valid_to__gt=clock.business_day()))
    return any(post_needs(actor, p.role, p.unit) for p in posts.select_related("unit"))


def waiting() -> QuerySet[Proposal]:
    """What may still be decided."""
    return Proposal.objects.filter(decision="", lapses_at__gt=clock.now())


def propose(action: Action, kind: str, account: Account, what: str, details: dict[str, Any]) -> Proposal:
    """Write down what waits; `what` is stored and so in Chinese. The audit row says it in the same words."""
    now = clock.now()
    made = Proposal.objects.create(
        kind=kind, account=account, what=what[:300], details=details, asked_by=action.actor.account,
        asked_at=now, lapses_at=now + timedelta(seconds=limits.seconds("confirm")),
    )  # fmt: skip
    action.log(made, {}, {"kind": kind, "account": account.username, "what": made.what}, note="等另一人确认")
    return made


def post_in_words(unit: ReportingUnit, role: str) -> str:
    """A post as it is stored: in Chinese."""
    from jimin.core.access.roles import Role

    with translation.override("zh-hans"):
        return f"{unit.name} · {Role(role).label}"


def not_oneself(action: Action, account: Account, message: str) -> None:
    """Refuse an operator's act on the own account: nobody helps oneself, and a mistake leaves nobody to mend it."""
    if account.id == action.actor.account.id:
        raise action.refuse(message, "", _("请另一位运维办理。"))
