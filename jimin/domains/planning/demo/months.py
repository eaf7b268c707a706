"""The months of the demo: rows are registered, reports filed, signed, reviewed, now and then returned, accepted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from jimin.core import clock
from jimin.core.calendar import api as calendar
from jimin.core.calendar.api import Month
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level, ReportingUnit
from jimin.core.files import api as files
from jimin.domains.planning.actions import items, reports
from jimin.domains.planning.demo.cast import Cast, chance
from jimin.domains.planning.models import Assignment, Plan, Report
from jimin.engines.indicators.models import Method, Shape
from jimin.engines.indicators.sources import LISTS


@dataclass(frozen=True, slots=True)
class Curve:
    """How one measure goes in the demo (an entry of demo.yaml's `curves`), as shares of its goal or denominator."""

    code: str
    entry: dict[str, Any]

    def share(self, unit: str, month: int, months: int) -> float:
        """The share that a unit has reached in a month (0 … months − 1): a slow start, its own pace, steps by chance."""
        start, end = float(self.entry.get("start", 0)), float(self.entry.get("end", 1))
        at = (month / max(months - 1, 1)) ** 1.15
        own = 1 + float(self.entry.get("spread", 0)) * (2 * chance(self.code, unit) - 1)
        slow = float(self.entry.get("slow", 1)) if unit[:4] in self.entry.get("behind", ()) else 1.0
        return max((start + (end - start) * at) * own * slow, 0.0)


def month_after(month: date) -> date:
    """The first day of the next month."""
    return Month.of(month).next().start


def bare(name: str) -> str:
    """A village's name without its committee and without remarks in brackets."""
    return re.sub(r"（[^）]*）", "", name).removesuffix("村委会").removesuffix("居委会")


class Months:
    """Carries the demo through its months."""

    def __init__(self, plan: Plan, cast: Cast, setting: dict[str, Any], until: date) -> None:
        self.plan, self.cast, self.setting, self.until = plan, cast, setting, until
        self.curves = {code: Curve(code, entry) for code, entry in setting["curves"].items()}
        rows = Assignment.objects.filter(task__point__plan=plan, withdrawn_on=None).exclude(task__indicator=None)
        self.assignments = list(
            rows.select_related("task__indicator__rows_of", "task__lead", "unit__superior").order_by(
                "task__point__no", "id"
            )
        )
        self.registered: dict[UUID, int] = {}  # up to which month a unit's rows are in
        self.proofs: dict[str, UUID] = {}
        self.lists: dict[str, dict[UUID, Decimal]] = {name: entry.of_units() for name, entry in LISTS.items()}
        self.units = {u.id: u for u in ReportingUnit.objects.prefetch_related("areas")}

    def run(self) -> None:
        """Every month from the first to the last, in order; rows are registered at the end of each quarter."""
        months = list(self._months())
        for n, month in enumerate(months):
            if month.month % 3 == 0 or n == len(months) - 1:
                self._register(month, n, len(months))
            self._report(month, n, len(months), last=n == len(months) - 1)

    def _month(self, n: int) -> date:
        return list(self._months())[n]

    def _months(self) -> Iterable[date]:
        month = date.fromisoformat(f"{self.setting['first_month']}-01")
        last = date.fromisoformat(f"{self.setting['last_month']}-01")
        while month <= last:
            yield month
            month = month_after(month)

    # -- rows that are counted ----------------------------------------------------------------
    def _register(self, month: date, n: int, months: int) -> None:
        own = [
            a
            for a in self.assignments
            if a.task.measure.method == Method.COMPUTED and a.task.measure.rows_of_id is None
        ]
        batches: dict[tuple[str, UUID], list[dict[str, Any]]] = defaultdict(list)
        for assignment in own:
            curve, unit = self.curves[assignment.task.measure.code], assignment.unit
            since = self.registered.get(assignment.id, 0)
            self.registered[assignment.id] = n + 1
            # What stood before the last quarter was entered by the 市（州）局 for its counties; since then each county.
            office = unit if n == months - 1 or unit.superior_id is None else self.units[unit.superior_id]
            for k in range(since, n + 1):
                batches[curve.code, office.id] += self._new_rows(assignment, curve, self._month(k), k, months)
        for (code, office_id), rows in batches.items():
            if not rows:
                continue
            office = self.units[office_id]
            with clock.on_day(max(r["since"] for r in rows)):
                data = {"indicator": code, "rows": rows}
                key = f"demo:items:{code}:{office.code}:{month:%Y%m}"
                items.RegisterItems.perform(self.cast.chain(office)[0], data, key=key)

    def _new_rows(self, assignment: Assignment, curve: Curve, month: date, n: int, months: int) -> list[dict[str, Any]]:
        """The rows a unit adds this month, so that it reaches its share."""
        unit, indicator = assignment.unit, assignment.task.measure
        towns = self._towns(unit, indicator.denominator_list)
        share = curve.share(unit.code, n, months)
        before = curve.share(unit.code, n - 1, months) if n else 0.0
        sizes = curve.entry.get("sizes")
        whole = float(len(towns)) if indicator.denominator_list else float(assignment.goal or 0)
        luck = chance(curve.code, unit.code, "row")
        step = 1.0 if sizes is None else sizes[int(luck * len(sizes))]
        first, last = int(before * whole / step + luck), int(share * whole / step + luck)
        if n == 0:
            first = 0
        rows = []
        for serial in range(first, last if towns else first):
            town = towns[serial % len(towns)]
            place = self._place(town, serial)
            day = month.replace(day=3 + int(chance(curve.code, place.code, serial) * 24))
            name = f"{town.name if indicator.denominator_list else bare(place.name)}{curve.entry['row']}"
            name += f"（{serial // len(towns) + 1}）" if serial >= len(towns) else ""
            rows.append(
                {"name": name, "division": place.code, "quantity": step, "stage": "投用", "since": min(day, self.until)}
            )
        return sorted(rows, key=lambda r: r["since"])

    def _towns(self, unit: ReportingUnit, denominator: str) -> list[divisions.Place]:
        kinds = divisions.TOWNS if denominator == "towns" else divisions.TOWNS_AND_STREETS
        codes = [a.division_code for a in unit.areas.all()]
        found = [divisions.place(c) for c in codes] if codes else divisions.children(unit.jurisdiction)
        return [t for t in found if t.level == Level.TOWN and t.kind in kinds]

    @staticmethod
    def _place(town: divisions.Place, serial: int) -> divisions.Place:
        villages = divisions.children(town.code)
        return villages[int(chance(town.code, serial) * len(villages))] if villages else town

    # -- monthly reports ----------------------------------------------------------------------
    def _report(self, month: date, n: int, months: int, *, last: bool) -> None:
        day = [
            calendar.nth_working_day_of(month_after(month).year, month_after(month).month, k).date for k in range(1, 6)
        ]
        reporting = [a for a in self.assignments if a.task.measure.method == Method.REPORTED]
        owed: dict[UUID, list[Assignment]] = defaultdict(list)
        for assignment in reporting:
            if self._reports_in(assignment, month):
                owed[assignment.unit_id].append(assignment)
        stop = self.setting["unfinished"] if last else {}
        for unit_id, rows in owed.items():
            if self.units[unit_id].code not in stop.get("not_filed", ()):
                self._file(self.units[unit_id], rows, month, n, months, day[1])
        for station in ("section_chief", "deputy"):
            self._sign(month, day[2], station, stop)
        if day[2] <= self.until:
            self._review(month, day[2], stop)
            self._return_some(month, day[2])
        self._accept(month, min(day[3], self.until), stop)

    def _reports_in(self, assignment: Assignment, month: date) -> bool:
        only = self.curves[assignment.task.measure.code].entry.get("months")
        return only is None or month.month in only

    def _file(self, unit: ReportingUnit, rows: list[Assignment], month: date, n: int, months: int, day: date) -> None:
        with clock.on_day(min(day, self.until)):
            clerk = self.cast.chain(unit)[0]
            if unit.code not in self.proofs:  # one running ledger a unit, referred to each month
                text = f"{unit.name} {month.year} 年业务台账（演示佐证）".encode()
                name = f"{unit.short_name}{month.year}年业务台账.txt"
                self.proofs[unit.code] = files.keep(name, text, actor=clerk).id
            filed = [self._row(a, month, n, months, self.proofs[unit.code]) for a in rows]
            data = {"period": month, "rows": filed}
            reports.FileReports.perform(clerk, data, key=f"demo:file:{unit.code}:{month:%Y%m}")

    def _row(self, assignment: Assignment, month: date, n: int, months: int, proof: UUID) -> dict[str, Any]:
        indicator, unit = assignment.task.measure, assignment.unit
        curve = self.curves[indicator.code]
        entry = curve.entry
        share = curve.share(unit.code, n, months)
        row: dict[str, Any] = {"assignment": assignment.id, "evidence": [proof]}
        if entry.get("whole"):
            row["numerator"] = round(share)
        elif "mean" in entry:
            count = max(
                round(entry["households"] / 80 / len(entry["months"]) * (0.6 + 0.8 * chance(unit.code, "户"))), 1
            )
            own = 1 + entry["spread"] * (2 * chance(curve.code, unit.code) - 1)
            row |= {"numerator": round(entry["mean"] * own * count), "denominator": count}
        elif indicator.shape == Shape.RATIO:
            base = 540 + round(120 * chance(unit.code, "标准"))
            row |= {"numerator": round(base * share), "denominator": base}
        elif indicator.shape == Shape.COUNT:
            row["numerator"] = round(float(assignment.goal or 0) * share)
        elif indicator.denominator_list:
            listed = self.lists[indicator.denominator_list].get(unit.id, Decimal(0))
            row["numerator"] = min(round(float(listed) * min(share, 1.0)), int(listed))
        else:
            base = max(round(entry["base"] * (0.5 + chance(curve.code, unit.code, "base"))), 1)
            row |= {"numerator": min(round(base * share), base), "denominator": base}
        return row

    def _waiting(self, month: date, station: str) -> list[Report]:
        rows = Report.objects.filter(period=month, work__station=station, work__closed_on=None)
        return list(rows.select_related("work__holder_unit", "unit", "assignment__task__lead").order_by("id"))

    def _sign(self, month: date, day: date, station: str, stop: dict[str, list[str]]) -> None:
        """One round of signatures: everybody who holds reports at a “sign” station signs what lies with him."""
        held: dict[tuple[str, str], list[Report]] = defaultdict(list)
        for report in self._waiting(month, "sign"):
            role = report.work.holder_role
            if station == "deputy" and report.unit.code in stop.get("at_deputy", ()):
                continue
            if role == "county_section_chief" and report.unit.code in stop.get("at_section_chief", ()):
                continue
            held[report.work.holder_unit.code, role].append(report)
        self._perform(reports.SignReports, held, month, day, station)

    def _review(self, month: date, day: date, stop: dict[str, list[str]], round: str = "review") -> None:
        held: dict[tuple[str, str], list[Report]] = defaultdict(list)
        for report in self._waiting(month, "review"):
            if report.unit.code not in stop.get("at_city", ()):
                held[report.work.holder_unit.code, report.work.holder_role].append(report)
        self._perform(reports.ReviewReports, held, month, day, round)

    def _return_some(self, month: date, day: date) -> None:
        """About one report in eighty goes back once: the evidence does not fit; it is filed and signed again."""
        back = [
            r for r in self._waiting(month, "accept") if chance("退回", r.unit.code, r.assignment_id, month) > 0.9875
        ]
        for report in back:
            actor = self.cast.at(report.work.holder_unit, report.work.holder_role)
            with clock.on_day(min(day, self.until)):
                data = {"reports": [report.id], "opinion": "佐证与所报数对不上，请附名册后重报。"}
                reports.ReturnReports.perform(actor, data, key=f"demo:return:{report.id}")
                proofs = list(report.evidence.filter(removed_on=None).values_list("file_id", flat=True))
                row = {
                    "assignment": report.assignment_id, "numerator": report.numerator, "denominator": report.denominator,
                    "narrative": "已附名册，数据无误。", "evidence": proofs,
                }  # fmt: skip
                clerk = self.cast.chain(report.unit)[0]
                again = {"period": month, "rows": [row]}
                reports.FileReports.perform(clerk, again, key=f"demo:refile:{report.id}")
        for station in ("again1", "again2"):
            self._sign(month, day, station, {})
        self._review(month, day, {}, "review again")

    def _accept(self, month: date, day: date, stop: dict[str, list[str]]) -> None:
        held: dict[tuple[str, str], list[Report]] = defaultdict(list)
        for report in self._waiting(month, "accept"):
            if report.unit.code not in stop.get("to_accept", ()):
                held[report.work.holder_unit.code, report.work.holder_role].append(report)
        self._perform(reports.AcceptReports, held, month, day, "accept")

    def _perform(
        self, action: Any, held: dict[tuple[str, str], list[Report]], month: date, day: date, station: str
    ) -> None:
        with clock.on_day(min(day, self.until)):
            for (unit, role), rows in sorted(held.items(), key=lambda entry: entry[0]):
                key = f"demo:{station}:{unit}:{role}:{month:%Y%m}"
                action.perform(self.cast.at(unit, role), {"reports": [r.id for r in rows]}, key=key)
