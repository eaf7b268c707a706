"""What is shown once and never stored: a new token, a start password, recovery codes.

An action puts it here beside its change; the page that performed the action takes it, in the same request. The action's
kept result and the audit row never hold it, so a repeat of the request shows nothing. Every request begins with
nothing waiting (core.access.sign_ins), so what a page did not take cannot come up in another person's.
"""

from __future__ import annotations

from contextvars import ContextVar

_waiting: ContextVar[tuple[str, ...]] = ContextVar("shown_once", default=())


def put(*secrets: str) -> None:
    """Keep the clear texts for the page of this request."""
    _waiting.set(secrets)


def take() -> tuple[str, ...]:
    """The clear texts, once; empty when there are none."""
    found = _waiting.get()
    _waiting.set(())
    return found
