"""The named cast of a demo: households from a YAML file, written by the action and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor, working_as
from jimin.core.actions.errors import ActionError
from jimin.core.parties import api
from jimin.core.parties.actions.households import RegisterHousehold, open_membership


class CastError(ValueError):
    """A cast file cannot be used; the message names the file and the household."""


def load_cast(path: Path, actor: Actor) -> dict[str, str]:
    """Register the households of a cast file as `actor`; a household whose head is there already stays as it is.

    Returns household keys (as in the file) to ids. Raises CastError naming the household that was refused.
    """
    content = yaml.safe_load(path.read_text("utf-8")) or {}
    entries = content.get("households")
    if not isinstance(entries, list) or not all(isinstance(e, dict) and e.get("key") for e in entries):
        raise CastError(_("%s：要有 households 列表，每户有 key。") % path.name)
    found: dict[str, str] = {}
    for entry in entries:
        key = str(entry["key"])
        if key in found:
            raise CastError(_("%(file)s：户“%(key)s”写了两次。") % {"file": path.name, "key": key})
        data = {name: value for name, value in entry.items() if name != "key"}
        try:
            found[key] = _there(actor, data) or _register(actor, data, key)
        except (ActionError, ValueError) as error:
            said = "；".join([str(error), *(f"{p.field}：{p.message}" for p in getattr(error, "problems", ()))])
            raise CastError(f"{path.name} 的户“{key}”：{said}") from None
    return found


def _register(actor: Actor, data: dict[str, Any], key: str) -> str:
    return str(RegisterHousehold.perform(actor, data, key=f"cast:{key}")["household"])


def _there(actor: Actor, data: dict[str, Any]) -> str | None:
    """The household the head already belongs to."""
    parsed: Any = RegisterHousehold.parse(data)
    head = next((m for m in parsed.members if m.relation == "户主"), None)
    if head is None or not head.id_number:
        return None
    with working_as(actor):
        person = api.by_id_number(actor, head.id_number)
        member = open_membership(person) if person else None
    return str(member.household_id) if member else None
