"""The pages of an import: template and upload, progress, preview, confirmation, result, and one's earlier imports."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.core.files.limits import limits as file_limits
from jimin.core.sheets import base, services
from jimin.core.sheets.base import Line, Sheet
from jimin.core.sheets.book import TYPES
from jimin.core.sheets.comparing import differences
from jimin.core.sheets.joining import listed
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import ImportState, SheetImport
from jimin.core.sheets.template import template
from jimin.sites.console import links
from jimin.sites.console.forms import ActionForm, show
from jimin.sites.console.guard import staff

links.add(sheets__sheetimport="console:sheet_import")
PAGE = 50
MINE = 20
ENDINGS = (".xlsx", ".csv")
WORDS = {
    "wrong": ("late", gettext_lazy("有错")),
    "change": ("slow", gettext_lazy("改动")),
    "add": ("ok", gettext_lazy("新增")),
    "same": ("none", gettext_lazy("没有变化")),
}


class UploadForm(ActionForm):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"), error_messages={"required": gettext_lazy("请选择文件。"), "empty": gettext_lazy("这份文件是空的。")}
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ",".join(ENDINGS)
        self.fields["file"].help_text = _("%(kinds)s，不超过 %(mb)d MB、%(rows)s 行。上传后先核对，确认了才写入。") % {
            "kinds": listed(ENDINGS), "mb": file_limits()["size_mb"], "rows": f"{limits()['import_rows']:,}",
        }  # fmt: skip

    def clean_file(self) -> Any:
        """A sheet, by the end of its name; what is inside is looked at when it is stored."""
        file = self.cleaned_data["file"]
        ending = PurePath(file.name).suffix.lower()
        if ending not in ENDINGS:
            raise forms.ValidationError(
                _("“%s”不是能导入的表格。请在表格软件里另存为 .xlsx（Excel 工作簿）或 .csv，再上传。") % file.name
            )
        return file


@staff()
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """What to fill and how, the form that takes the file, and one's earlier imports here."""
    sheet, actor = base.get(name), _actor(request)
    sheet.check(actor)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                held = services.start(actor, name, form.cleaned_data["file"], key=str(form.cleaned_data["key"]))
            except Refused as refusal:
                show(form, refusal)
            else:
                return HttpResponseRedirect(reverse("console:sheet_import", args=[held.pk]))
    mine = SheetImport.objects.filter(account=actor.account, register=name).select_related("file")[:MINE]
    context = {
        "form": form, "sheet": sheet, "register": sheet.its, "mine": mine, "verb": _("上传并核对"),
        "back": reverse("console:register", args=[name]), "trail": _trail(sheet),
        "may_add": sheet.adds is not None and actor.may(sheet.adds.name),
        "may_change": sheet.changes is not None and actor.may(sheet.changes.name),
    }  # fmt: skip
    return render(request, "console/sheet_upload.html", context, status=status)


@require_GET
@staff()
def empty(request: HttpRequest, name: str) -> HttpResponse:
    """The template to fill."""
    sheet, actor = base.get(name), _actor(request)
    sheet.check(actor)
    title = _("%s导入模板") % sheet.its.title
    return FileResponse(  # type: ignore[return-value]  # both are HttpResponseBase
        BytesIO(template(sheet, actor)), as_attachment=True, filename=f"{title}.xlsx", content_type=TYPES["xlsx"]
    )


@require_GET
@staff()
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An import as it stands: its progress, its preview, or its result."""
    actor = _actor(request)
    held = services.own(actor, pk)
    sheet = base.get(held.register)
    kind = request.GET.get("kind", "")
    kinds = _kinds(held)
    kind = kind if kinds.get(kind) else next((k for k in kinds if kinds[k]), "")
    number = request.GET.get("page", "")
    page = max(int(number), 1) if number.isdigit() and len(number) < 7 else 1
    context: dict[str, Any] = {
        "held": held, "sheet": sheet, "register": sheet.its, "kind": kind, "page": page, "key": uuid.uuid4(),
        "steps": _steps(held), "strip": _strip(kinds, kind), "trail": _trail(sheet, held.file.name),
        "stalled": held.is_at_work and (clock.now() - held.moved_at).total_seconds() > limits()["stalled_seconds"],
        "said": _said(held), "here": request.get_full_path(),
    }  # fmt: skip
    if kind and held.state not in (ImportState.READING, ImportState.UNREAD):
        context |= _rows(held, sheet, actor, kind, page, kinds[kind])
    return render(request, "console/sheet_import.html", context)


@require_POST
@staff()
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the good rows in."""
    services.confirm(_actor(request), pk, key=request.POST.get("key", ""))
    return HttpResponseRedirect(reverse("console:sheet_import", args=[pk]))


