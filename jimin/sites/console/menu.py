"""The console's menu: a declared list, of which each person sees what works for them.

A page is in the menu when its address exists and the person's role holds its permission (core.access.permissions,
where the page or its action declares it). So a domain that is not built is absent, and nothing listed does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jimin.core.access.scope import Actor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: under which heading, its words, its address, who may (empty: everybody signed in), how many wait."""

    group: Text
    label: Text
    url_name: str
    permission: str = ""
    count: Callable[[Actor], int | None] | None = None


WORK, BUSINESS, DATA, SYSTEM = _("工作"), _("业务"), _("数据"), _("系统")

#: In the order of the screen. A console room adds its own lines with `add` when its app is ready.
ENTRIES: list[Entry] = []


def add(*entries: Entry) -> None:
    """Add lines at the end of their groups; the same address twice is a programming error."""
    for entry in entries:
        if any(e.url_name == entry.url_name for e in ENTRIES):
            raise ValueError(f"menu entry {entry.url_name!r} is declared twice")
        ENTRIES.append(entry)


def build(request: HttpRequest, actor: Actor | None) -> list[dict[str, Any]]:
    """The groups for this person: [{title, items: [{label, url, current, count}]}]; empty groups are left out."""
    if actor is None:
        return []
    groups: dict[str, list[dict[str, Any]]] = {str(title): [] for title in (WORK, BUSINESS, DATA, SYSTEM)}
    for entry in ENTRIES:
        if entry.permission and not actor.may(entry.permission):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        count = entry.count(actor) if entry.count else None
        line = {"label": entry.label, "url": url, "current": False, "count": count}
        groups.setdefault(str(entry.group), []).append(line)
    _mark_current(request.path, [line for lines in groups.values() for line in lines])
    return [{"title": title, "items": lines} for title, lines in groups.items() if lines]


def _mark_current(path: str, lines: list[dict[str, Any]]) -> None:
    """The longest address that the page lies under is the current one; the first page has no pages under it."""
    home = min((line["url"] for line in lines), key=len, default="")
    under = [line for line in lines if path == line["url"] or (line["url"] != home and path.startswith(line["url"]))]
    if under:
        max(under, key=lambda line: len(line["url"]))["current"] = True
