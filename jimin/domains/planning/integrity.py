"""The permission table as an inspector reads it: which post may do what, and where the risk is (point 7)."""

from __future__ import annotations

from dataclasses import dataclass

from jimin.core.access import permissions
from jimin.core.access.roles import Role


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """One step of the software: its name, what it is called, the posts that may do it, and why it is a risk."""

    name: str
    title: str
    sort: str
    roles: tuple[str, ...]
    risk: str
    registered: int  # how many standing risks in the register name this step


def permission_rows(*, risky_only: bool = False, registered: dict[str, int] | None = None) -> list[PermissionRow]:
    """The table that really rules, from the declarations; a step that nobody may do is listed with no post."""
    counts = registered or {}
    return [
        PermissionRow(
            p.name, p.title, p.sort, tuple(str(r.label) for r in Role if r in p.roles), p.risk, counts.get(p.name, 0)
        )
        for p in permissions.table()
        if p.risk or not risky_only
    ]
