"""A form that came just after its sign-in had run out: kept for its own account, to be sent again after the next sign-in.

What was typed may be about people, so it lies in the session sealed with the installation's keys, for one account, for a
while. Nothing is carried out by itself: the person sees a page and presses the button. Files are not kept.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from django.http import HttpRequest

from jimin.core.access import limits
from jimin.core.access.models import Account
from jimin.core.secrets import cipher
from jimin.core.secrets.keys import KeyFault

KEY = "kept_form"
LARGEST = 200_000  # characters
LEFT_OUT = "csrfmiddlewaretoken"
NOT_TYPED = ("key", "version", "next")


def _place(account: str) -> dict[str, Any]:
    return {"table": "session", "pk": account, "field": KEY}


def keep(request: HttpRequest) -> None:
    """Keep the form of a request whose sign-in ended just now (core.access.sign_ins says whose it was)."""
    account = getattr(request, "ended_account", "")
    fields = [[name, value] for name, values in request.POST.lists() for value in values if name != LEFT_OUT]
    text = json.dumps({"path": request.get_full_path(), "fields": fields, "files": bool(request.FILES)})
    if not account or len(text) > LARGEST:
        return
    sealed = base64.b64encode(cipher.seal(text, **_place(account))).decode()
    request.session[KEY] = {"account": account, "sealed": sealed, "at": int(time.time())}


def waits(request: HttpRequest, account: Account) -> bool:
    """Whether a form of this account waits; one of somebody else, or too old, is dropped."""
    kept = request.session.get(KEY)
    if kept and kept["account"] == str(account.pk) and time.time() - kept["at"] < limits.seconds("idle"):
        return True
    request.session.pop(KEY, None)
    return False


def take(request: HttpRequest, account: Account) -> dict[str, Any] | None:
    """The form once: path, fields, whether files came with it, and how many fields were filled in; None when none waits."""
    if not waits(request, account):
        return None
    kept = request.session.pop(KEY)
    try:
        text = cipher.unseal(base64.b64decode(kept["sealed"]), **_place(str(account.pk)))
    except KeyFault:  # its key was dropped meanwhile: the form has to be filled in again
        return None
    content: dict[str, Any] = json.loads(text)
    content["typed"] = sum(1 for name, value in content["fields"] if value and name not in NOT_TYPED)
    return content
