"""From a form to an action: one helper for every page of the console that changes something.

    class ReplyForm(ActionForm):
        reply = forms.CharField(label=_("办理情况"), widget=forms.Textarea)

    def reply(request, pk):
        record = get(...)
        form = ReplyForm(request.POST or None, record=record)
        return handle(request, ReplyInstruction, form, data={"instruction": pk}, to=url, done=_("已送签。"),
                      title=_("回复批示件"), verb=_("送签"))

The fields carry the names of the action's input. The hidden `key` is made when the form is shown, so the same form
sent twice is carried out once; `version` is there when the form is about a record that others may change meanwhile.
Refused: the form again with its input and the problems at their fields (422). Stale: the differences above the form,
which may then be sent on the newest version (409). Forbidden and NotFound go on to the site's pages of refusal.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jimin.core.access.scope import Actor
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Problem, Refused, Stale

Text = str | Promise
KEPT, MOST = "kept_files", 20  # in the session: the files that came with the last forms


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ActionForm(forms.Form):
    """A form whose visible fields are named as the action's input; pass `record` when its version must be checked."""

    use_required_attribute = False  # the server says what is missing, in words and beside the field

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        version = {} if record is None else {"version": record.version}
        kwargs["initial"] = {"key": uuid.uuid4, **version, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.record = record
        if record is None:
            del self.fields["version"]
        for field in self.fields.values():
            if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("此项必填。")  # a form's own words stay

    def payload(self) -> dict[str, Any]:
        """The action's input: chosen records as their ids, an empty choice left out, no key and no files."""
        left_out = {"key", *(n for n, f in self.fields.items() if isinstance(f, forms.FileField))}
        return {
            name: _plain(value)
            for name, value in self.cleaned_data.items()
            if name not in left_out and not _absent(value)
        }

    @property
    def multipart(self) -> bool:
        return self.is_multipart()


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value == "")


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet):
        return list(value.values_list("pk", flat=True))
    return value


def must_be_allowed(actor: Actor, action: type[Action]) -> None:
    """Refuse before anything is read or stored, in the action's own words."""
    if not actor.may(action.name):
        action.perform(actor)


def handle(
    request: HttpRequest,
    action: type[Action],
    form: ActionForm,
    *,
    to: str | Callable[[Result], str],
    done: Text | Callable[[Result], Text],
    data: Mapping[str, Any] | None = None,
    title: Text = "",
    verb: Text = "",
    template: str = "console/act.html",
    context: Mapping[str, Any] | None = None,
    store: Callable[[UploadedFile], Any] | None = None,
) -> HttpResponse:
    """Show the form (GET), or carry the action out (POST), say `done` and go on to `to`.

    Args: data, what the address says and the form does not ask (ids); store, which keeps an uploaded file and returns
    its id; title, verb and context, for the page. The page gets `form`, `title`, `verb`, `differences`, `back`.
    """
    differences: list[dict[str, Any]] = []
    status = 200
    if request.method == "POST":
        must_be_allowed(request.actor, action)  # type: ignore[attr-defined]
        status = 422
        if form.is_valid():
            try:
                result = action.perform(
                    request.actor,  # type: ignore[attr-defined]
                    {**form.payload(), **_files(request, form, store), **(data or {})},
                    key=str(form.cleaned_data["key"]),
                )
            except Refused as refusal:
                show(form, refusal)
            except Stale as stale:
                differences, status = _differences(form, stale), stale.status
            else:
                messages.success(request, str(done(result) if callable(done) else done))
                return HttpResponseRedirect(to(result) if callable(to) else to)
    page = {
        "form": form,
        "title": title or action.title,
        "verb": verb or action.title,
        "differences": differences,
        "back": to if isinstance(to, str) else "",
        **(context or {}),
    }
    return render(request, template, page, status=status)


def show(form: forms.Form, refusal: Refused) -> None:
    """Put a refusal's problems at the form's fields; what belongs to no field stands at the top, with the next step."""
    for problem in refusal.problems:
        parts = problem.field.split(".")  # "rows.0.unit" of a form for one row is its field "unit"
        name = next((n for n in (problem.field, parts[0], parts[-1]) if n in form.fields), None)
        hidden = name is not None and form[name].is_hidden
        form.add_error(None if hidden else name, problem.message)
    if not refusal.problems:
        form.add_error(None, refusal.message)
    if refusal.next_step:
        form.add_error(None, refusal.next_step)


def _files(request: HttpRequest, form: ActionForm, store: Callable[[UploadedFile], Any] | None) -> dict[str, Any]:
    """The ids of the form's files. A file that came once with this form (its key) is kept once and need not come again."""
    if store is None:
        return {}
    kept = dict(request.session.get(KEPT, {}))
    found = {}
    for name, field in form.fields.items():
        if not isinstance(field, forms.FileField):
            continue
        mark, upload = f"{form.cleaned_data['key']}:{name}", form.cleaned_data.get(name)
        if upload:
            digest = hashlib.sha256(upload.read()).hexdigest()
            upload.seek(0)
            if kept.get(mark, {}).get("digest") != digest:
                kept[mark] = {"digest": digest, "id": _kept(store, upload, name), "name": upload.name}
        if mark in kept:
            found[name] = kept[mark]["id"]
            form[name].help_text = _("已收到“%s”，不用再选；要换就选新的。") % kept[mark]["name"]
    request.session[KEPT] = dict(list(kept.items())[-MOST:])
    return found


def _kept(store: Callable[[UploadedFile], Any], upload: UploadedFile, name: str) -> str:
    """Keep one file; what is wrong with it is said at its field."""
    try:
        return str(store(upload))
    except Refused as refusal:
        problem = Problem(refusal.message, name)
        raise Refused(refusal.message, problem, next_step=refusal.next_step) from None


def _differences(form: ActionForm, stale: Stale) -> list[dict[str, Any]]:
    """The rows for the page, and the form set to the newest version so that sending it again is a decision."""
    form.add_error(None, stale.message)
    if stale.next_step:
        form.add_error(None, stale.next_step)
    if form.record is not None:
        form.record.refresh_from_db()
        typed = cast(QueryDict, form.data).copy()
        typed[form.add_prefix("version")] = str(form.record.version)
        form.data = typed
    rows = []
    for d in stale.differences:
        named = form.fields[d.field].label if d.field in form.fields else None
        mine = form.cleaned_data.get(d.field, d.opened)
        rows.append(
            {
                "label": named or d.title,
                "before": d.opened,
                "theirs": f"{d.now}（{d.by}）" if d.by else d.now,
                "mine": mine,
            }
        )
    return rows
