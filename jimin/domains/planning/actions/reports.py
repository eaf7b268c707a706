"""Monthly reports: filled by the unit, signed in it, reviewed by its 市（州）局, accepted by the 处室."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import CITY, CLERKS, COUNTY, DIRECT, OFFICE, Role
from jimin.core.access.scope import Actor
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Problem, Refused
from jimin.core.calendar import api as calendar
from jimin.core.calendar.api import Month
from jimin.core.files.models import StoredFile
from jimin.core.sets import update_rows
from jimin.domains.planning.flows import ReportFlow
from jimin.domains.planning.models import Assignment, Report, ReportEvidence
from jimin.domains.planning.parameters import number
from jimin.engines.cases import kernel
from jimin.engines.cases.flows import station_title
from jimin.engines.cases.models import Work
from jimin.engines.indicators.models import Indicator, Method, Shape

FILLERS = CLERKS - {Role.TOWN_CLERK}


class ReportRow(base.Input):
    """One report: the figure (for a share its denominator too), what happened, what proves it."""

    assignment: UUID
    numerator: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=4)
    denominator: Decimal | None = Field(None, gt=0, max_digits=18, decimal_places=4)
    narrative: str = Field("", max_length=2000)
    evidence: list[UUID] = []


def problems_of(row: ReportRow, indicator: Indicator | None, where: str) -> list[Problem]:
    """What is wrong with one row, each at its field."""
    if indicator is None:
        return [] if row.narrative else [Problem(_("请写进展：这项任务没有数值。"), f"{where}.narrative")]
    if indicator.method == Method.COMPUTED:
        if row.numerator is None and row.denominator is None:
            return []
        return [Problem(_("“%s”由台账自动计算，不用填数。") % indicator.title, f"{where}.numerator")]
    found = []
    if row.numerator is None:
        found.append(Problem(_("请填%s。") % indicator.numerator_title, f"{where}.numerator"))
    if indicator.shape != Shape.COUNT and not indicator.denominator_list and row.denominator is None:
        found.append(Problem(_("请填%s。") % indicator.denominator_title, f"{where}.denominator"))
    too_much = row.numerator is not None and row.denominator is not None and row.numerator > row.denominator
    if indicator.shape == Shape.SHARE and too_much:
        found.append(
            Problem(
                _("%(n)s %(a)s 不能大于%(d)s %(b)s。")
                % {
                    "n": indicator.numerator_title,
                    "a": row.numerator,
                    "d": indicator.denominator_title,
                    "b": row.denominator,
                },
                f"{where}.numerator",
            )
        )
    if row.numerator is not None and not row.evidence and number("evidence_needed"):
        found.append(Problem(_("请附佐证（文件、台账或照片）。"), f"{where}.evidence"))
    return found


class FileReports(Action):
    """File one unit's reports of a month: new ones, or returned ones once more. One sheet, many rows."""

    name = "planning.report.file"
    title = lazy("填报月度报告")
    allowed = FILLERS

    class Input(base.Input):
        period: date
        rows: list[ReportRow] = Field(min_length=1)

    def load(self) -> None:
        self.period = self.data.period.replace(day=1)
        wanted = [r.assignment for r in self.data.rows]
        mine = Assignment.objects.filter(unit=self.actor.unit).select_related(
            "task__indicator", "task__lead", "task__point__plan", "unit__superior"
        )
        self.assignments = {a.id: a for a in self.get_all(mine, wanted)}
        known = Report.objects.filter(assignment__in=wanted, period=self.period).select_related("work")
        self.known = {r.assignment_id: r for r in known.select_for_update(of=("self", "work"))}
        files = {f for row in self.data.rows for f in row.evidence}
        # What the actor handed in, and what already proves one of these reports: nobody shows another's file.
        attached = ReportEvidence.objects.filter(report__in=[r.id for r in self.known.values()]).values("file")
        usable = Q(account=self.actor.account, owner_type="") | Q(id__in=attached)
        self.files = {f.id: f for f in StoredFile.objects.filter(usable, id__in=files)}

    def check(self) -> None:
        if self.period > clock.business_day().replace(day=1):
            raise self.refuse(_("%s 还没有到，不能填报。") % Month.of(self.period).label, "period")
        problems = []
        seen: set[UUID] = set()
        for i, row in enumerate(self.data.rows):
            assignment, where = self.assignments[row.assignment], f"rows.{i}"
            known = self.known.get(row.assignment)
            if row.assignment in seen:
                problems.append(Problem(_("“%s”填了两行，请只留一行。") % assignment.task, where))
            seen.add(row.assignment)
            plan = assignment.task.point.plan
            if self.period.year < plan.year:
                problems.append(
                    Problem(_("“%(task)s”是 %(year)d 年要点的任务，不能填报 %(month)s。")
                    % {"task": assignment.task, "year": plan.year, "month": Month.of(self.period).label}, where)
                )  # fmt: skip
            if assignment.withdrawn_on is not None:
                problems.append(Problem(_("“%s”已撤回，不用再报。") % assignment.task, where))
            if known is not None and not (known.work.is_open and known.work.station == "fill"):
                problems.append(
                    Problem(_("“%s”本月已经报出，不能再改；如需更正请联系验收处室退回。") % assignment.task, where)
                )
            missing = [f for f in row.evidence if f not in self.files]
            if missing:
                problems.append(
                    Problem(_("有 %d 份佐证没有上传成功，请重新上传。") % len(missing), f"{where}.evidence")
                )
            problems += problems_of(row, assignment.task.indicator, where)
        if problems:
            raise Refused(_("有 %d 处需要改正，内容没有报出。") % len(problems), *problems)

    def change(self) -> Result:
        fresh = [r for r in self.data.rows if r.assignment not in self.known]
        reports = self._open(fresh)
        for row in self.data.rows:
            report = reports.get(row.assignment) or self.known[row.assignment]
            before = {"numerator": report.numerator, "denominator": report.denominator, "narrative": report.narrative}
            report.numerator, report.denominator, report.narrative = row.numerator, row.denominator, row.narrative
            report.version += 1
            after = {"numerator": row.numerator, "denominator": row.denominator, "narrative": row.narrative}
            self.log(report, before, {**after, "version": report.version})
            reports[row.assignment] = report
        changed = list(reports.values())
        update_rows(changed, ["numerator", "denominator", "narrative", "version"])
        self._prove(reports)
        kernel.forward([r.work for r in changed], self.actor)
        for report in changed:
            self.emit("planning.report.filed", report, unit=str(report.unit_id))
        return {"reports": [str(r.id) for r in changed]}

    def _open(self, rows: Sequence[ReportRow]) -> dict[UUID, Report]:
        due = due_on(self.period)
        assignments = [self.assignments[r.assignment] for r in rows]
        openings = [
            kernel.Opening(
                title=f"{a.task} · {a.unit} · {Month.of(self.period).chinese}",
                route=ReportFlow.route(a.unit, a.task.lead),
                place={k: getattr(a, k) for k in ("prefecture", "county", "town", "village")},
                due_on=due,
            )
            for a in assignments
        ]
        works = kernel.open_works(ReportFlow.kind, openings, self.actor)
        made = [
            Report(
                assignment=a, unit=a.unit, period=self.period, work=w,
                prefecture=a.prefecture, county=a.county, town=a.town, village=a.village,
            )
            for a, w in zip(assignments, works, strict=True)
        ]  # fmt: skip
        Report.objects.bulk_create(made, batch_size=1000)
        return {r.assignment_id: r for r in made}

    def _prove(self, reports: dict[UUID, Report]) -> None:
        day = clock.business_day()
        given = {(reports[row.assignment].id, f) for row in self.data.rows for f in row.evidence}
        attached = ReportEvidence.objects.filter(report__in=[r.id for r in reports.values()], removed_on=None)
        old = {(e.report_id, e.file_id): e for e in attached}
        ReportEvidence.objects.filter(pk__in=[e.pk for k, e in old.items() if k not in given]).update(removed_on=day)
        ReportEvidence.objects.bulk_create(
            [ReportEvidence(report_id=r, file_id=f) for r, f in sorted(given - set(old))], batch_size=1000
        )


