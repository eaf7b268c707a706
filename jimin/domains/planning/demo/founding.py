"""The plan of the demo: imported, judged, led, measured, put in force, and given to the offices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Any

import yaml

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.files import api as files
from jimin.domains.planning.actions import judging, tasks
from jimin.domains.planning.actions import plan as plans
from jimin.domains.planning.demo.cast import Cast, chance
from jimin.domains.planning.models import Deliverable, Found, Plan, PlanState, Point, StageName, Target, Task
from jimin.engines.indicators.models import Method

OFFICE_CLERK, OFFICE_CHIEF = "office_clerk", "office_chief"
REPORTERS = {
    "counties": (UnitKind.COUNTY, UnitKind.ZONE, UnitKind.COMMITTEE),
    "prefectures": (UnitKind.PREFECTURE, UnitKind.COMMITTEE),
}


@dataclass(frozen=True, slots=True)
class Founding:
    """What the demo needs to know to found the plan."""

    pack: Path
    document: Path
    office: str  # unit code of the office that keeps the plan
    plan_on: date
    given_on: date


def found(setting: Founding, cast: Cast) -> Plan:
    """Import the document and carry it through to assignments. Returns the plan in force."""
    measures = yaml.safe_load((setting.pack / "plan" / "measures.yaml").read_text("utf-8"))
    plain = yaml.safe_load((setting.pack / "plan" / "plain.yaml").read_text("utf-8"))["plain"]
    with clock.on_day(setting.plan_on):
        plan = _import(setting, cast)
        if plan.state == PlanState.READ:
            _judge(plan, measures["measures"], cast, setting.office)
            _add(plan, measures.get("additions", ()), cast.at(setting.office, OFFICE_CLERK))
            _name(plan, measures, plain, cast, setting.office)
    with clock.on_day(setting.given_on):
        clerk, chief = cast.at(setting.office, OFFICE_CLERK), cast.at(setting.office, OFFICE_CHIEF)
        plan.refresh_from_db()
        if plan.state == PlanState.READ:
            for entry in measures["measures"]:
                _measure(plan, entry, measures["measures"], cast, setting.office)
            plans.PutInForce.perform(chief, {"plan": plan.id, "version": plan.version}, key="demo:in-force")
        tasks.OpenTasks.perform(clerk, {"plan": plan.id}, key="demo:tasks")
        _allocate(plan, measures["measures"], cast)
        _stages(plan, cast)
    plan.refresh_from_db()
    return plan


def _import(setting: Founding, cast: Cast) -> Plan:
    clerk = cast.at(setting.office, OFFICE_CLERK)
    content = setting.document.read_bytes()
    stored = files.keep(setting.document.name, content, actor=clerk)
    result = plans.ImportPlan.perform(clerk, {"file": stored.id})
    return Plan.objects.get(pk=result["plan"])


def match(targets: Iterable[Target], entry: dict[str, Any]) -> Target | None:
    """The number of a point whose quote has the words `find` (and the number `with`) and that is not measured yet."""
    for target in targets:
        words = entry["find"] in target.quote or Decimal(str(target.value)).normalize() == _number(entry["find"])
        if words and ("with" not in entry or target.value == _number(entry["with"])) and target.goal_id is None:
            return target
    return None


def _number(text: str | float) -> Decimal | None:
    try:
        return Decimal(str(text)).normalize()
    except ArithmeticError:
        return None


def _judge(plan: Plan, measures: list[dict[str, Any]], cast: Cast, office: str) -> None:
    """What the reader was unsure of: a number that has a measure stands, another does not; deliverables stand."""
    clerk = cast.at(office, OFFICE_CLERK)
    measured = {entry["point"] for entry in measures}
    for target in Target.objects.filter(point__plan=plan, found=Found.DOUBT).select_related("point"):
        entries = [e for e in measures if e["point"] == target.point.no] if target.point.no in measured else []
        standing = any(match([target], e) for e in entries)
        data = {"target": target.id, "version": target.version, "standing": standing}
        judging.JudgeTarget.perform(clerk, data, key=f"demo:judge:{target.id}")
    for deliverable in Deliverable.objects.filter(point__plan=plan, found=Found.DOUBT):
        data = {"deliverable": deliverable.id, "version": deliverable.version, "standing": True}
        judging.JudgeDeliverable.perform(clerk, data, key=f"demo:judge:{deliverable.id}")


def _add(plan: Plan, additions: Iterable[dict[str, Any]], clerk: Actor) -> None:
    """What the reader takes for one number and is two."""
    for n, entry in enumerate(additions):
        point = plan.points.get(no=entry["point"])
        data = {k: v for k, v in entry.items() if k != "point"}
        judging.AddTarget.perform(clerk, {"point": point.id, **data}, key=f"demo:add:{n}")


def _name(plan: Plan, measures: dict[str, Any], plain: dict[int, str], cast: Cast, office: str) -> None:
    """Each point's leading office, short title and everyday words."""
    lead_of = {no: code for code, numbers in measures["leads"].items() for no in numbers}
    namings = [
        {
            "point": p.id,
            "lead": lead_of.get(p.no, office),
            "short_title": measures["short_titles"].get(p.no, ""),
            "plain": plain.get(p.no, ""),
        }
        for p in Point.objects.filter(plan=plan)
    ]
    chapters = [{"chapter": c.id, "short_title": measures["chapter_titles"].get(c.no, "")} for c in plan.chapters.all()]
    clerk = cast.at(office, OFFICE_CLERK)
    plans.NamePoints.perform(clerk, {"points": namings, "chapters": chapters}, key="demo:names")


