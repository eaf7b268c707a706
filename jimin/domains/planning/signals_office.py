"""What the daily run looks for in the office's own work. Supervision findings raise no alert: an alert is seen by a whole unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.domains.planning.flows import plan_office
from jimin.domains.planning.flows_office import InstructionFlow, RectificationFlow
from jimin.domains.planning.models import PlanState, Requirement, Stage, StudySession, StudyTopic
from jimin.engines.alerts.signals import Finding, signal
from jimin.engines.cases.models import Work

PLACE = ("prefecture", "county", "town", "village")


def _works(kind: str, link: str, horizon: date) -> Iterable[Finding]:
    """Open works whose limit is near or past, for the office that holds them now."""
    works = Work.objects.filter(kind=kind, closed_on=None, due_on__lte=horizon)
    field = link.replace(".", "_")  # the name of the record on its work
    for work in works.select_related(field):
        yield Finding(
            key=str(work.pk),
            title=work.title,
            link=f"{link}:{getattr(work, field).pk}",
            unit=work.holder_unit_id,
            due_on=work.due_on,
            place={k: getattr(work, k) for k in PLACE},
        )


@signal("planning.instruction_due", "批示件到期")
def instructions_due(day: date, horizon: date) -> Iterable[Finding]:
    """Open instructions near or past their day."""
    return _works(InstructionFlow.kind, "planning.instruction", horizon)


@signal("planning.rectification_due", "巡视整改到期")
def rectifications_due(day: date, horizon: date) -> Iterable[Finding]:
    """Open rectifications near or past their day."""
    return _works(RectificationFlow.kind, "planning.rectification", horizon)


@signal("planning.stage_due", "成果环节到期")
def stages_due(day: date, horizon: date) -> Iterable[Finding]:
    """Stages of deliverables near or past their day, for the leading 处室."""
    stages = Stage.objects.filter(
        done_on=None, due_on__lte=horizon, task__closed_on=None, task__point__plan__state=PlanState.IN_FORCE
    ).select_related("task__lead")
    for stage in stages:
        yield Finding(
            key=str(stage.pk),
            title=f"{stage.task.title}：应完成{stage.name}",
            link=f"planning.task:{stage.task_id}",
            unit=stage.task.lead_id,
            due_on=stage.due_on,
        )


@signal("planning.unaligned", "上级要求没有任务承接")
def unaligned(day: date, horizon: date) -> Iterable[Finding]:
    """Standing requirements that no task carries."""
    rows = list(Requirement.objects.filter(plan__state=PlanState.IN_FORCE, void_reason="", tasks=None))
    office = plan_office() if rows else None
    for requirement in rows:
        assert office is not None
        yield Finding(
            key=str(requirement.pk),
            title=f"没有任务承接：{requirement}",
            link=f"planning.requirement:{requirement.pk}",
            unit=office.pk,
            due_on=None,
        )


@signal("planning.study_due", "学习专题到期")
def topics_due(day: date, horizon: date) -> Iterable[Finding]:
    """Topics near or past their day, for every office that owes them and has held no session."""
    topics = list(StudyTopic.objects.filter(plan__state=PlanState.IN_FORCE, due_on__lte=horizon))
    if not topics:
        return
    held = set(StudySession.objects.filter(topic__in=topics, void_reason="").values_list("topic_id", "unit_id"))
    # The counties are not chased one by one: their 市（州）局 is, for its region.
    for unit in (u for u in owing_units() if u.kind not in (UnitKind.COUNTY, UnitKind.ZONE)):
        place = divisions.columns(unit.jurisdiction)
        for topic in topics:
            if (topic.pk, unit.pk) not in held:
                yield Finding(
                    key=f"{topic.pk}:{unit.pk}",
                    title=f"学习专题“{topic.title}”还没有登记学习记录",
                    link=f"planning.studytopic:{topic.pk}",
                    unit=unit.pk,
                    due_on=topic.due_on,
                    place=place,
                )


def owing_units() -> list[ReportingUnit]:
    """The units that owe the study programme: every standing one above the towns."""
    return list(ReportingUnit.objects.filter(valid_to=None).exclude(kind=UnitKind.TOWN))