def due_on(period: date) -> date:
    """The last day for the report of a month: the n-th working day of the next month (our parameter)."""
    following = Month.of(period).next().start
    return calendar.nth_working_day_of(following.year, following.month, int(number("report_working_days"))).date


def within(actor: Actor) -> Q:
    """The reports that an actor may know of: of the units in the scope, and on tasks that the own unit leads."""
    if actor.unit.is_provincial:
        return Q()
    return Q(unit__in=actor.units()) | Q(assignment__task__lead=actor.unit)


class _MoveReports(Action, abstract=True):
    """Moves reports that the actor holds at one of `stations`."""

    stations: tuple[str, ...] = ()

    class Input(base.Input):
        reports: list[UUID] = Field(min_length=1)
        opinion: str = Field("", max_length=500)

    def load(self) -> None:
        rows = Report.objects.select_related("assignment__task")
        self.reports = self.get_all(rows.filter(within(self.actor)), self.data.reports)
        ids = [r.work_id for r in self.reports]
        self.works = self.get_all(Work.objects.select_related("holder_unit"), ids)

    def check(self) -> None:
        elsewhere = [w for w in self.works if w.station not in self.stations]
        if elsewhere:
            raise self.refuse(
                _("“%(title)s”在“%(station)s”环节，不能办理“%(what)s”。")
                % {"title": elsewhere[0].title, "station": station_title(elsewhere[0]), "what": self.title},
                next_step=_("请刷新列表后重新选择。"),
            )

    def change(self) -> Result:
        before = {w.id: w.station for w in self.works}
        self.move()
        works = {w.id: w for w in self.works}
        for report in self.reports:
            work = works[report.work_id]
            self.log(
                work,
                {"station": before[work.id]},
                {"station": work.station, "closed_on": work.closed_on, "version": work.version},
                self.data.opinion,
            )
            self.emit(self.name, report, unit=str(work.holder_unit_id))
        return {"reports": [str(r.id) for r in self.reports]}

    def move(self) -> None:
        kernel.forward(self.works, self.actor, self.data.opinion)


