"""The rows of a month's sheet: what is asked and why, what was typed, and the input of the action."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.core.files.models import StoredFile
from jimin.domains.planning.models import STANDING, Assignment, Report, Target
from jimin.engines.cases.models import Step
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.figures import rounded, to_date, value
from jimin.engines.indicators.models import Indicator, Method, Shape
from jimin.sites.console.planning import kept
from jimin.sites.console.planning.common import keep, last_reason
from jimin.sites.console.planning.figures import Figures, goal_of, owed
from jimin.sites.console.planning.owed import asked


class ManyFiles(forms.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class RowForm(forms.Form):
    """What a person types in one row. Numbers stay as typed until the action reads them."""

    use_required_attribute = False
    numerator = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    denominator = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    narrative = forms.CharField(
        label=gettext_lazy("进展与问题"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, indicator: Indicator | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if indicator is None:
            del self.fields["numerator"], self.fields["denominator"]
            return
        self.fields["numerator"].label = indicator.numerator_title
        if indicator.shape == Shape.COUNT or indicator.denominator_list:
            del self.fields["denominator"]
        else:
            self.fields["denominator"].label = indicator.denominator_title


@dataclass
class Row:
    """One assignment on the sheet."""

    assignment: Assignment
    report: Report | None = None
    form: RowForm | None = None  # None: not to be filled (computed, or already sent)
    returned: Step | None = None
    before: Decimal | None = None
    now: Decimal | None = None
    goal: Decimal | None = None
    quote: str = ""
    evidence: list[StoredFile] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # at the evidence and at the row itself
    account: str = ""

    @property
    def indicator(self) -> Indicator | None:
        return self.assignment.task.indicator

    @property
    def computed(self) -> bool:
        return self.indicator is not None and self.indicator.method == Method.COMPUTED

    @property
    def ledger(self) -> str:
        """The code of the indicator whose rows are counted: its own, or the one it shares them with."""
        found = self.indicator
        return "" if found is None else (found.rows_of or found).code

    @property
    def owed(self) -> bool:
        """Whether it is asked for each month and not sent yet (the others are filled when something happened)."""
        return self.form is not None and self.assignment.reports_monthly

    @property
    def tokens(self) -> list[tuple[str, StoredFile]]:
        """The kept files with what the hidden fields carry: an id that only this account can send back."""
        return [(kept.token(self.account, f), f) for f in self.evidence]

    @property
    def prefix(self) -> str:
        return str(self.assignment.pk)

    @property
    def filled(self) -> bool:
        """Whether anything was typed or chosen in this row."""
        return self.form is not None and (bool(self.evidence) or any(self.typed.values()))

    @property
    def typed(self) -> dict[str, str]:
        form = self.form
        return {} if form is None else {n: str(form.data.get(form.add_prefix(n), "")).strip() for n in form.fields}

    def payload(self) -> dict[str, Any]:
        """The row as the action takes it; numbers without commas and full-width digits."""
        typed = self.typed
        numbers = {n: plain(typed.get(n, "")) for n in ("numerator", "denominator")}
        return {
            "assignment": self.assignment.pk,
            "narrative": typed.get("narrative", ""),
            "evidence": [f.pk for f in self.evidence],
            **{n: v for n, v in numbers.items() if v},
        }


def plain(text: str) -> str:
    """A number as people type it (７，２００ or 7,200) as the machine reads it."""
    return unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")


def rows_of(actor: Actor, period: date, request: HttpRequest | None = None) -> list[Row]:
    """The rows of the actor's unit; with a request, what it typed and uploaded. Returned rows first, computed last."""
    assignments = list(asked(actor.unit, period))
    reports = {
        r.assignment_id: r
        for r in Report.objects.filter(assignment__in=assignments, period=period).select_related("work__holder_unit")
    }
    earlier = previous(assignments, period)
    back = last_reason([r.work for r in reports.values() if r.work.returns])
    quotes = quotes_of(assignments)
    ledger = indicators.series([a.task.indicator for a in assignments if a.task.indicator], actor.unit.pk)
    found = []
    for assignment in assignments:
        report = reports.get(assignment.pk)
        row = Row(assignment, report, account=str(actor.account.pk), quote=quotes.get(assignment.task_id, ""))
        row.before = earlier.get(assignment.pk)
        row.goal = owed(assignment, goal_of(assignment.task))
        indicator = row.indicator
        if row.computed and indicator is not None:
            part = to_date(ledger.get(indicator.pk, {}), period, indicator.over)
            row.now = rounded(value(part, indicator.shape), indicator.shape)
        elif report is None or (report.work.is_open and report.work.station == "fill"):
            row.returned = back.get(report.work_id) if report else None
            _fill(row, request)
        found.append(row)
    found.sort(key=lambda r: (r.returned is None, r.form is None, not r.owed, r.computed))
    return found