@require_POST
@staff()
def abandon(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give an import up."""
    held = services.abandon(_actor(request), pk, key=request.POST.get("key", ""))
    said = _("已放弃这次导入，没有写入。")
    if held.written:
        said = (
            ngettext("已停止；停止前写入的 %d 行仍在。", "已停止；停止前写入的 %d 行仍在。", held.written)
            % held.written
        )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("console:sheet_upload", args=[held.register]))


@require_POST
@staff()
def go_on(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand an import that has stopped to the worker once more."""
    services.go_on(_actor(request), pk)
    messages.success(request, _("已交给后台接着办；已经写入的不会再写一遍。"))
    return HttpResponseRedirect(reverse("console:sheet_import", args=[pk]))


# -- what the page shows --------------------------------------------------------------------------
def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _trail(sheet: Sheet, file: str = "") -> list[tuple[Any, str]]:
    name = sheet.register
    here = [(_("导入"), reverse("console:sheet_upload", args=[name]))]
    return [(sheet.its.title, reverse("console:register", args=[name])), *here, *([(file, "")] if file else [])]


def _kinds(held: SheetImport) -> dict[str, int]:
    """How many rows of each kind; the wrong ones with those that the write refused."""
    counts = {kind: int(held.counts.get(kind, 0)) for kind in WORDS}
    return {**counts, "wrong": held.wrong}


def _strip(kinds: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    return [
        {"status": status, "word": word, "value": kinds[kind], "href": f"?kind={kind}" if kinds[kind] else ""}
        for kind, (status, word) in WORDS.items()
    ]


def _steps(held: SheetImport) -> list[dict[str, Any]]:
    names = [_("上传"), _("核对"), _("确认"), _("写入"), _("完成")]
    at = {"reading": 1, "unread": 1, "ready": 2, "writing": 3, "done": 5, "abandoned": 5}[held.state]
    if held.state == ImportState.ABANDONED:
        names, at = [_("上传"), _("核对"), _("已放弃")], 2
    if held.state == ImportState.READY and not held.due:
        names, at = [_("上传"), _("核对"), _("没有能写入的") if held.wrong else _("没有要写入的")], 3
    state = {"unread": "late", "abandoned": "late"}.get(held.state, "current")
    return [{"label": n, "state": "done" if i < at else state if i == at else ""} for i, n in enumerate(names)]


def _said(held: SheetImport) -> str:
    """Where the import stands, in one sentence."""
    n = {"read": f"{held.read:,}", "due": f"{held.due:,}", "done": f"{held.written:,}", "wrong": f"{held.wrong:,}"}
    tried = held.written + held.refused
    if held.state == ImportState.READING:
        return _("正在核对，已看 %(read)s 行。可以离开，回来再看。") % n
    if held.state == ImportState.WRITING:
        return _("正在写入：%(tried)s / %(due)s 行。可以离开，回来再看。") % {**n, "tried": f"{tried:,}"}
    if held.state == ImportState.UNREAD:
        return _("这份文件没有读成，什么也没有写入。")
    if held.state == ImportState.ABANDONED:
        return _("这次导入已放弃；写入了 %(done)s 行。") % n
    if held.state == ImportState.DONE:
        return _("已写入 %(done)s 行，%(wrong)s 行有错没有写入。") % n if held.wrong else _("已写入 %(done)s 行。") % n
    if not held.read:
        return _("标题下面一行也没有，没有要写入的。")
    if not held.due and not held.wrong:
        return _("这份文件和系统里一样，没有要写入的。")
    if not held.due:
        return _("没有能写入的行，%(wrong)s 行有错。") % n
    return _("核对了 %(read)s 行：能写入 %(due)s 行，%(wrong)s 行有错。") % n


def _rows(held: SheetImport, sheet: Sheet, actor: Actor, kind: str, page: int, total: int) -> dict[str, Any]:
    """One page of the rows of a kind, as the reader knows them."""
    options = sheet.options(actor)
    columns = [c for c in sheet.columns if c.name in held.heading]
    first = (page - 1) * PAGE
    rows = []
    for line in _lines(held, kind, first, PAGE):
        values = [(sheet.title(c), c.show(line.values.get(c.name, ""), options[c.name])) for c in columns]
        name = next((v for _t, v in values if v), "")
        rows.append({"line": line, "name": name, "values": values, "changes": differences(sheet, line, options)})
    more = f"?kind={kind}&page={page + 1}" if first + PAGE < total else ""
    back = f"?kind={kind}&page={page - 1}" if page > 1 else ""
    heads = [_("行号"), *(sheet.title(c) for c in columns)] if kind == "add" else _HEADS[kind]
    return {
        "rows": rows, "total": total, "next": more, "previous": back, "head": [{"label": h} for h in heads],
        "kind_word": WORDS[kind][1],
    }  # fmt: skip


_HEADS = {
    "wrong": [gettext_lazy("行号"), gettext_lazy("内容"), gettext_lazy("错在哪里，怎么改")],
    "change": [gettext_lazy("行号"), gettext_lazy("内容"), gettext_lazy("改动：原来 → 改成")],
    "same": [gettext_lazy("行号"), gettext_lazy("内容")],
}


def _lines(held: SheetImport, kind: str, first: int, most: int) -> Iterator[Line]:
    """Some lines of a kind; only the chunks that hold them are opened."""
    for chunk in held.chunks.order_by("number").defer("sealed"):
        mine = chunk.counts.get(kind, 0) + (chunk.counts.get("refused", 0) if kind == "wrong" else 0)
        if first >= mine:
            first -= mine
            continue
        found = [line for line in chunk.lines if (line.is_wrong if kind == "wrong" else line.kind == kind)]
        yield from found[first : first + most]
        most -= len(found[first : first + most])
        first = 0
        if most <= 0:
            return