def _measure(plan: Plan, entry: dict[str, Any], entries: list[dict[str, Any]], cast: Cast, office: str) -> None:
    standing = plans.standing_targets(plan).filter(point__no=entry["point"]).order_by("start", "deadline")
    target = match(standing, entry)
    if target is None:
        raise LookupError(f"measures.yaml：第 {entry['point']} 点没有找到“{entry['find']}”对应的数；请核对原文。")
    full = entry if "title" in entry else next(e for e in entries if e["code"] == entry["code"] and "title" in e)
    fields = (
        "code", "title", "definition", "shape", "unit", "numerator_title", "denominator_title", "denominator_list",
        "method", "computation", "rows_of", "over", "note",
    )  # fmt: skip
    data = {"target": target.id, **{k: full[k] for k in fields if k in full}}
    tasks.MeasureTarget.perform(cast.at(office, OFFICE_CLERK), data, key=f"demo:measure:{target.id}")


def _allocate(plan: Plan, measures: list[dict[str, Any]], cast: Cast) -> None:
    """Each lead gives its measures to the units that report them; a count is split evenly, rounded up."""
    by_code = {e["code"]: e for e in measures if "title" in e}
    for task in Task.objects.filter(point__plan=plan).exclude(indicator=None).select_related("indicator", "lead"):
        entry = by_code[task.measure.code]
        units = _reporters(entry["by"], task)
        goal = None
        if entry.get("split") == "even":
            due = task.measure.goals.earliest("deadline")
            goal = (due.value / len(units)).quantize(Decimal(1), ROUND_UP)
        shares = [{"unit": u.code, "goal": goal} for u in units]
        monthly = task.measure.method == Method.REPORTED and entry.get("monthly", True)
        data = {"task": task.id, "shares": shares, "reports_monthly": monthly}
        tasks.Allocate.perform(cast.chain(task.lead)[0], data, key=f"demo:allocate:{task.id}")


def _reporters(by: str, task: Task) -> list[ReportingUnit]:
    if by == "lead":
        return [task.lead]
    return list(ReportingUnit.objects.filter(kind__in=REPORTERS[by], valid_to=None))


def _stages(plan: Plan, cast: Cast) -> None:
    """Each lead sets the usual stages of its deliverables, spread over the time that is left."""
    rows = Task.objects.filter(point__plan=plan, stages=None).exclude(deliverable=None)
    for task in rows.select_related("deliverable", "lead", "point"):
        if task.deliverable is None:
            continue
        names = tasks.usual_stages(task.deliverable)
        start = clock.business_day() + timedelta(days=20 + int(chance(task.point.no, task.title) * 40))
        last = min(task.due_on, date(task.due_on.year, 12, 20)) - timedelta(days=int(chance(task.title, "end") * 70))
        span = max((last - start).days, len(names))
        planned = [
            {"name": name, "due_on": min(start + timedelta(days=span * (i + 1) // len(names)), task.due_on)}
            for i, name in enumerate(names)
        ]
        tasks.SetStages.perform(
            cast.chain(task.lead)[0], {"task": task.id, "stages": planned}, key=f"demo:stages:{task.id}"
        )


def complete_stages(plan: Plan, cast: Cast, until: date, word: str) -> None:
    """Stages are completed near their dates; a few are late or still open."""
    rows = (
        Task.objects.filter(point__plan=plan).exclude(deliverable=None).select_related("lead").order_by("point", "id")
    )
    serial = 20
    for task in rows:
        for stage in task.stages.filter(done_on=None).order_by("order"):
            luck = chance(task.title, stage.order)
            done = stage.due_on + timedelta(days=int(luck * 26) - 24)
            if done > until or luck > 0.985:
                break
            serial += stage.name == StageName.ISSUE
            number = f"{word}〔{done.year}〕{serial}号" if stage.name == StageName.ISSUE else ""
            with clock.on_day(done):
                data = {"stage": stage.id, "version": stage.version, "done_on": done, "paper_no": number}
                tasks.CompleteStage.perform(cast.chain(task.lead)[0], data, key=f"demo:stage:{stage.id}")
