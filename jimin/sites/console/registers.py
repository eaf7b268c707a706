"""The pages of every register: list, export, saved views, actions on chosen rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import NotFound, Refused
from jimin.core.registers import api as registers
from jimin.core.registers.actions import DeleteView, SaveView
from jimin.core.registers.base import POSITION
from jimin.core.registers.models import SavedView
from jimin.core.sheets.base import SHEETS
from jimin.sites.console.guard import staff


@require_GET
@staff()
def show(
    request: HttpRequest,
    name: str,
    template: str = "console/register.html",
    more: Callable[[HttpRequest], Mapping[str, Any]] | None = None,
) -> HttpResponse:
    """One page of a register; a room may give it a template of its own (extending the usual one) and more to say."""
    register, actor = registers.get(name), _actor(request)
    page = register.page(actor, request.GET.dict())
    reading = page.reading
    views = SavedView.objects.filter(account=actor.account, register=name)
    context: dict[str, Any] = {
        "register": register,
        "page": page,
        "reading": reading,
        "faults": {p.field: p.message for p in page.problems},
        "next": reading.address(after=page.next_cursor) if page.next_cursor else "",
        "previous": reading.address(before=page.prev_cursor) if page.prev_cursor else "",
        "exports": [(label, f"{reverse('console:register_export', args=[name, form])}{reading.address()}")
                    for form, label in (("xlsx", "Excel"), ("csv", "CSV"))],
        "incoming": _incoming(name, actor),
        "views": [(view, f"{request.path}?{view.query}", view.query == reading.address()[1:]) for view in views],
        "bulk": [b for b in register.bulk if actor.may(b.action.name)],
        "key": uuid.uuid4(),
        "current": reading.address(),
        "trail": [(register.title, "")],
    }  # fmt: skip
    context["head"] = _head(register, reading, picking=bool(context["bulk"]))
    if more is not None:
        context |= more(request)
    return render(request, template, context, status=422 if page.problems else 200)


@require_GET
@staff()
def export(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The rows of the list as a file."""
    made = registers.export(registers.get(name), _actor(request), request.GET.dict(), form)  # type: ignore[arg-type]
    response = FileResponse(made.file, as_attachment=True, filename=made.name, content_type=made.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]  # both are HttpResponseBase


@require_POST
@staff()
def save_view(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the present conditions."""
    registers.get(name).check(_actor(request))
    data = {"register_name": name, "title": request.POST.get("title", ""), "query": request.POST.get("query", "")}
    SaveView.perform(_actor(request), data, key=request.POST.get("key", ""))
    messages.success(request, _("已存为常用筛选“%s”。") % data["title"])
    return _back(request, name)


@require_POST
@staff()
def delete_view(request: HttpRequest, name: str) -> HttpResponse:
    """Drop one of one's own views."""
    DeleteView.perform(_actor(request), {"view": request.POST.get("view", "")}, key=request.POST.get("key", ""))
    messages.success(request, _("已删除这个常用筛选。"))
    return _back(request, name)


@require_POST
@staff()
def act(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Carry an action out on the chosen rows, all or none."""
    register, actor = registers.get(name), _actor(request)
    register.check(actor)
    try:
        chosen = register.bulk[number]
    except IndexError:
        raise NotFound(_("这份登记册没有这个批量操作。"), next_step=_("请从列表重新打开。")) from None
    ids = request.POST.getlist("row")
    if not ids:
        raise Refused(_("没有选中任何一行，没有办理。"), next_step=_("请先勾选要办理的行。"))
    chosen.action.perform(actor, {chosen.field: ids}, key=request.POST.get("key", ""))
    messages.success(request, _("“%(action)s”已办理 %(n)d 件。") % {"action": chosen.label, "n": len(ids)})
    return _back(request, name)


def _incoming(name: str, actor: Actor) -> str:
    """Where the register comes in as a sheet; empty when none is declared or the actor may not."""
    sheet = SHEETS.get(name)
    return reverse("console:sheet_upload", args=[name]) if sheet is not None and sheet.may(actor) else ""


def _head(register: registers.Register, reading: registers.Reading, picking: bool) -> list[dict[str, Any]]:
    """The heading of each column: a link that sorts by it, and again the other way round."""
    head: list[dict[str, Any]] = [{"read": _("选择")}] if picking else []
    for column in register.columns:
        if not column.screen:
            continue
        down = reading.sort == f"-{column.name}"
        up = reading.sort == column.name
        head.append(
            {
                "label": column.title,
                "num": column.is_number,
                "sort": "ascending" if up else "descending" if down else "",
                "href": reading.address(sort=f"-{column.name}" if up else column.name) if column.order else "",
            }
        )
    return head


def _back(request: HttpRequest, name: str) -> HttpResponse:
    """To the list under its conditions, first page."""
    kept = [(k, v) for k, v in parse_qsl(request.POST.get("query", "").lstrip("?")) if k not in POSITION]
    return HttpResponseRedirect(reverse("console:register", args=[name]) + (f"?{urlencode(kept)}" if kept else ""))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
