"""The system's own hand: the account that the installation makes, for dated runs and for the first appointments.

It holds the operator's role at the office that keeps the plan, has no password, and its actions are audited like anybody's.
"""

from __future__ import annotations

from jimin.core.access.models import Appointment
from jimin.core.access.scope import Actor

USERNAME = "installer"


class NotInstalled(LookupError):
    """No pack was loaded yet, so there is nobody to act."""


def actor() -> Actor:
    """The system's actor. Raises NotInstalled before `jimin pack load`."""
    found = (
        Appointment.objects.filter(account__username=USERNAME, valid_to=None)
        .select_related("account", "unit__superior")
        .first()
    )
    if found is None:
        raise NotInstalled("还没有载入资料包（jimin pack load），系统没有可用的办理身份。")
    return Actor.of(found)