class SignReports(_MoveReports):
    """Sign reports inside the unit (处长; 股长, 分管副局长; …)."""

    name = "planning.report.sign"
    title = lazy("签核月度报告")
    allowed = (
        Role.DEPT_CHIEF,
        Role.OFFICE_CHIEF,
        Role.DIRECT_CHIEF,
        Role.CITY_LEADER,
        Role.COUNTY_SECTION_CHIEF,
        Role.COUNTY_DEPUTY,
    )
    risk = lazy("签核人对数据真实性负责")
    stations = ("sign",)


class ReviewReports(_MoveReports):
    """Review a county's reports at its 市（州）局."""

    name = "planning.report.review"
    title = lazy("市（州）审核月度报告")
    allowed = (Role.CITY_CLERK,)
    stations = ("review",)


class AcceptReports(_MoveReports):
    """Accept reports: from now on their figures count."""

    name = "planning.report.accept"
    title = lazy("验收月度报告")
    allowed = (Role.DEPT_CLERK, Role.OFFICE_CLERK, Role.DIRECT_CLERK)
    risk = lazy("验收后数据进入看板与考核")
    stations = ("accept",)


class ReturnReports(_MoveReports):
    """Return reports to those who filled them, with the reason."""

    name = "planning.report.return"
    title = lazy("退回月度报告")
    allowed = OFFICE | DIRECT | CITY | COUNTY | {Role.DEPT_CLERK, Role.DEPT_CHIEF}
    stations = ("sign", "review", "accept")

    def move(self) -> None:
        kernel.send_back(self.works, self.actor, self.data.opinion)
