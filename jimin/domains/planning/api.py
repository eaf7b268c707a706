"""What other rooms may ask of the plan. Published totals only: no scope is needed, nothing here names a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.domains.planning import board, board_words, public
from jimin.domains.planning.board import PointState
from jimin.domains.planning.board_figures import Aim, Figure
from jimin.domains.planning.board_stages import Made
from jimin.domains.planning.models import Plan, PlanState
from jimin.domains.planning.public import Places
from jimin.engines.indicators.figures import Light
from jimin.engines.indicators.models import Method


@dataclass(frozen=True, slots=True)
class Promise:
    """A number of the plan and how far it is, in words."""

    code: str
    title: str
    now: str  # “—” where nothing was reported yet
    goal: str
    comparator: str  # ge, le, eq
    by: date
    later: tuple[tuple[str, date], ...]  # the plan's goals of later years
    as_of: date | None  # the newest month with a figure
    computed: bool  # counted by the system from the ledger, not reported
    status: str  # ok, slow, late, none
    word: str
    reached: bool
    progress: int | None  # percent of the goal


@dataclass(frozen=True, slots=True)
class Thing:
    """Something the plan says shall be made or done."""

    title: str
    done: bool
    status: str  # ok, slow, late, none
    word: str


@dataclass(frozen=True, slots=True)
class PublicPoint:
    """One point for the public: its words, its promises and things to be made."""

    no: int
    title: str
    short_title: str
    plain: str  # in everyday words; empty: show the original
    text: str
    lead: str  # the 处室 that is responsible
    status: str
    word: str
    promises: tuple[Promise, ...]
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class PublicChapter:
    """One chapter with its points."""

    no: int
    title: str
    short_title: str
    points: tuple[PublicPoint, ...]


@dataclass(frozen=True, slots=True)
class PublicPlan:
    """The plan in force as the public reads it."""

    title: str
    document_no: str
    issuer: str
    issued_on: date | None
    year: int
    day: date
    sentence: str
    chapters: tuple[PublicChapter, ...]


def public_plan() -> PublicPlan | None:
    """The plan in force with its published totals; None when there is none."""
    plan = _in_force()
    if plan is None:
        return None
    data = board.read(plan, _day(plan))
    chapters: dict[int, list[PublicPoint]] = {}
    heads = {}
    for state in data.states:
        chapter = state.point.chapter
        heads[chapter.no] = chapter
        chapters.setdefault(chapter.no, []).append(_point(state))
    return PublicPlan(
        plan.title, plan.document_no, plan.issuer, plan.issued_on, plan.year, data.day, _sentence(data),
        tuple(PublicChapter(no, heads[no].title, heads[no].short_title, tuple(points)) for no, points in chapters.items()),
    )  # fmt: skip


def _in_force() -> Plan | None:
    return Plan.objects.filter(state=PlanState.IN_FORCE).order_by("-year").first()


def _day(plan: Plan) -> date:
    """The day the public figures stand on: today, or the plan's last day once its year is over."""
    return min(clock.business_day(), date(plan.year, 12, 31))


def _sentence(data: board.Board) -> str:
    """How the plan stands, in everyday words."""
    numbers = [f for s in data.states for f in s.lit]
    reached = sum(1 for f in numbers if f.now is not None and f.aim is not None and f.left == 0)
    things = [m for s in data.states for m in s.made]
    return _("今年定了 %(n)d 个数，已做到 %(r)d 个；要办的 %(t)d 件事，已办成 %(d)d 件。") % {
        "n": len(numbers), "r": reached, "t": len(things), "d": sum(1 for m in things if m.done),
    }  # fmt: skip


def _point(state: PointState) -> PublicPoint:
    point = state.point
    promises = tuple(_promise(f, f.aim) for f in state.lit if f.aim is not None)
    word = board_words.state_word(state) if state.light != Light.NONE else board_words.dark(state.why_dark)
    return PublicPoint(
        point.no, point.title, point.short_title, point.plain, point.text,
        point.lead.name if point.lead else "", str(state.light), word, promises,
        tuple(_thing(m) for m in state.made),
    )  # fmt: skip


def _thing(made: Made) -> Thing:
    words = {Light.SLOW: _("晚了一些"), Light.LATE: _("晚了"), Light.NONE: _("还没有进展记录")}
    word = _("办成了") if made.done else words.get(made.light, _("正在办"))
    return Thing(made.deliverable.title, made.done, str(made.light), word)


def _promise(figure: Figure, aim: Aim) -> Promise:
    indicator = figure.indicator
    reached = figure.now is not None and figure.left == 0
    words = {Light.OK: _("已做到") if reached else _("按期"), Light.SLOW: _("偏慢"), Light.LATE: _("落后")}
    return Promise(
        code=indicator.code,
        title=indicator.title,
        now=board_words.amount(figure.now, indicator),
        goal=board_words.amount(aim.value, indicator),
        comparator=aim.comparator,
        by=aim.deadline,
        later=tuple((board_words.amount(a.value, indicator), a.deadline) for a in figure.later if a.lights),
        as_of=figure.newest,
        computed=indicator.method == Method.COMPUTED,
        status=str(figure.light),
        word=words.get(figure.light) or board_words.dark(figure.why_dark),
        reached=reached,
        progress=int(figure.progress) if figure.progress is not None else None,
    )


def public_places(no: int) -> dict[str, Places]:
    """The counties' figures of a point of the plan in force, by the code of the promise; small cells withheld."""
    plan = _in_force()
    if plan is None:
        return {}
    data = board.read(plan, _day(plan), only=[no])
    return {f.indicator.code: public.by_county(f.indicator, data.day) for s in data.states for f in s.lit}
