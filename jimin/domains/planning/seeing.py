"""Who sees what of the office's, the inspection group's and the appraisal's records. Whoever is not named sees nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from jimin.core.access.roles import DEPARTMENT, LEADERS, OFFICE, Role
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files import api as files
from jimin.domains.planning.flows_office import INSPECTION
from jimin.domains.planning.models import (
    Appraisal,
    AppraisalScore,
    Instruction,
    IntegrityFinding,
    IntegrityRisk,
    Rectification,
    StudySession,
    WarningSession,
)

READ_ALL = OFFICE | LEADERS | {Role.INSPECTOR, Role.AUDITOR}


def instructions(actor: Actor) -> QuerySet[Instruction]:
    """批示件: the office and the leaders all of them, a unit its own."""
    rows = Instruction.objects.select_related("unit", "work__holder_unit")
    return rows if actor.role in OFFICE | LEADERS | {Role.AUDITOR} else rows.filter(unit=actor.unit)


def rectifications(actor: Actor) -> QuerySet[Rectification]:
    """巡视整改: office, leaders and inspection group all of them, a unit its own."""
    rows = Rectification.objects.select_related("unit", "work__holder_unit", "evidence")
    return rows if actor.role in READ_ALL else rows.filter(unit=actor.unit)


def risks(actor: Actor) -> QuerySet[IntegrityRisk]:
    """廉政风险: as 巡视整改."""
    rows = IntegrityRisk.objects.select_related("unit")
    return rows if actor.role in READ_ALL else rows.filter(unit=actor.unit)


def warning_sessions(actor: Actor) -> QuerySet[WarningSession]:
    """警示教育: as 巡视整改."""
    rows = WarningSession.objects.select_related("unit")
    return rows if actor.role in READ_ALL else rows.filter(unit=actor.unit)


def is_inspector(actor: Actor) -> bool:
    """Whether the actor works in the inspection group itself."""
    return actor.role == Role.INSPECTOR and INSPECTION in actor.unit.powers


def findings(actor: Actor) -> QuerySet[IntegrityFinding]:
    """监督事项: the inspection group, and the one post that has to answer it. Not its clerks, its deputies, the office."""
    rows = IntegrityFinding.objects.select_related("unit", "risk", "work__holder_unit")
    if is_inspector(actor):
        return rows
    to_this_post = Q(work__route__0__unit=str(actor.unit.id), work__route__0__role=str(actor.role))
    to_this_person = Q(work__route__0__holder="") | Q(work__route__0__holder=str(actor.account.id))
    return rows.filter(to_this_post & to_this_person)


def sessions(actor: Actor) -> QuerySet[StudySession]:
    """学习记录 inside the scope, and those of the own unit and the units below it (a zone's carry no division of their own)."""
    rows = StudySession.objects.select_related("topic", "unit")
    return rows.filter(actor.scope.q() | Q(unit__in=actor.units().values("id")))


def appraisals(actor: Actor) -> QuerySet[Appraisal]:
    """考核: the office and the leaders also before it is published, everybody else afterwards."""
    rows = Appraisal.objects.select_related("plan", "work__holder_unit")
    return rows if actor.role in OFFICE | LEADERS else rows.exclude(published_on=None)


def scores(actor: Actor) -> QuerySet[AppraisalScore]:
    """得分: the department, inspection and audit all of them, a unit its own and those below it."""
    rows = AppraisalScore.objects.filter(appraisal__in=appraisals(actor)).select_related("unit", "appraisal__plan")
    if actor.role in DEPARTMENT | {Role.INSPECTOR, Role.AUDITOR}:
        return rows
    below = ReportingUnit.objects.filter(
        Q(id=actor.unit.id) | Q(superior=actor.unit) | Q(superior__superior=actor.unit)
    ).values("id")
    return rows.filter(unit__in=below)


def register_files() -> None:
    """Who sees a record sees its files. Called when the app is ready."""
    for object_type, visible in (("planning.rectification", rectifications), ("planning.studysession", sessions)):
        files.register_owner(object_type, _sees(visible))


def _sees(visible: Callable[[Actor], QuerySet[Any]]) -> Callable[[Actor, str], bool]:
    return lambda actor, pk: visible(actor).filter(pk=pk).exists()
