"""Why an action was not carried out. Every one says what, where, what is allowed and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a field of the input ("" for the whole)."""

    message: str
    field: str = ""


class ActionError(Exception):
    """The action was not carried out and nothing was changed."""

    status = 400
    on_record = False  # the trail already says that this was tried

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = str(message)
        self.next_step = str(next_step)


class Refused(ActionError):
    """The input or the state of the record does not allow it."""

    status = 422

    def __init__(self, message: str, *problems: Problem, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.problems = problems


class Forbidden(ActionError):
    """The role may not do this, or not here."""

    status = 403


class NotFound(ActionError):
    """There is no such record inside the actor's scope; whether it exists elsewhere is not said."""

    status = 404


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed since the form was opened."""

    field: str
    title: str
    opened: Any
    now: Any
    by: str = ""


@dataclass
class Stale(ActionError):
    """Somebody else was faster. Carries the differences; the typed input is shown again."""

    message: str
    differences: list[Difference] = field(default_factory=list)
    next_step: str = ""
    status = 409

    def __post_init__(self) -> None:
        Exception.__init__(self, self.message)
