"""One point of the board in full: the plan's own sentence with marks, its figures, why it is behind, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, Count, DateField, DurationField, ExpressionWrapper, F, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from jimin.core.divisions.models import ReportingUnit
from jimin.domains.planning.board import Board, PointState
from jimin.domains.planning.board_figures import Aim, Figure
from jimin.domains.planning.board_units import COUNTIES, Line, by_county
from jimin.domains.planning.models import (
    STANDING,
    Instruction,
    ItemState,
    LedgerItem,
    OrderReply,
    Point,
    SupervisionOrder,
    Target,
)
from jimin.engines.indicators.models import Indicator, Method
from jimin.engines.indicators.sources import LISTS


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the sentence; `mark` numbers it: a number's ①②… or a deliverable's 甲乙…."""

    text: str
    mark: str = ""
    sort: str = ""  # "number" or "thing"


@dataclass(frozen=True, slots=True)
class Stuck:
    """Rows that are registered and not in use: how many wait in one stage, and for how many days on average."""

    stage: str
    count: int
    days: int | None


@dataclass(frozen=True, slots=True)
class OrderFact:
    """An order about this point: how many answered, and who is over the limit."""

    order: SupervisionOrder
    answered: int
    asked: int
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A 市（州） that holds a large part of the gap."""

    name: str
    offices: int
    left: Decimal
    done: Decimal
    whole: Decimal | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something already decided: what, who, by when, and its state (ok done, cur in hand, late overdue, todo)."""

    what: str
    who: str
    due: date | None
    status: str
    record: str


@dataclass(frozen=True)
class PointView:
    """Everything the point page shows."""

    state: PointState
    segments: tuple[Segment, ...]
    marks: dict[UUID, str]  # by indicator
    thing_marks: dict[UUID, str]  # by deliverable
    shown: Figure | None  # the figure of the map and the table of counties
    aims: tuple[Aim, ...]
    lines: tuple[Line, ...]  # of the whole province, so that a place sees itself among the others
    holders: tuple[Holder, ...]
    stuck: tuple[Stuck, ...]
    orders: tuple[OrderFact, ...]
    steps: tuple[NextStep, ...]
    previous: Point | None = None
    following: Point | None = None
    worst: tuple[Line, ...] = field(default=())


THINGS = noop("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")


def look(board: Board, no: int, code: str = "") -> PointView | None:
    """The view of point `no`. `code` chooses the indicator of map and table; else the number that decides."""
    state = board.of(no)
    if state is None:
        return None
    segments, marks, things = quotation(state)
    shown = next((f for f in state.figures if f.indicator.code == code), None) or state.main
    aims = aims_of(shown.indicator) if shown else ()
    lines = tuple(by_county(shown.indicator, board.day, aims)) if shown else ()
    own = [x for x in lines if board.unit is None or board.unit.id in (x.unit.id, x.unit.superior_id)]
    before, after = neighbours(state.point)
    return PointView(
        state=state,
        segments=segments,
        marks=marks,
        thing_marks=things,
        shown=shown,
        aims=aims,
        lines=lines,
        holders=holders(own),
        stuck=stuck(shown.indicator, board.day, board.unit) if shown else (),
        orders=orders(state.point, board.day),
        steps=steps(state, board.day),
        previous=before,
        following=after,
        worst=tuple(sorted((x for x in own if x.figure.left), key=lambda x: (-(x.figure.left or 0), -x.figure.behind)))[
            :8
        ],
    )


def neighbours(point: Point) -> tuple[Point | None, Point | None]:
    """The points before and after, by number."""
    near = Point.objects.filter(plan=point.plan_id, no__in=(point.no - 1, point.no + 1))
    found = {p.no: p for p in near}
    return found.get(point.no - 1), found.get(point.no + 1)


def aims_of(indicator: Indicator) -> tuple[Aim, ...]:
    """The goals of an indicator that stand today."""
    return tuple(Aim.of(g) for g in indicator.goals.filter(valid_to=None).order_by("deadline"))


def quotation(state: PointState) -> tuple[tuple[Segment, ...], dict[UUID, str], dict[UUID, str]]:
    """The point's text cut at its marks; numbers tied to their indicators, deliverables to their rows.

    Where two marks overlap, the number wins: it is the promise that lights.
    """
    point = state.point
    marks: dict[UUID, str] = {}
    spans: list[tuple[int, int, str, str]] = []
    for target in Target.objects.filter(point=point, found__in=STANDING).order_by("start"):
        if target.indicator_id is None:
            spans.append((target.start, target.end, "", "number"))
            continue
        marks.setdefault(target.indicator_id, circled(len(marks) + 1))
        spans.append((target.start, target.end, marks[target.indicator_id], "number"))
    signs = _(THINGS)
    things = {m.deliverable.id: signs[i % len(signs)] for i, m in enumerate(state.made)}
    spans += [(m.deliverable.start, m.deliverable.end, things[m.deliverable.id], "thing") for m in state.made]
    return cut(point.text, spans), marks, things


def circled(n: int) -> str:
    """① to ⑳, then (21)."""
    return chr(0x2460 + n - 1) if n <= 20 else f"({n})"


def cut(text: str, spans: Sequence[tuple[int, int, str, str]]) -> tuple[Segment, ...]:
    """A text cut at spans [start, end): joined together again it is the text, whole and in order."""
    chosen: list[tuple[int, int, str, str]] = []
    for span in sorted(spans, key=lambda s: (s[3] != "number", s[0])):
        start, end = max(span[0], 0), min(span[1], len(text))
        if start < end and all(end <= a or start >= b for a, b, *_rest in chosen):
            chosen.append((start, end, span[2], span[3]))
    found, at = [], 0
    for start, end, mark, sort in sorted(chosen):
        if at < start:
            found.append(Segment(text[at:start]))
        found.append(Segment(text[start:end], mark, sort))
        at = end
    if at < len(text):
        found.append(Segment(text[at:]))
    return tuple(found)


