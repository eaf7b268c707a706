"""Open, forward, return, hand over, pause and close works. Called by actions, inside their transaction.

Every function takes a list and writes by sets; the works were fetched and locked by the action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access.models import Account
from jimin.core.access.scope import Actor, appointments_of
from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.calendar import api as calendar
from jimin.core.divisions.models import ReportingUnit
from jimin.core.sets import update_rows
from jimin.engines.cases.flows import FLOWS, Station
from jimin.engines.cases.models import Pause, Step, Work


@dataclass(frozen=True, slots=True)
class Opening:
    """A work to open: its title, route, place, and its clock (a fixed date, or working days from today)."""

    title: str
    route: Sequence[Station]
    place: dict[str, str] = field(default_factory=dict)
    due_on: date | None = None
    working_days: int | None = None
    number: str = ""


def open_works(kind: str, openings: Sequence[Opening], actor: Actor, opinion: str = "") -> list[Work]:
    """Open works at the first station of their routes. Returns them in the order given."""
    if kind not in FLOWS:
        raise KeyError(f"no flow of kind {kind!r} is declared")
    day = clock.business_day()
    works = []
    for opening in openings:
        first = opening.route[0]
        works.append(
            Work(
                kind=kind,
                title=opening.title[:200],
                number=opening.number,
                route=[s.as_json() for s in opening.route],
                station=first.code,
                opened_by=actor.unit,
                holder_unit_id=UUID(first.unit),
                holder_role=first.role,
                holder_id=UUID(first.holder) if first.holder else None,
                opened_on=day,
                since=day,
                clock_from=day,
                clock_days=opening.working_days,
                due_on=opening.due_on or due(day, opening.working_days, 0),
                **opening.place,
            )
        )
    Work.objects.bulk_create(works, batch_size=1000)
    _remember(works, "open", actor, opinion, {})
    return works


def due(start: date, working_days: int | None, paused: int) -> date | None:
    """The last day of a clock of so many working days that stood still for `paused` of them."""
    return None if working_days is None else calendar.add_working_days(start, working_days + paused).date


def current(work: Work) -> Station:
    """The station where a work stands."""
    return Station(**work.route[work.position])


def mine(actor: Actor) -> Q:
    """The filter for works that an actor holds, also in the place of somebody he is deputy of."""
    q = Q(holder_unit=actor.unit, holder_role=actor.role) & (Q(holder=None) | Q(holder=actor.account))
    behind = actor.appointment.acting_for
    if behind is not None:
        post = Q(holder_unit_id=behind.unit_id, holder_role=behind.role)
        q |= post & (Q(holder=None) | Q(holder__in=(actor.account.id, behind.account_id)))
    return q


def inbox(actor: Actor) -> QuerySet[Work]:
    """The open works an actor has to deal with, the earliest limit first."""
    return Work.objects.filter(mine(actor), closed_on=None).order_by(F("due_on").asc(nulls_last=True), "id")


def holds(actor: Actor, work: Work) -> bool:
    """Whether an actor has to deal with this work now."""
    if not work.is_open:
        return False
    me, post = actor.account.id, (work.holder_unit_id, work.holder_role)
    if post == (actor.unit.id, actor.role) and work.holder_id in (None, me):
        return True
    behind = actor.appointment.acting_for
    if behind is None or post != (behind.unit_id, behind.role):
        return False
    return work.holder_id in (None, me, behind.account_id)


def must_hold(works: Sequence[Work], actor: Actor) -> None:
    """Refuse when one of the works is not with the actor now."""
    for work in works:
        _must_be_open(work)
        if not holds(actor, work):
            raise Forbidden(
                _("“%(title)s”现在在%(unit)s（%(role)s）处，不在您手上。")
                % {"title": work.title, "unit": work.holder_unit, "role": work.get_holder_role_display()},
                next_step=_("如需催办，请联系承办单位；如已交给您，请刷新列表。"),
            )


def _must_be_open(work: Work) -> None:
    if not work.is_open:
        raise Refused(_("“%s”已经办结，不能再办理。") % work.title, next_step=_("请刷新列表。"))


def forward(works: Sequence[Work], actor: Actor, opinion: str = "", due_on: date | None = None) -> list[Work]:
    """Send works on to their next station; those past the last one are closed as 办结. Returns the closed ones.

    `due_on` is a new last day, for a paper whose own text sets it.
    """
    must_hold(works, actor)
    _not_own_paper([w for w in works if current(w).code == "sign"], actor)
    day = clock.business_day()
    before = {w.id: current(w) for w in works}
    closed: list[Work] = []
    for work in works:
        work.due_on = due_on or work.due_on
        if work.position + 1 < len(work.route):
            _arrive(work, work.position + 1, day)
        else:
            work.closed_on, work.outcome = day, "done"
            closed.append(work)
    _save(works)
    _remember(works, "forward", actor, opinion, before)
    for kind in dict.fromkeys(w.kind for w in closed):  # in the order of the works, so that a run can be repeated
        FLOWS[kind].on_end([w for w in closed if w.kind == kind], actor)
    return closed


def send_back(works: Sequence[Work], actor: Actor, opinion: str, to: int = 0) -> None:
    """Return works to an earlier station (by default the first), with the reason that its maker reads."""
    must_hold(works, actor)
    if not opinion.strip():
        raise Refused(_("退回必须写明原因，填报人会看到。"), next_step=_("请写清哪里不对、怎样改。"))
    before = {w.id: current(w) for w in works}
    for work in works:
        if work.position <= to:
            raise Refused(_("“%s”已在第一个环节，不能再退。") % work.title, next_step=_("请直接修改后提交。"))
        _arrive(work, to, clock.business_day())
        work.returns += 1
    _save(works)
    _remember(works, "back", actor, opinion, before)
    for kind in dict.fromkeys(w.kind for w in works):
        FLOWS[kind].on_return([w for w in works if w.kind == kind], actor)


def hand_over(works: Sequence[Work], actor: Actor, to: Account, opinion: str = "") -> None:
    """Give works to a colleague who holds the same role in the same office."""
    must_hold(works, actor)
    posts = set(appointments_of(to).values_list("unit_id", "role")) if to.is_active else set()
    for work in works:
        if (work.holder_unit_id, work.holder_role) not in posts:
            raise Refused(
                _("%(name)s不在“%(unit)s·%(role)s”岗位上，不能接办。")
                % {"name": to.name, "unit": work.holder_unit, "role": work.get_holder_role_display()},
                next_step=_("请选择同单位同岗位的同事。"),
            )
        work.holder = to
    _save(works)
    _remember(works, "hand_over", actor, opinion or to.name, {w.id: current(w) for w in works})


def close(works: Sequence[Work], actor: Actor, outcome: str, opinion: str = "") -> None:
    """Close works where they stand, without the rest of their route: withdrawn, refused. The action checked who may."""
    before = {w.id: current(w) for w in works}
    for work in works:
        _must_be_open(work)
        work.closed_on, work.outcome = clock.business_day(), outcome
    _save(works)
    _remember(works, "close", actor, opinion, before)


def pause(work: Work, actor: Actor, reason: str) -> None:
    """Stop a running clock, by law, with the reason."""
    _must_be_open(work)
    if work.paused_on is not None:
        raise Refused(_("“%s”的时限已经中止。") % work.title)
    if work.clock_days is None:
        raise Refused(
            _("“%s”的期限是一个固定日期，不能中止。") % work.title, next_step=_("如需改期，请由交办单位调整期限。")
        )
    Pause.objects.create(work=work, since=clock.business_day(), reason=reason)
    work.paused_on, work.due_on = clock.business_day(), None
    _save([work])
    _remember([work], "pause", actor, reason, {work.id: current(work)})


def resume(work: Work, actor: Actor, opinion: str = "") -> None:
    """Let the clock run again; the paused working days are not counted."""
    _must_be_open(work)
    running = work.pauses.filter(until=None).first()
    if running is None:
        raise Refused(_("“%s”的时限没有中止。") % work.title)
    running.until = clock.business_day()
    running.save(update_fields=["until"])
    work.paused_on = None
    work.due_on = due_by_law(work)
    _save([work])
    _remember([work], "resume", actor, opinion, {work.id: current(work)})


def due_by_law(work: Work) -> date | None:
    """The limit as the law counts it now, from the clock's start and its pauses (the stored date is a cache of this).

    None while the clock stands still: nobody knows yet for how long.
    """
    if work.clock_days is None:
        return work.due_on
    pauses = list(work.pauses.all())
    if any(p.until is None for p in pauses):
        return None
    paused = sum(calendar.working_days_between(p.since, p.until) for p in pauses if p.until is not None)
    return due(work.clock_from, work.clock_days, paused)


def _arrive(work: Work, position: int, day: date) -> None:
    station = Station(**work.route[position])
    work.position, work.station = position, station.code
    work.holder_unit_id, work.holder_role = UUID(station.unit), station.role
    work.holder_id = UUID(station.holder) if station.holder else None
    work.since = day


def _not_own_paper(works: Sequence[Work], actor: Actor) -> None:
    """Nobody signs a paper that he himself made or signed in this round, in whichever of his posts."""
    if not works:
        return
    last_back = dict(Step.objects.filter(work__in=works, move="back").values_list("work_id", "id"))
    made = Step.objects.filter(work__in=works, account=actor.account.id, move="forward")
    for work_id, step_id in made.values_list("work_id", "id"):
        if step_id > last_back.get(work_id, 0):
            title = next(w.title for w in works if w.id == work_id)
            raise Forbidden(
                _("“%s”由您本人填报，签核须由另一人办理。") % title,
                next_step=_("请交给有签核岗位的同事，或由 AB 角代签。"),
            )


MOVED = (
    "position", "station", "holder_unit", "holder_role", "holder", "since", "due_on", "paused_on", "returns",
    "closed_on", "outcome", "version",
)  # fmt: skip


def _save(works: Sequence[Work]) -> None:
    for work in works:
        work.version += 1
    update_rows(works, MOVED)


def _on_behalf(actor: Actor, station: Station | None) -> str:
    """For whom the actor acted at a station, in Chinese as it is stored; empty where the post is his own alone."""
    behind = actor.appointment.acting_for
    if behind is None or station is None or (station.unit, station.role) != (str(behind.unit_id), behind.role):
        return ""
    with translation.override("zh-hans"):
        return f"{behind.account.name}（{behind}）"


def _remember(works: Sequence[Work], move: str, actor: Actor, opinion: str, before: Mapping[UUID, Station]) -> None:
    Step.objects.bulk_create(
        [
            Step(
                work=w,
                move=move,
                from_station=before[w.id].code if w.id in before else "",
                to_station="" if w.closed_on else w.station,
                account=actor.account.id,
                unit=actor.unit,
                actor=actor.label,
                on_behalf_of=_on_behalf(actor, before.get(w.id) or current(w)),
                opinion=opinion,
                day=clock.business_day(),
            )
            for w in works
        ],
        batch_size=1000,
    )


def waiting(unit: ReportingUnit) -> QuerySet[Work]:
    """All open works that lie in one office."""
    return Work.objects.filter(holder_unit=unit, closed_on=None)
