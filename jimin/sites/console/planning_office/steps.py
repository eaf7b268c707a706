"""The steps of a record with a work: which are open to the actor now, and the page that carries one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.files import api as files
from jimin.core.registers.api import Status
from jimin.domains.planning.actions.moving import MoveWork
from jimin.domains.planning.registers.common import state, until
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.sites.console.forms import ActionForm, handle, must_be_allowed

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name in the address, its action, its form, the words of its button and of its success."""

    code: str
    action: type[MoveWork]
    form: type[ActionForm]
    verb: Text
    done: Text
    kind: str = ""


def open_steps(actor: Actor, work: Work, steps: Sequence[Step]) -> list[Step]:
    """The steps that the actor can take now; none where the work is not with him."""
    if not kernel.holds(actor, work):
        return []
    return [s for s in steps if work.station in s.action.stations and actor.may(s.action.name)]


def buttons(actor: Actor, record: Any, steps: Sequence[Step], url_name: str) -> list[dict[str, Any]]:
    """The open steps as buttons."""
    return [
        {"label": s.verb, "url": reverse(url_name, args=[record.pk, s.code]), "kind": s.kind}
        for s in open_steps(actor, record.work, steps)
    ]


def take(
    request: HttpRequest,
    record: Any,
    code: str,
    steps: Sequence[Step],
    *,
    back: str,
    about: Sequence[tuple[Text, Any]] = (),
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of one step: its form, or the step itself."""
    step = next((s for s in steps if s.code == code), None)
    if step is None:
        raise Http404
    must_be_allowed(request.actor, step.action)  # type: ignore[attr-defined]
    form = step.form(request.POST or None, request.FILES or None, record=record.work, initial=initial)
    return handle(
        request,
        step.action,
        form,
        to=back,
        done=step.done,
        data={"record": record.pk},
        title=step.action.title,
        verb=step.verb,
        context={"about": about, "back": back},
        store=keeper(request),
    )


def keeper(request: HttpRequest) -> Any:
    """Checks and keeps an uploaded file, and returns its id, the same when the same form is sent again."""

    def keep(upload: UploadedFile) -> Any:
        return files.store(upload, request.actor, form=request.POST.get("key", "")).pk  # type: ignore[attr-defined]

    return keep


def light(work: Work) -> dict[str, str]:
    """The state of a work as a light."""
    return _light(state(work))


def light_until(due_on: date | None) -> dict[str, str]:
    """The light of something open with a limit."""
    return _light(until(due_on))


def _light(status: Status) -> dict[str, str]:
    return {"status": status.light, "word": str(status.word)}


def route(work: Work) -> list[dict[str, str]]:
    """The stations of a work, for the steps across the page."""
    found = []
    for i, station in enumerate(work.route):
        state = "done" if work.closed_on or i < work.position else "current" if i == work.position else ""
        if state == "current" and light(work)["status"] == "late":
            state = "late"
        found.append({"label": _(station["title"]), "note": "", "state": state})
    return found


def history(work: Work) -> list[Any]:
    """What happened to a work, the newest first."""
    return list(work.steps.order_by("-id"))
