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

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise

from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Refused, Stale

Text = str | Promise


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
        initial = {"key": uuid.uuid4, **(kwargs.pop("initial", None) or {})}
        if record is not None:
            initial = {"version": record.version, **initial}
        super().__init__(*args, initial=initial, **kwargs)
        self.record = record
        if record is None:
            del self.fields["version"]

    def payload(self) -> dict[str, Any]:
        """The action's input: chosen records as their ids, an empty choice left out, no key."""
        return {
            name: _plain(value) for name, value in self.cleaned_data.items() if name != "key" and not _absent(value)
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
        status = 422
        if form.is_valid():
            try:
                result = action.perform(
                    request.actor,  # type: ignore[attr-defined]
                    {**_stored(form.payload(), store), **(data or {})},
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
        name = next((n for n in (problem.field, problem.field.split(".")[0]) if n in form.fields), None)
        hidden = name is not None and form[name].is_hidden
        form.add_error(None if hidden else name, problem.message)
    if not refusal.problems:
        form.add_error(None, refusal.message)
    if refusal.next_step:
        form.add_error(None, refusal.next_step)


def _stored(payload: dict[str, Any], store: Callable[[UploadedFile], Any] | None) -> dict[str, Any]:
    if store is None:
        return payload
    return {name: store(value) if isinstance(value, UploadedFile) else value for name, value in payload.items()}


def _differences(form: ActionForm, stale: Stale) -> list[dict[str, Any]]:
    """The rows for the page, and the form set to the newest version so that sending it again is a decision."""
    form.add_error(None, stale.message)
    if stale.next_step:
        form.add_error(None, stale.next_step)
    if form.record is not None:
        form.record.refresh_from_db()
        typed = form.data.copy()
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