def _fill(row: Row, request: HttpRequest | None) -> None:
    """Bind the row's form: to what was typed, or to what the returned report says."""
    report = row.report
    if request is None:
        initial: dict[str, Any] = {}
        if report is not None:
            initial = {
                "narrative": report.narrative,
                "numerator": tidy(report.numerator),
                "denominator": tidy(report.denominator),
            }
            row.evidence = [e.file for e in report.evidence.filter(removed_on=None).select_related("file")]
        row.form = RowForm(prefix=row.prefix, initial=initial, indicator=row.indicator)
        return
    row.form = RowForm(request.POST, prefix=row.prefix, indicator=row.indicator)
    row.evidence, wrong = kept.files(row.account, request.POST.getlist(f"{row.prefix}-kept"))
    row.errors += [_("有一份佐证的编号不完整，没有带上；请重新上传。")] * wrong
    for upload in request.FILES.getlist(f"{row.prefix}-files"):
        try:
            row.evidence.append(StoredFile.objects.get(pk=keep(request, upload)))
        except Refused as refusal:
            row.errors += [p.message for p in refusal.problems] or [refusal.message]


def tidy(number: Decimal | None) -> str:
    """A stored number as a person would type it."""
    return "" if number is None else f"{number.normalize():f}"


def previous(assignments: Sequence[Assignment], period: date) -> dict[UUID, Decimal | None]:
    """The figure of the month before, where there was a report."""
    figures = Figures()
    rows = Report.objects.filter(assignment__in=assignments, period__lt=period).order_by("period")
    newest = {r.assignment_id: r for r in rows.select_related("assignment__task__indicator")}
    return {pk: figures.of(report) for pk, report in newest.items()}


def quotes_of(assignments: Sequence[Assignment]) -> dict[UUID, str]:
    """The plan's own words for each task: its number, its deliverable, else the point's title."""
    points = {a.task.point_id for a in assignments}
    numbers: dict[tuple[UUID, UUID | None], str] = {}
    for target in Target.objects.filter(point__in=points, found__in=STANDING).order_by("-deadline"):
        numbers[target.point_id, target.indicator_id] = target.quote
    found = {}
    for assignment in assignments:
        task = assignment.task
        own = task.deliverable.quote if task.deliverable else numbers.get((task.point_id, task.indicator_id))
        found[task.pk] = own or task.point.title
    return found


def show_problems(rows: Sequence[Row], refusal: Refused) -> list[str]:
    """Put the action's problems at the rows' fields. Returns what belongs to no row."""
    whole = []
    for problem in refusal.problems:
        parts = problem.field.split(".")
        index = int(parts[1]) if len(parts) > 1 and parts[0] == "rows" and parts[1].isdigit() else -1
        if not 0 <= index < len(rows):
            whole.append(problem.message)
            continue
        row = rows[index]
        name = parts[2] if len(parts) > 2 else ""
        if row.form is not None and name in row.form.fields:
            row.form.add_error(name, problem.message)
        else:
            row.errors.append(problem.message)
    return whole or ([] if refusal.problems else [refusal.message])
