"""The addresses of records: alerts, rows behind a figure and histories say "app.model:id"; the site knows the page."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

#: "app.model" → the name of the page that shows one record; its argument is the id.
PAGES: dict[str, str] = {}


def add(**pages: str) -> None:
    """Add pages of records, written app__model="url_name"; the same record twice is a programming error."""
    for record, url_name in pages.items():
        name = record.replace("__", ".")
        if name in PAGES and PAGES[name] != url_name:
            raise ValueError(f"record {name!r} has two pages: {PAGES[name]!r} and {url_name!r}")
        PAGES[name] = url_name


def address(record: str) -> str:
    """The address of a record's page; empty when it has none, so that nothing leads nowhere."""
    name, _colon, pk = record.partition(":")
    url_name = PAGES.get(name)
    if not url_name or not pk:
        return ""
    try:
        return reverse(url_name, args=[pk])
    except NoReverseMatch:
        return ""


def page(url_name: str) -> str:
    """The address of a page without arguments; empty when there is no such page in this installation."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
