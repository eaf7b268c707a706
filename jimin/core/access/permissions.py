"""The permission table: which role may do what. It is filled by the declarations themselves.

An action, a register and a page each declare who may use them, once, beside their code. This
module only collects the declarations, so the table that an inspector reads is the one that rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jimin.core.access.roles import CLERKS, Role

Sort = Literal["action", "register", "page"]


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of the table: a dotted name, its Chinese title, its sort, the roles, and whether it is a risk step."""

    name: str
    title: str
    sort: Sort
    roles: frozenset[Role]
    risk: str = ""  # why this step is an integrity risk (point 7); empty: none
    people: bool = False  # it shows people: whoever holds it in the province's own office sees everybody


_TABLE: dict[str, Permission] = {}


def declare(
    name: str, title: str, sort: Sort, roles: Iterable[Role], risk: str = "", people: bool = False
) -> Permission:
    """Add a line to the table. The same name twice with another content is a programming error."""
    permission = Permission(name, str(title), sort, frozenset(roles), risk, people)
    if _TABLE.setdefault(name, permission) != permission:
        raise ValueError(f"permission {name!r} is declared twice with different content")
    return permission


def table() -> list[Permission]:
    """Every declared permission, in the order of the names."""
    return sorted(_TABLE.values(), key=lambda p: p.name)


def holds(role: str, name: str) -> bool:
    """Whether a role holds a permission. An undeclared name is held by nobody."""
    permission = _TABLE.get(name)
    return permission is not None and role in permission.roles


def powerful(role: str, provincial: bool) -> bool:
    """Whether a post decides, signs, audits or operates, or sees the people of the whole province.

    Derived, so that a role or a step of tomorrow is covered: the role takes a risk step that no clerk takes, or it sits in
    the province's own office and is shown people.
    """
    held = [p for p in _TABLE.values() if role in p.roles]
    return any((p.risk and not p.roles & CLERKS) or (provincial and p.people) for p in held)