def holders(lines: Sequence[Line]) -> tuple[Holder, ...]:
    """The two 市（州） whose offices hold most of the gap, when they hold more than their even share of it."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.unit.kind in COUNTIES and line.figure.left is not None:
            groups.setdefault(line.above or str(line.unit), []).append(line)
    total = sum((x.figure.left or Decimal(0) for g in groups.values() for x in g), Decimal(0))
    if total <= 0 or len(groups) < 3:
        return ()
    made = [_holder(name, group) for name, group in groups.items()]
    top = sorted(made, key=lambda h: -h.left)[:2]
    even = total / len(groups)
    return tuple(h for h in top if h.left > even)


def _holder(name: str, group: Sequence[Line]) -> Holder:
    parts = [x.figure.part for x in group if x.figure.part is not None]
    whole = [p.denominator for p in parts if p.denominator is not None]
    return Holder(
        name,
        len(group),
        sum((x.figure.left or Decimal(0) for x in group), Decimal(0)),
        sum((p.numerator for p in parts), Decimal(0)),
        sum(whole, Decimal(0)) if whole else None,
    )


def stuck(indicator: Indicator, day: date, unit: ReportingUnit | None = None) -> tuple[Stuck, ...]:
    """Verified rows that are not in use yet, by stage, the fullest first."""
    if indicator.method != Method.COMPUTED:
        return ()
    rows = LedgerItem.objects.filter(
        indicator=indicator.rows_of_id or indicator.pk, state=ItemState.CONFIRMED, since=None, confirmed_on__lte=day
    ).exclude(stage="")
    if unit is not None:
        rows = rows.filter(Q(unit=unit) | Q(unit__superior=unit))
    waited = ExpressionWrapper(Value(day, output_field=DateField()) - F("confirmed_on"), output_field=DurationField())
    found = rows.values("stage").annotate(n=Count("id"), wait=Avg(waited)).order_by("-n")
    return tuple(Stuck(r["stage"], r["n"], r["wait"].days if r["wait"] is not None else None) for r in found)


def orders(point: Point, day: date) -> tuple[OrderFact, ...]:
    """The orders issued about this point and not closed, with who has answered."""
    issued = SupervisionOrder.objects.filter(task__point=point, issued_on__lte=day, closed_on=None)
    found = []
    for order in issued.prefetch_related("replies__unit").order_by("-issued_on"):
        replies = list(order.replies.all())
        waiting = [r for r in replies if r.replied_on is None or r.replied_on > day]
        silent = tuple(r.unit.short_name for r in waiting) if day > order.reply_due else ()
        found.append(OrderFact(order, len(replies) - len(waiting), len(replies), silent))
    return tuple(found)


def steps(state: PointState, day: date) -> tuple[NextStep, ...]:
    """What is already decided for this point: orders, promises given in answers, stages, instructions."""
    point = state.point
    found: list[NextStep] = []
    for order in (
        SupervisionOrder.objects.filter(task__point=point, closed_on=None)
        .select_related("work__holder_unit")
        .prefetch_related("replies__unit")
    ):
        record = f"planning.supervisionorder:{order.pk}"
        if order.issued_on is None:
            found.append(NextStep(_("签发督办单"), str(order.work.holder_unit), None, "cur", record))
        found += _promises(order, day)
    for made in state.made:
        if made.next is not None:
            found.append(
                NextStep(
                    f"{made.deliverable.title} · {made.next.get_name_display()}", str(point.lead or ""), made.next.due_on,
                    "late" if made.next.due_on < day else "todo" if not made.steps_done else "cur",
                    f"planning.task:{made.task.pk}" if made.task else "",
                )
            )  # fmt: skip
    for instruction in Instruction.objects.filter(points=point, closed_on=None).select_related("work", "unit"):
        due = instruction.work.due_on
        found.append(
            NextStep(
                _("批示件 %s") % instruction.number, str(instruction.unit), due,
                "late" if due is not None and due < day else "cur", f"planning.instruction:{instruction.pk}",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda s: s.due or date.max)[:12])


def _promises(order: SupervisionOrder, day: date) -> list[NextStep]:
    """What the answers to an order promise; offices that promise the same are one line, with the latest date."""
    groups: dict[str, list[OrderReply]] = {}
    for reply in order.replies.all():
        if reply.replied_on is not None and reply.promise_on is not None:
            groups.setdefault(reply.measures, []).append(reply)
    found = []
    for measures, replies in groups.items():
        last = max(r.promise_on for r in replies if r.promise_on is not None)
        names = [r.unit.short_name for r in replies]
        who = (
            "、".join(names) if len(names) < 4 else _("%(first)s等 %(n)d 个单位") % {"first": names[0], "n": len(names)}
        )
        one = f"planning.orderreply:{replies[0].pk}"
        record = one if len(replies) == 1 else f"planning.supervisionorder:{order.pk}"
        found.append(NextStep(measures, who, last, "late" if last < day else "cur", record))
    return found


def denominator_list(indicator: Indicator) -> tuple[str, str]:
    """Title and vintage of the list a share counts against; empty when the denominator is reported."""
    entry = LISTS.get(indicator.denominator_list)
    return (str(entry.title), str(entry.vintage)) if entry else ("", "")
