"""月度报告 as a sheet: what the own unit reports on its tasks, and returned reports once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.sheets.api import Call, Fault, Key, Line, Sheet, SheetColumn
from jimin.domains.planning.actions.reports import FileReports
from jimin.domains.planning.models import Assignment, Report, ReportEvidence
from jimin.domains.planning.visibility import tasks


def _tasks(actor: Actor) -> list[tuple[str, str]]:
    return [(str(pk), title) for pk, title in tasks(actor).order_by("point__no", "title").values_list("id", "title")]


class Reports(Sheet):
    """A report is known by its id, or by task and month. The evidence of a returned one stays with it."""

    register = "planning.reports"
    adds, changes = FileReports, FileReports
    note = lazy(
        "一项任务一个月一行，只报本单位的。要附佐证的数值请在“月报填报”页面上报；退回的报告已有佐证的，可以在表格里改数再报。"
    )
    columns = (
        SheetColumn("task", kind="choice", choices=_tasks, required=True, fixed=True, value="assignment.task_id"),
        SheetColumn("period", kind="month", required=True, fixed=True),
        SheetColumn("numerator", kind="decimal", places=4, least=0),
        SheetColumn("denominator", kind="decimal", places=4, least=0),
        SheetColumn("narrative", longest=2000, help=lazy("没有数值的任务要写进展")),
    )
    key = ("task", "period")

    def judge(self, actor: Actor, line: Line) -> Iterable[Fault]:
        task = line.values.get("task", "")
        if not line.record and task and not Assignment.objects.filter(unit=actor.unit, task=UUID(task)).exists():
            yield Fault("task", "", _("这项任务没有分解给本单位，不用报"))

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        wanted = {UUID(line.values["task"]) for line in lines if line.values.get("task")}
        found = Report.objects.filter(unit=actor.unit, assignment__task__in=wanted).select_related("assignment")
        return {(str(r.assignment.task_id), f"{r.period:%Y-%m}"): r for r in found}

    def add(self, actor: Actor, lines: Sequence[Line]) -> Iterable[Call]:
        def month(line: Line) -> str:
            return line.values["period"]

        given = Assignment.objects.filter(unit=actor.unit, task__in={line.values["task"] for line in lines})
        # In this order a standing assignment comes last and stays, before one that was withdrawn.
        assignments = {str(a.task_id): a.pk for a in given.order_by("withdrawn_on")}
        for period, group in groupby(sorted(lines, key=month), key=month):
            part = list(group)
            rows = [self._row(line, assignments[line.values["task"]]) for line in part]
            yield Call(FileReports, {"period": f"{period}-01", "rows": rows}, part)

    def change(self, actor: Actor, lines: Sequence[Line]) -> Iterable[Call]:
        known = {str(r.pk): r for r in Report.objects.filter(pk__in=[line.record for line in lines])}
        proofs: dict[str, list[Any]] = {}
        for proof in ReportEvidence.objects.filter(report__in=known.values(), removed_on=None):
            proofs.setdefault(str(proof.report_id), []).append(proof.file_id)
        for line in lines:
            report = known[line.record]
            row = {**self._row(line, report.assignment_id, report), "evidence": proofs.get(line.record, [])}
            yield Call(FileReports, {"period": report.period, "rows": [row]}, [line])

    def _row(self, line: Line, assignment: Any, report: Report | None = None) -> dict[str, Any]:
        """What is filed: the file's columns, and of a known report the rest as it stands."""
        held = self.held(report) if report is not None else {}
        values = {n: line.values.get(n, held.get(n, "")) for n in ("numerator", "denominator", "narrative")}
        return {"assignment": assignment, **{n: v for n, v in values.items() if v}}
