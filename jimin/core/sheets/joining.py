"""Join words and sentences as the page's language does. The Chinese marks stand here alone, each with its translation."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

ENDS = ("。", "！", "？", ".", "!", "?")


def listed(words: Iterable[str]) -> str:
    """Words of one kind, one after the other."""
    return _("、").join(words)


def limits(words: Iterable[str]) -> str:
    """Conditions that hold together: a whole number, not below 1, not above 9."""
    return _("，").join(words)


def between_quotes(words: Iterable[str]) -> str:
    """Names for a message that has the outer quotation marks itself."""
    return _("”“").join(words)


def clauses(*parts: str) -> str:
    """Parts of one sentence; empty ones are left out."""
    return _("；").join(p for p in parts if p)


def about(what: str, said: str) -> str:
    """What is said about something; without the one the other alone."""
    return _("：").join(p for p in (what, said) if p)


def sentences(*parts: str) -> str:
    """Whole sentences; all but the last get their full stop, empty ones are left out."""
    given = [p for p in parts if p]
    told = given[-1] if given else ""
    for part in reversed(given[:-1]):
        told = _("%(one)s%(next)s") % {"one": part if part.endswith(ENDS) else part + _("。"), "next": told}
    return told
