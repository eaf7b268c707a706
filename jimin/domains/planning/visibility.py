"""Who sees which reports, tasks, orders, replies, ledger rows and files of the plan. The pages read through these."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from jimin.core.access.roles import OFFICE
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files import api as files
from jimin.domains.planning.models import (
    Assignment,
    Deliverable,
    LedgerItem,
    OrderReply,
    Plan,
    PlanState,
    Report,
    ReportEvidence,
    Stage,
    SupervisionOrder,
    Task,
)
from jimin.domains.planning.seeing import READ_ALL
from jimin.engines.cases.kernel import mine
from jimin.engines.cases.models import Work


def _units(actor: Actor) -> QuerySet[ReportingUnit]:
    """The own unit and those below it; an office of the department has none below it here."""
    return ReportingUnit.objects.filter(pk=actor.unit.pk) if actor.unit.is_provincial else actor.units()


def reports(actor: Actor) -> QuerySet[Report]:
    """月度报告: office, leaders, inspection and audit all; an office those on its tasks; a unit its own and those below."""
    rows = Report.objects.select_related(
        "assignment__task__indicator", "assignment__task__deliverable", "assignment__task__lead",
        "assignment__task__point__plan", "unit", "work__holder_unit",
    )  # fmt: skip
    if actor.role in READ_ALL:
        return rows
    own = Q(unit__in=_units(actor)) | Q(assignment__task__lead=actor.unit)
    return rows.filter(own | Q(work__in=_held(actor)))


def _held(actor: Actor) -> Any:
    """The works of reports that lie with the actor, also as a deputy."""
    return Work.objects.filter(mine(actor), closed_on=None).values("pk")


def assignments(actor: Actor) -> QuerySet[Assignment]:
    """分解任务: the department all (the division of work is no secret inside it), a unit its own and those below."""
    rows = Assignment.objects.select_related("unit", "task__lead", "task__indicator", "task__point")
    return rows if actor.unit.is_provincial else rows.filter(unit__in=actor.units())


def tasks(actor: Actor) -> QuerySet[Task]:
    """任务: the department all; a unit those given to it or below it, and those whose deliverable all can read."""
    rows = Task.objects.exclude(point__plan__state=PlanState.READ).select_related(
        "point__plan", "point__chapter", "lead", "indicator", "deliverable"
    )
    if actor.unit.is_provincial:
        return rows
    given = Assignment.objects.filter(unit__in=actor.units()).values("task")
    return rows.filter(Q(pk__in=given) | ~Q(deliverable=None))


def orderable(actor: Actor) -> QuerySet[Task]:
    """The tasks an actor may draft an order about: open, given to units, and (for a 处室) led by it."""
    rows = tasks(actor).filter(closed_on=None, assignments__withdrawn_on=None).exclude(assignments=None).distinct()
    return rows if actor.role in OFFICE else rows.filter(lead=actor.unit)


def deliverables(actor: Actor) -> QuerySet[Deliverable]:
    """成果: of the plans that are or were in force; the plan is a published document, so all who read it see them."""
    return Deliverable.objects.exclude(point__plan__state=PlanState.READ).select_related(
        "point__plan", "point__chapter", "point__lead", "task__lead"
    )


def items(actor: Actor) -> QuerySet[LedgerItem]:
    """台账 inside the scope: a town its own rows only."""
    return actor.visible(LedgerItem.objects.select_related("indicator", "unit"))


def orders(actor: Actor) -> QuerySet[SupervisionOrder]:
    """督办单: who reads all; the lead and the drafter; a unit those issued to it or below it."""
    rows = SupervisionOrder.objects.select_related(
        "task__point__plan", "task__lead", "task__indicator", "work__holder_unit"
    )
    if actor.role in READ_ALL:
        return rows
    asked = Q(pk__in=OrderReply.objects.filter(unit__in=_units(actor)).values("order")) & ~Q(issued_on=None)
    return rows.filter(Q(task__lead=actor.unit) | Q(work__opened_by=actor.unit) | Q(work__in=_held(actor)) | asked)


def replies(actor: Actor) -> QuerySet[OrderReply]:
    """督办回复: to the orders the actor sees; of other units only for those who ask."""
    rows = OrderReply.objects.select_related("order__task", "unit", "assignment", "work__holder_unit")
    if actor.role in READ_ALL:
        return rows
    asking = Q(order__task__lead=actor.unit) | Q(order__work__opened_by=actor.unit)
    return rows.filter((Q(unit__in=_units(actor)) & ~Q(order__issued_on=None)) | asking)


def plans(actor: Actor) -> QuerySet[Plan]:
    """年度要点: a draft for the office alone, a plan in force (and what it replaced) for all."""
    rows = Plan.objects.all()
    return rows if actor.role in OFFICE else rows.exclude(state=PlanState.READ)


def papers(actor: Actor) -> QuerySet[Stage]:
    """Stages whose papers can be opened: the department's own."""
    rows = Stage.objects.filter(task__in=tasks(actor).values("pk"))
    return rows if actor.unit.is_provincial else rows.none()


def evidence(actor: Actor) -> QuerySet[ReportEvidence]:
    """The evidence of the reports the actor sees."""
    return ReportEvidence.objects.filter(report__in=reports(actor).values("pk"))


def register_files() -> None:
    """Who sees a record opens its files. Called when the app is ready."""
    files.register_reference("planning.report", evidence, "file")
    files.register_reference("planning.stage", papers, "paper")
    files.register_reference("planning.item", items, "evidence")
    files.register_reference("planning.plan", plans, "file")
    files.register_owner("planning.supervisionorder", lambda actor, pk: orders(actor).filter(pk=pk).exists())
