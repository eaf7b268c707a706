"""Tables for the templates: heads, cells, pages of fifty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise
Light = dict[str, str]  # status and word
PAGE = 50


def cell(
    text: Any,
    *,
    href: str = "",
    num: bool = False,
    note: Text = "",
    light: Light | None = None,
    figure: int | None = None,
    behind: str = "rows",
) -> dict[str, Any]:
    """One cell; `light` (status and word) makes it carry one.

    `figure` is the number that the cell's link leads to the rows of, and `behind` the name of those rows there.
    """
    empty = text is None or text == ""
    shown = ("" if light else "—") if empty else text
    return {"text": shown, "href": href, "num": num, "note": note, "figure": figure, "behind": behind, **(light or {})}


def table(
    heads: Sequence[Text],
    rows: Sequence[Sequence[dict[str, Any]]],
    *,
    caption: Text,
    title: Text = "",
    empty: Text = "",
    why: Text = "",
    **more: Any,
) -> dict[str, Any]:
    """A table for console/planning/table.html; each cell learns the heading that a phone shows before it."""
    for row in rows:
        for head, c in zip(heads, row, strict=True):
            c["head"] = head
    numbers = [bool(rows) and all(row[i]["num"] for row in rows) for i in range(len(heads))]
    return {
        "title": title,
        "caption": caption,
        "head": [{"label": h, "num": n} for h, n in zip(heads, numbers, strict=True)],
        "rows": rows,
        "empty": empty or _("没有记录"),
        "why": why,
        **more,
    }


def pages(
    request: HttpRequest,
    rows: QuerySet[Any],
    heads: Sequence[Text],
    cells: Callable[[Any], list[dict[str, Any]]],
    **more: Any,
) -> dict[str, Any]:
    """One page of a queryset as a table."""
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    made = table(heads, [cells(r) for r in page.object_list], **more)
    kept = request.GET.copy()
    kept.pop("page", None)
    prefix = f"?{kept.urlencode()}&page=" if kept else "?page="
    made |= {
        "page": page,
        "previous": f"{prefix}{page.previous_page_number()}" if page.has_previous() else "",
        "next": f"{prefix}{page.next_page_number()}" if page.has_next() else "",
        "counted": _("共 %d 条") % page.paginator.count,
    }
    return made


def button(label: Text, url: str, kind: str = "") -> dict[str, Any]:
    return {"label": label, "url": url, "kind": kind}
