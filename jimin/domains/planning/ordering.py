"""督办单: the routes of orders and replies; issuing (number, document, a reply asked of each unit); the gap behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files import api as files
from jimin.core.sets import update_rows
from jimin.domains.planning.flows import leader_station
from jimin.domains.planning.models import OrderReply, SupervisionOrder, Task
from jimin.engines.cases import kernel
from jimin.engines.cases.flows import Flow, Station, inside
from jimin.engines.cases.models import Work
from jimin.engines.documents import numbers, verification
from jimin.engines.documents.model import Document, Heading, KeyValues, Note, Paragraph, Run, Signature, Table
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import rounded, to_date, value
from jimin.engines.indicators.models import Indicator


def whole(number: Decimal | None) -> Decimal | None:
    """A number as people write it: 100, never 1E+2 or 100.0000."""
    return None if number is None else number.normalize() + 0


def figure(number: str, unit: str) -> str:
    """A number with its unit; a percentage closes up."""
    return number + unit if unit == "%" else f"{number} {unit}".strip()


def gap_of(task: Task, units: Sequence[ReportingUnit] = ()) -> dict[str, Any]:
    """The figure, the goal and the month that an order is based on, as they stand today (empty for a deliverable).

    `units`: the offices the order goes to; their own figures are kept by their codes.
    """
    if task.indicator is None:
        return {}
    period = clock.business_day().replace(day=1)
    months = indicators.series([task.indicator], None).get(task.indicator.pk, {})
    part = to_date(months, period, task.indicator.over)
    goal = task.indicator.goals.filter(valid_to=None).order_by("deadline").first()
    known = [month for month in months if month <= period]
    return {
        "indicator": task.indicator.title,
        "now": str(rounded(value(part, task.indicator.shape), task.indicator.shape) or ""),
        "goal": f"{goal.value.normalize():f}" if goal else "",
        "unit": task.indicator.unit,
        "period": f"{max(known):%Y-%m}" if known else "",
        "units": _own(task.indicator, units, period),
    }


def _own(indicator: Indicator, units: Sequence[ReportingUnit], period: date) -> dict[str, str]:
    """Each office's own figure with its unit; none where nothing is known."""
    months = indicators.by_unit(indicator, [u.pk for u in units])
    found = {}
    for unit in units:
        now = rounded(value(to_date(months.get(unit.pk, {}), period, indicator.over), indicator.shape), indicator.shape)
        if now is not None:
            found[unit.code] = figure(f"{now:f}", indicator.unit)
    return found


def issue(order: SupervisionOrder, actor: Actor) -> None:
    """Give a signed order its number, document and date, and open a reply at each unit. In the action's transaction."""
    day = clock.business_day()
    order.number = numbers.allot(issuer=issuer_of(order), word="督", year=day.year)
    order.issued_on = day
    replies = list(order.replies.select_related("unit"))
    issued = verification.issue(
        document(order, replies),
        unit=actor.unit,
        account=actor.account,
        public_summary={
            "任务": order.task.title,
            "单位数": len(replies),
            "回复期限": order.reply_due.isoformat(),
        },
    )
    order.document = issued.record
    order.version += 1
    order.save(update_fields=["number", "issued_on", "document", "version"])
    for name, content in ((f"{order.number}.pdf", issued.pdf), (f"{order.number}.docx", issued.docx)):
        files.keep(name, content, actor=actor, owner=order)
    openings = [
        kernel.Opening(
            title=f"回复督办单 {order.number}：{order.task.title}",
            route=ReplyFlow.route(reply.unit),
            place={k: getattr(reply, k) for k in ("prefecture", "county", "town", "village")},
            due_on=order.reply_due,
            number=order.number,
        )
        for reply in replies
    ]
    works = kernel.open_works(ReplyFlow.kind, openings, actor)
    for reply, work in zip(replies, works, strict=True):
        reply.work = work
        reply.version += 1
    update_rows(replies, ["work", "version"])


def issuer_of(order: SupervisionOrder) -> str:
    """Who issues an order: the plan's issuer; where the document named none, the office that drafted the order."""
    return order.task.point.plan.issuer or order.work.opened_by.name


def document(order: SupervisionOrder, replies: list[OrderReply]) -> Document:
    """The order as a 公文: what the plan says, what stands, what is asked, of whom, by when. Always in Chinese."""
    point, gap = order.task.point, order.gap
    due = f"{order.reply_due.year}年{order.reply_due.month}月{order.reply_due.day}日"
    standing = [
        KeyValues(
            [
                ("指标", gap.get("indicator", order.task.title)),
                ("总体现值", figure(gap.get("now") or "—", gap.get("unit", ""))),
                ("要点目标", figure(gap.get("goal") or "—", gap.get("unit", ""))),
            ]
        )
    ]
    return Document(
        kind="公文",
        title=f"关于“{order.task.title}”的督办单",
        number=order.number,
        issuer=issuer_of(order),
        recipients=[r.unit.name for r in replies],
        date=order.issued_on,
        blocks=[
            Paragraph(
                [
                    Run(f"《{point.plan.title}》第 {point.no} 点："),
                    Run(quote_of(order), quote=True),
                ]
            ),
            *(standing if gap else []),
            Heading("一、督办事由"),
            Paragraph([order.reason]),
            Heading("二、办理要求"),
            Paragraph([order.demand]),
            Paragraph([f"请于 {due} 前由分管负责人签复。"]),
            Table(
                header=["责任单位", "现值", "分解目标"],
                rows=[
                    [r.unit.name, gap.get("units", {}).get(r.unit.code, "—"), whole(r.assignment.goal)] for r in replies
                ],
                align=["left", "right", "right"],
            ),
            Note("现值来自已验收的报告或已核实的台账，逐级可查。"),
            Signature(issuer_of(order), order.issued_on),
        ],
    )


def quote_of(order: SupervisionOrder) -> str:
    """The plan's own words for the order's task."""
    task = order.task
    if task.deliverable is not None:
        return task.deliverable.quote
    target = task.point.targets.filter(indicator=task.indicator).order_by("deadline").first()
    return target.quote if target else task.point.title


class ReplyFlow(Flow):
    """督办回复: written by the unit's clerk, signed by its chain (in a county up to the 分管副局长)."""

    kind = "planning.reply"
    title = _("督办回复")

    @staticmethod
    def route(unit: ReportingUnit) -> list[Station]:
        return inside(unit, "reply", noop("回复"), noop("签复"))

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        OrderReply.objects.filter(work__in=works).update(replied_on=clock.business_day())


class OrderFlow(Flow):
    """督办单: drafted, signed in the office that drafts it, signed by the leader in charge, then issued."""

    kind = "planning.order"
    title = _("督办单")

    @staticmethod
    def route(drafter: ReportingUnit, lead: ReportingUnit) -> list[Station]:
        stations = inside(drafter, "draft", noop("拟办"))
        leader = leader_station(lead)
        return [*stations, leader] if leader else stations

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        for order in SupervisionOrder.objects.filter(work__in=works).select_related("task__point__plan", "task__lead"):
            issue(order, actor)
