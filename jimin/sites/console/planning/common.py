"""What the pages of the plan's work share: the actor, a record inside its scope, works as addresses and steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Stale
from jimin.core.calendar import api as calendar
from jimin.core.calendar.api import Month
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files import api as files
from jimin.engines.cases.models import Step, Work
from jimin.sites.console import links

M = TypeVar("M", bound=Model)


def actor_of(request: HttpRequest) -> Actor:
    """The one who is at work; the guard has seen that there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def one(rows: QuerySet[M], pk: Any) -> M:
    """A record inside an already scoped queryset; anything else is “no such page”."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def keep(request: HttpRequest, upload: Any) -> UUID:
    """Check and store an uploaded file; its id, the same when the same form is sent again. Raises Refused."""
    return files.store(upload, actor_of(request), form=request.POST.get("key", "")).pk


def days_left(due: date | None) -> int | None:
    """Working days until a limit; negative when it is past."""
    if due is None:
        return None
    today = clock.business_day()
    if due >= today:
        return calendar.working_days_between(today, due)
    return -max(calendar.working_days_between(due, today), 1)


def addresses(works: Iterable[Work]) -> dict[UUID, str]:
    """The page of each work's record, found through whatever record is bound to the work."""
    ids = [w.pk for w in works]
    found: dict[UUID, str] = {}
    for relation in Work._meta.related_objects:
        model = relation.related_model
        if not relation.one_to_one or f"{model._meta.app_label}.{model._meta.model_name}" not in links.PAGES:
            continue
        name = relation.field.name
        for work, pk in model._default_manager.filter(**{f"{name}__in": ids}).values_list(f"{name}_id", "pk"):
            found[work] = links.address(f"{model._meta.app_label}.{model._meta.model_name}:{pk}")
    return found


def route(work: Work) -> list[dict[str, str]]:
    """A work's stations for <c-steps>: where, who, which is done, which is current."""
    units = {str(u.pk): u.short_name for u in ReportingUnit.objects.filter(pk__in={s["unit"] for s in work.route})}
    rows = []
    for n, station in enumerate(work.route):
        done = not work.is_open or n < work.position
        state = "done" if done else "current" if n == work.position else ""
        if state == "current" and work.due_on and work.due_on < clock.business_day():
            state = "late"
        note = f"{units.get(station['unit'], '')} · {Role(station['role']).label}"
        rows.append({"label": _(station["title"]), "note": note, "state": state})
    return rows


def history(work: Work) -> list[dict[str, Any]]:
    """What happened to a work, the newest first; the name of each move as the station that was left says it."""
    titles = {s["code"]: _(s["title"]) for s in work.route}
    rows = []
    for step in work.steps.order_by("-id"):
        move = titles.get(step.from_station, "") if step.move == "forward" else ""
        rows.append({"step": step, "word": move or word_of(step), "back": step.move == "back"})
    return rows


def word_of(step: Step) -> str:
    """What a move is called."""
    return {
        "open": _("开始"),
        "forward": _("送下一环节"),
        "back": _("退回"),
        "hand_over": _("转交"),
        "pause": _("中止计时"),
        "resume": _("恢复计时"),
    }.get(step.move, step.move)


def must_be_as_seen(request: HttpRequest, work: Work) -> None:
    """Refuse a button that was shown on an older state of the work: who was faster, and where it is now."""
    seen = request.POST.get("seen", "")
    if not seen.isdecimal() or len(seen) > 9 or int(seen) == work.version:
        return
    last = work.steps.order_by("-id").first()
    who = last.actor if last else ""
    where = _("已办结") if not work.is_open else f"{work.holder_unit} · {work.get_holder_role_display()}"
    raise Stale(
        _("您打开之后，%(who)s已经办理了“%(title)s”（%(what)s）；现在：%(where)s。您的操作没有执行。")
        % {"who": who, "title": work.title, "what": word_of(last) if last else "", "where": where},
        next_step=_("请打开最新的页面，看清现在的状态再办理。"),
    )


def last_reason(works: Sequence[Work]) -> dict[UUID, Step]:
    """The newest return of each work."""
    found: dict[UUID, Step] = {}
    for step in Step.objects.filter(work__in=works, move="back").order_by("id"):
        found[step.work_id] = step
    return found


def trail(*parts: tuple[Any, str]) -> list[tuple[Any, str]]:
    """Breadcrumbs: labels with the names of their addresses ("" for the page itself)."""
    return [(label, reverse(name) if name else "") for label, name in parts]


def last_month() -> date:
    """The month that is reported now: the one before the business day's."""
    day = clock.business_day()
    return Month.of(day).previous().start
